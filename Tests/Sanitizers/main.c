// Runs every kernel on every instruction set of this processor with many odd sizes and compares with plain loops. Built
// with AddressSanitizer and UndefinedBehaviorSanitizer, so that it also proves that no kernel leaves its memory.
#include "harness.h"

static unsigned long long state = 20261121;

long dice(long low, long high) {
  state += 0x9E3779B97F4A7C15ull;
  unsigned long long mixed = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9ull;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBull;
  mixed ^= mixed >> 31;
  return low + (long)(mixed % (unsigned long long)(high - low + 1));
}

static void *block_of(long count, size_t size) {
  void *memory = malloc((size_t)count * size);
  if (memory == NULL && count > 0) {
    fprintf(stderr, "no memory\n");
    exit(2);
  }
  return memory;
}

float *numbers(long count) {
  float *values = block_of(count, sizeof(float));
  for (long i = 0; i < count; i++) values[i] = (float)dice(-1000000, 1000000) * 1e-6f;
  return values;
}

float *unwritten(long count) {
  float *values = block_of(count, sizeof(float));
  for (long i = 0; i < count; i++) values[i] = 12345.0f;
  return values;
}

long *kept(const long *values, long count) {
  long *copy = block_of(count, sizeof(long));
  memcpy(copy, values, (size_t)count * sizeof(long));
  return copy;
}

float *blocked_map(long batch, long channels, long pixels, long width) {
  long blocks = blocks_of(channels, width);
  float *map = numbers(batch * blocks * pixels * width);
  for (long n = 0; n < batch; n++) {
    for (long c = channels; c < blocks * width; c++) {
      for (long p = 0; p < pixels; p++) map[((n * blocks + c / width) * pixels + p) * width + c % width] = 7;
    }
  }
  return map;
}

void run_jobs(CKJob job, const void *arguments, long jobs, long floats) {
  float *scratch = unwritten(floats);
  for (long number = jobs - 1; number >= 0; number--) job(arguments, number, scratch);
  free(scratch);
}

void expect_near(float value, double expected, double tolerance, const char *format, ...) {
  if (fabs(value - expected) <= tolerance || (isinf(expected) && value == expected)) return;
  va_list arguments;
  va_start(arguments, format);
  vfprintf(stderr, format, arguments);
  va_end(arguments);
  fprintf(stderr, ": %.9g instead of %.9g\n", value, expected);
  exit(1);
}

int main(void) {
#ifdef CK_EMULATE_AVX512
  static const char *const names[] = {"portable", "AVX2", "AVX-512 (emulated)"};
#else
  static const char *const names[] = {"portable", "AVX2", "AVX-512"};
#endif
  for (int set = CKInstructionSetPortable; set <= CKInstructionSetAVX512; set++) {
    const CKKernels *kernels = ck_kernels((CKInstructionSet)set);
    if (kernels == NULL || set > (int)ck_widest_instruction_set()) {
      printf("%s: skipped, %s\n", names[set], kernels == NULL ? "not in this build" : "this processor lacks it");
      continue;
    }
    check_products(kernels);
    check_filtering(kernels);
    check_strassen(kernels);
    check_windows(kernels);
    check_points(kernels);
    check_rows(kernels);
    check_layouts(kernels);
    check_norms(kernels);
    printf("%s: every kernel equals its plain loops\n", names[set]);
  }
  check_threads();
  printf("threads: every job runs once\n");
  return 0;
}
