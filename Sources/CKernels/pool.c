#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "CKernels.h"

/// How long a thread without work looks out for some before it sleeps, in nanoseconds.
enum { ck_spin_time = 50000 };

/// Jobs of a thread's share that nobody has taken yet: the number of the call in the upper half, the next job in the lower.
/// Who takes one by compare-and-exchange has read the fields of the same call.
struct CKShare {
  _Alignas(64) _Atomic uint64_t next;
};

/// The next job of a share that is not open.
static const uint64_t ck_closed = UINT32_MAX;

/// Each thread has a share of neighbouring jobs, so that what it writes is near when it works on the next map, and takes from
/// those of others when its own are done.
struct CKPool {
  struct CKShare *shares;
  _Atomic(CKJob) job;
  _Atomic(const void *) arguments;
  _Atomic(float *) scratch;
  _Atomic long stride, jobs;
  _Alignas(64) _Atomic uint64_t calls;
  _Atomic int sleepers;
  _Atomic int isClosing;
  _Alignas(64) _Atomic long done;
  pthread_mutex_t mutex;
  pthread_cond_t condition;
  /// With the calling one; of the others so many have been started.
  int threads, workersStarted;
  struct CKWorker {
    CKPool *pool;
    int index;
    pthread_t thread;
  } workers[];
};

static void ck_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static uint64_t ck_share_start(uint64_t jobs, int threads, int index) { return jobs * index / threads; }

/// Runs what is left of a share. The result is how many jobs these were.
static long ck_work_off(CKPool *pool, int share, int thread) {
  _Atomic uint64_t *next = &pool->shares[share].next;
  for (long count = 0;;) {
    uint64_t ticket = atomic_load(next);
    CKJob job = atomic_load(&pool->job);
    const void *arguments = atomic_load(&pool->arguments);
    float *scratch = atomic_load(&pool->scratch);
    long stride = atomic_load(&pool->stride);
    uint64_t number = (uint32_t)ticket, jobs = atomic_load(&pool->jobs);
    if (number >= ck_share_start(jobs, pool->threads, share + 1)) return count;
    if (!atomic_compare_exchange_strong(next, &ticket, ticket + 1)) continue;
    job(arguments, (long)number, scratch == NULL ? NULL : scratch + thread * stride);
    count++;
  }
}

/// Runs jobs until none is left, the thread's own first.
static void ck_work(CKPool *pool, int thread) {
  long count = 0;
  for (int i = 0; i < pool->threads; i++) count += ck_work_off(pool, (thread + i) % pool->threads, thread);
  if (count > 0) atomic_fetch_add(&pool->done, count);
}

static int64_t ck_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/// Whether there is something to do but to wait for the call after `last`.
static int ck_is_called(CKPool *pool, uint64_t last) {
  return atomic_load(&pool->calls) != last || atomic_load(&pool->isClosing);
}

static void *ck_worker(void *context) {
  struct CKWorker *worker = context;
  CKPool *pool = worker->pool;
  while (!atomic_load(&pool->isClosing)) {
    uint64_t last = atomic_load(&pool->calls);
    ck_work(pool, worker->index);
    int64_t end = ck_now() + ck_spin_time;
    do {
      for (int turn = 0; turn < 32 && !ck_is_called(pool, last); turn++) ck_pause();
    } while (!ck_is_called(pool, last) && ck_now() < end);
    if (ck_is_called(pool, last)) continue;
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (!ck_is_called(pool, last)) pthread_cond_wait(&pool->condition, &pool->mutex);
    atomic_fetch_sub(&pool->sleepers, 1);
    pthread_mutex_unlock(&pool->mutex);
  }
  return NULL;
}

static void ck_wake(CKPool *pool) {
  if (atomic_load(&pool->sleepers) == 0 && !atomic_load(&pool->isClosing)) return;
  pthread_mutex_lock(&pool->mutex);
  pthread_cond_broadcast(&pool->condition);
  pthread_mutex_unlock(&pool->mutex);
}

CKPool *ck_pool_create(int threads) {
  if (threads < 1) threads = 1;
  CKPool *pool = aligned_alloc(64, (sizeof(CKPool) + (size_t)threads * sizeof(struct CKWorker) + 63) / 64 * 64);
  struct CKShare *shares = aligned_alloc(64, (size_t)threads * sizeof(struct CKShare));
  if (pool == NULL || shares == NULL) {
    free(pool);
    free(shares);
    return NULL;
  }
  *pool = (CKPool){.shares = shares, .threads = threads};
  for (int index = 0; index < threads; index++) atomic_init(&shares[index].next, ck_closed);
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->condition, NULL);
  for (int index = 1; index < threads; index++) {
    struct CKWorker *worker = &pool->workers[index];
    worker->pool = pool;
    worker->index = index;
    if (pthread_create(&worker->thread, NULL, ck_worker, worker) != 0) {
      ck_pool_destroy(pool);
      return NULL;
    }
    pool->workersStarted = index;
  }
  return pool;
}

void ck_pool_destroy(CKPool *pool) {
  if (pool == NULL) return;
  atomic_store(&pool->isClosing, 1);
  ck_wake(pool);
  for (int index = 1; index <= pool->workersStarted; index++) pthread_join(pool->workers[index].thread, NULL);
  pthread_cond_destroy(&pool->condition);
  pthread_mutex_destroy(&pool->mutex);
  free(pool->shares);
  free(pool);
}

void ck_pool_run(CKPool *pool, CKJob job, const void *arguments, long jobs, float *scratch, long stride) {
  if (pool->threads == 1 || jobs == 1) {
    for (long number = 0; number < jobs; number++) job(arguments, number, scratch);
    return;
  }
  const uint64_t call = atomic_load(&pool->calls) + 1;
  // Nobody takes a job while the fields change.
  for (int index = 0; index < pool->threads; index++) {
    atomic_store(&pool->shares[index].next, call << 32 | ck_closed);
  }
  atomic_store(&pool->job, job);
  atomic_store(&pool->arguments, arguments);
  atomic_store(&pool->scratch, scratch);
  atomic_store(&pool->stride, stride);
  atomic_store(&pool->jobs, jobs);
  atomic_store(&pool->done, 0);
  for (int index = 0; index < pool->threads; index++) {
    atomic_store(&pool->shares[index].next, call << 32 | ck_share_start(jobs, pool->threads, index));
  }
  atomic_store(&pool->calls, call);
  ck_wake(pool);
  ck_work(pool, 0);
  while (atomic_load(&pool->done) < jobs) ck_pause();
}
