// The pool: each job runs exactly once, whatever the number of threads, call after call.
#include <stdatomic.h>
#include <time.h>

#include "harness.h"

static void count_job(const void *arguments, long job, float *scratch) {
  atomic_long *counts = *(atomic_long *const *)arguments;
  atomic_fetch_add(&counts[job], 1);
  // Each thread owns its scratch: a plain write that a second owner would race with.
  scratch[0] += 1;
}

void check_threads(void) {
  for (int threads = 1; threads <= 5; threads += 2) {
    CKPool *pool = ck_pool_create(threads);
    if (pool == NULL) {
      fprintf(stderr, "no pool of %d threads\n", threads);
      exit(1);
    }
    long total = 0;
    float *scratch = calloc((size_t)threads * 16, sizeof(float));
    for (int round = 0; round < 300; round++) {
      long jobs = dice(0, 40);
      atomic_long *counts = calloc((size_t)jobs + 1, sizeof(atomic_long));
      ck_pool_run(pool, count_job, &counts, jobs, scratch, 16);
      for (long job = 0; job < jobs; job++) {
        long count = atomic_load(&counts[job]);
        expect_near((float)count, 1, 0, "runs of job %ld on %d threads", job, threads);
      }
      total += jobs;
      free(counts);
      // Now and then the threads fall asleep.
      if (round % 100 == 50) nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    float sum = 0;
    for (int thread = 0; thread < threads; thread++) sum += scratch[thread * 16];
    expect_near(sum, (double)total, 0, "jobs counted by %d threads", threads);
    ck_pool_destroy(pool);
    free(scratch);
  }
  // Threads that were never given work end too.
  ck_pool_destroy(ck_pool_create(3));
  ck_pool_destroy(NULL);
}
