#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "CKernels.h"

/// How long a thread without work looks out for some before it sleeps, in nanoseconds.
enum { ck_spin_time = 50000 };

/// A call of ck_pool_run is a generation. `ticket` holds the generation in its upper half and the next job in its lower:
/// who takes a job by compare-and-exchange has read the fields of the same generation.
struct CKPool {
  _Atomic uint64_t ticket;
  _Atomic(CKJob) job;
  _Atomic(const void *) arguments;
  _Atomic(float *) scratch;
  _Atomic long stride, jobs, done;
  _Atomic int sleepers;
  _Atomic int isClosing;
  pthread_mutex_t mutex;
  pthread_cond_t condition;
  int threads;
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

static int ck_has_work(CKPool *pool) {
  return (long)(uint32_t)atomic_load(&pool->ticket) < atomic_load(&pool->jobs);
}

/// Runs jobs until none is left.
static void ck_work(CKPool *pool, int index) {
  for (;;) {
    uint64_t ticket = atomic_load(&pool->ticket);
    long number = (long)(uint32_t)ticket;
    CKJob job = atomic_load(&pool->job);
    const void *arguments = atomic_load(&pool->arguments);
    float *scratch = atomic_load(&pool->scratch);
    long stride = atomic_load(&pool->stride);
    if (number >= atomic_load(&pool->jobs)) return;
    if (!atomic_compare_exchange_strong(&pool->ticket, &ticket, ticket + 1)) continue;
    job(arguments, number, scratch == NULL ? NULL : scratch + index * stride);
    atomic_fetch_add(&pool->done, 1);
  }
}

static int64_t ck_now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void *ck_worker(void *context) {
  struct CKWorker *worker = context;
  CKPool *pool = worker->pool;
  while (!atomic_load(&pool->isClosing)) {
    ck_work(pool, worker->index);
    int64_t end = ck_now() + ck_spin_time;
    while (!ck_has_work(pool) && !atomic_load(&pool->isClosing) && ck_now() < end) {
      for (int turn = 0; turn < 32; turn++) ck_pause();
    }
    if (ck_has_work(pool)) continue;
    pthread_mutex_lock(&pool->mutex);
    atomic_fetch_add(&pool->sleepers, 1);
    while (!ck_has_work(pool) && !atomic_load(&pool->isClosing)) pthread_cond_wait(&pool->condition, &pool->mutex);
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
  CKPool *pool = calloc(1, sizeof(CKPool) + (size_t)threads * sizeof(struct CKWorker));
  if (pool == NULL) return NULL;
  pthread_mutex_init(&pool->mutex, NULL);
  pthread_cond_init(&pool->condition, NULL);
  pool->threads = 1;
  for (int index = 1; index < threads; index++) {
    struct CKWorker *worker = &pool->workers[index];
    worker->pool = pool;
    worker->index = index;
    if (pthread_create(&worker->thread, NULL, ck_worker, worker) != 0) {
      ck_pool_destroy(pool);
      return NULL;
    }
    pool->threads = index + 1;
  }
  return pool;
}

void ck_pool_destroy(CKPool *pool) {
  if (pool == NULL) return;
  atomic_store(&pool->isClosing, 1);
  ck_wake(pool);
  for (int index = 1; index < pool->threads; index++) pthread_join(pool->workers[index].thread, NULL);
  pthread_cond_destroy(&pool->condition);
  pthread_mutex_destroy(&pool->mutex);
  free(pool);
}

void ck_pool_run(CKPool *pool, CKJob job, const void *arguments, long jobs, float *scratch, long stride) {
  if (pool->threads == 1 || jobs == 1) {
    for (long number = 0; number < jobs; number++) job(arguments, number, scratch);
    return;
  }
  uint64_t generation = (atomic_load(&pool->ticket) >> 32) + 1;
  // No number is below an upper bound of 0: nobody takes a job while the fields change.
  atomic_store(&pool->jobs, 0);
  atomic_store(&pool->ticket, generation << 32);
  atomic_store(&pool->job, job);
  atomic_store(&pool->arguments, arguments);
  atomic_store(&pool->scratch, scratch);
  atomic_store(&pool->stride, stride);
  atomic_store(&pool->done, 0);
  // A thread may have read old fields under this generation; the next one makes its exchange fail.
  atomic_store(&pool->ticket, (generation + 1) << 32);
  atomic_store(&pool->jobs, jobs);
  ck_wake(pool);
  ck_work(pool, 0);
  while (atomic_load(&pool->done) < jobs) ck_pause();
}
