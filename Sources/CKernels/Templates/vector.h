// Vectors of CK_WIDTH floats. The including file defines CK_WIDTH, CK_ROWS, CK_TALL_ROWS, CK_INSTRUCTION_SET and CK_NAME,
// and CK_PERMUTE where an instruction moves lanes by a vector of numbers;
// its functions may use one instruction set, so nothing here has a linkage.

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")

typedef float vector __attribute__((ext_vector_type(CK_WIDTH)));
typedef float loose_vector __attribute__((ext_vector_type(CK_WIDTH), aligned(4)));
typedef int integers __attribute__((ext_vector_type(CK_WIDTH)));

enum { W = CK_WIDTH };

INLINE vector load(const float *from) { return *(const loose_vector *)from; }
INLINE void store(float *to, vector value) { *(loose_vector *)to = value; }
INLINE vector all(float value) { return (vector)(value); }
// One instruction each on x86; the first argument where one of them is no number, so that such a value is handed on.
INLINE vector least(vector a, vector b) { return b < a ? b : a; }
INLINE vector greatest(vector a, vector b) { return b > a ? b : a; }
/// No number where either argument is none.
INLINE vector least_or_nan(vector a, vector b) { return b == b ? least(a, b) : b; }
INLINE vector greatest_or_nan(vector a, vector b) { return (vector)((integers)greatest(a, b) | (b != b)); }
INLINE vector clamp(vector x, float lower, float upper) { return least(greatest(x, all(lower)), all(upper)); }
/// `a` where the condition holds, `b` elsewhere.
INLINE vector choose(integers condition, vector a, vector b) { return condition ? a : b; }
/// The bits of `a` where the mask's are set, those of `b` elsewhere.
INLINE vector merge(integers mask, vector a, vector b) {
  return (vector)((mask & (integers)a) | (~mask & (integers)b));
}

INLINE integers load_integers(const int *from) {
  integers value;
  __builtin_memcpy(&value, from, sizeof value);
  return value;
}

/// Lane `i` becomes lane `lanes[i]`, anything where that is negative.
INLINE vector permute(vector x, integers lanes) {
#ifdef CK_PERMUTE
  return CK_PERMUTE(x, lanes);
#else
  float from[W], to[W];
  store(from, x);
  for (long lane = 0; lane < W; lane++) to[lane] = from[lanes[lane] & (W - 1)];
  return load(to);
#endif
}

/// The first `count` floats, the others `fill`.
INLINE vector load_first(const float *from, long count, float fill) {
  float lanes[W];
  for (long lane = 0; lane < W; lane++) lanes[lane] = lane < count ? from[lane] : fill;
  return load(lanes);
}

INLINE void store_first(float *to, vector value, long count) {
  float lanes[W];
  store(lanes, value);
  for (long lane = 0; lane < count; lane++) to[lane] = lanes[lane];
}

INLINE float sum_of(vector value) {
  float lanes[W], sum = 0;
  store(lanes, value);
  for (long lane = 0; lane < W; lane++) sum += lanes[lane];
  return sum;
}

INLINE float greatest_of(vector value) {
  float lanes[W], greatest = -__builtin_inff();
  store(lanes, value);
  for (long lane = 0; lane < W; lane++) greatest = lanes[lane] > greatest ? lanes[lane] : greatest;
  return greatest;
}

/// The part `index` of `count` things dealt out in `parts` runs whose lengths differ by at most one.
INLINE long run_start(long count, long parts, long index) { return count / parts * index + (count % parts * index) / parts; }
INLINE long divide_up(long count, long by) { return (count + by - 1) / by; }
INLINE long smaller(long a, long b) { return a < b ? a : b; }
INLINE long larger(long a, long b) { return a > b ? a : b; }
