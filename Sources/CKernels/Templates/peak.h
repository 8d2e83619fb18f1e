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

/// Reads `count` floats in several streams: memory delivers them faster than one.
static void read_memory(const void *context, long job, float *scratch) {
  (void)scratch;
  enum { STREAMS = 4, AT_ONCE = 2 };
  const CKPeak *work = context;
  const float *from = work->input + job * work->count;
  const long part = work->count / STREAMS;
  vector sums[STREAMS * AT_ONCE];
  UNROLL for (int i = 0; i < STREAMS * AT_ONCE; i++) sums[i] = all(0);
  for (long start = 0; start + AT_ONCE * W <= part; start += AT_ONCE * W) {
    UNROLL for (int i = 0; i < STREAMS * AT_ONCE; i++) {
      sums[i] += load(from + i / AT_ONCE * part + start + i % AT_ONCE * W);
    }
  }
  vector total = all(0);
  UNROLL for (int i = 0; i < STREAMS * AT_ONCE; i++) total += sums[i];
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
