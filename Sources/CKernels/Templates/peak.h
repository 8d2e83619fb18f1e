// What the machine can do at best: nothing but multiply-adds in registers, and nothing but reading or copying memory.

enum { CHAINS = CK_TALL_ROWS };

/// `count` multiply-adds on each of so many vectors that none waits for another.
static void multiply_add(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKPeak *work = context;
  vector sums[CHAINS], x = all(work->factor), y = all(work->addend);
  UNROLL for (int i = 0; i < CHAINS; i++) sums[i] = all((float)i);
  for (long round = 0; round < work->count; round++) {
    UNROLL for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * x + y;
  }
  vector total = all(0);
  UNROLL for (int i = 0; i < CHAINS; i++) total += sums[i];
  work->output[job] = sum_of(total);
}

/// Reads `count` floats.
static void read_memory(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKPeak *work = context;
  const float *from = work->input + job * work->count;
  vector sums[8];
  UNROLL for (int i = 0; i < 8; i++) sums[i] = all(0);
  for (long start = 0; start + 8 * W <= work->count; start += 8 * W) {
    UNROLL for (int i = 0; i < 8; i++) sums[i] += load(from + start + i * W);
  }
  vector total = all(0);
  UNROLL for (int i = 0; i < 8; i++) total += sums[i];
  work->output[job] = sum_of(total);
}

/// Copies `count` floats.
static void copy_memory(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKPeak *work = context;
  const float *from = work->input + job * work->count;
  float *to = work->output + job * work->count;
  for (long start = 0; start + W <= work->count; start += W) store(to + start, load(from + start));
}
