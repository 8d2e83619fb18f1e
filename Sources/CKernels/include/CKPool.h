#ifndef CONVSCOPE_CKPOOL_H
#define CONVSCOPE_CKPOOL_H

/// One job of a kernel. `scratch` belongs to the thread that runs it.
typedef void (*CKJob)(const void *arguments, long job, float *scratch);

/// Threads that wait for work: they spin for a moment, then sleep.
typedef struct CKPool CKPool;

/// A pool of `threads` threads with the calling one; null when they cannot be made.
CKPool *ck_pool_create(int threads);
void ck_pool_destroy(CKPool *pool);

/// Runs jobs `0 ..< jobs`; returns when all are done. Thread `i` gets `scratch + i * stride`. Only one thread may call it.
/// Each thread takes jobs from a share of its own, one by one, then from those of others: one that the system does not run
/// holds nobody up.
void ck_pool_run(CKPool *pool, CKJob job, const void *arguments, long jobs, float *scratch, long stride);

#endif
