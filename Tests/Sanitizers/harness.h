// What the checks of the kernels share: buffers of exactly the size that a kernel may touch, so that the sanitizer sees
// every access beyond, numbers that follow from a seed, and a comparison.
#ifndef CONVSCOPE_HARNESS_H
#define CONVSCOPE_HARNESS_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

/// A whole number in `low ... high` that follows from the calls before.
long dice(long low, long high);
/// `count` floats in -1 ... 1 in a block of their own.
float *numbers(long count);
/// `count` floats that no kernel has written yet.
float *unwritten(long count);
/// `count` whole numbers, copied.
long *kept(const long *values, long count);

/// Runs all jobs on one thread with `floats` of scratch, in an order of its own: jobs are independent.
void run_jobs(CKJob job, const void *arguments, long jobs, long floats);

/// Ends the program unless `value` is near `expected`; the format says what it is.
void expect_near(float value, double expected, double tolerance, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/// A map with channels in blocks of `width`: element (n, c, pixel). Lanes behind the last channel hold 7.
float *blocked_map(long batch, long channels, long pixels, long width);
static inline long blocked_place(long channels, long pixels, long width, long n, long c, long pixel) {
  long blocks = (channels + width - 1) / width;
  return ((n * blocks + c / width) * pixels + pixel) * width + c % width;
}
static inline long blocks_of(long channels, long width) { return (channels + width - 1) / width; }

void check_products(const CKKernels *kernels);
void check_filtering(const CKKernels *kernels);
void check_strassen(const CKKernels *kernels);
void check_windows(const CKKernels *kernels);
void check_points(const CKKernels *kernels);
void check_rows(const CKKernels *kernels);
void check_layouts(const CKKernels *kernels);
void check_norms(const CKKernels *kernels);
void check_threads(void);

#endif
