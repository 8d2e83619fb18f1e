// Functions of each element, one after the other over a stretch of pixels that stays in the first cache.

// Several vectors side by side: a function is a chain of steps, each of which waits for the one before.
#define EACH(EXPRESSION)                                                                                     \
  _Pragma("clang loop unroll_count(4)") for (long i = 0; i < count; i++) {                                   \
    vector x = load(from + i * W);                                                                           \
    store(to + i * W, EXPRESSION);                                                                           \
  }                                                                                                          \
  break
#define Y load(y + i * step)

/// Applies one function to `count` pixels of a block; `y` and `z` are the operands' first, `step` from pixel to pixel.
static void apply_function(
    const CKPointOperation *operation, const float *y, const float *z, long step, const float *from, float *to,
    long count) {
  const float a = operation->a, b = operation->b;
  switch (operation->function) {
  case CKPointClamp: EACH(clamp(x, a, b));
  case CKPointLeaky: EACH(choose(x >= 0.0f, x, x * a));
  case CKPointThreshold: EACH(choose(x > a, x, all(0)));
  case CKPointSigmoid: EACH(sigmoid(x));
  case CKPointHardSigmoid: EACH(clamp(x * a + b, 0, 1));
  case CKPointTanh: EACH(hyperbolic_tangent(x));
  case CKPointSilu: EACH(silu(x));
  case CKPointHardSwish: EACH(x * clamp(x * (1.0f / 6.0f) + 0.5f, 0, 1));
  case CKPointGelu: EACH(gelu(x));
  case CKPointGeluTanh: EACH(gelu_by_tangent(x));
  case CKPointMish: EACH(mish(x));
  case CKPointSoftplus: EACH(softplus(x));
  case CKPointSoftsign: EACH(x / (absolute(x) + 1.0f));
  case CKPointElu: EACH(b * choose(x >= 0.0f, x, a * exponential_minus_one(x)));
  case CKPointCelu: EACH(choose(x >= 0.0f, x, a * exponential_minus_one(x / a)));
  case CKPointExponential: EACH(exponential(x));
  case CKPointSquareRoot: EACH(__builtin_elementwise_sqrt(x));
  case CKPointErf: EACH(error_function(x));
  case CKPointAffine: EACH(x * a + b);
  case CKPointAdd: EACH(x + Y);
  case CKPointSubtract: EACH(x - Y);
  case CKPointSubtractFrom: EACH(Y - x);
  case CKPointMultiply: EACH(x * Y);
  case CKPointDivide: EACH(x / Y);
  case CKPointDivideInto: EACH(Y / x);
  case CKPointMinimum: EACH(least_or_nan(x, Y));
  case CKPointMaximum: EACH(greatest_or_nan(x, Y));
  case CKPointMultiplyAdd: EACH(clamp(x * Y + load(z + i * step), a, b));
  case CKPointLeakyBy: EACH(choose(x >= 0.0f, x, x * Y));
  }
}

#undef EACH
#undef Y

/// Pixels that all functions pass over before the next ones are taken.
enum { STRETCH = 256 };

/// Runs the epilogue's functions over `count` pixels of a block that start at `pixel` of the map.
static void apply_functions(
    const CKEpilogue *epilogue, const float *from, float *to, long image, long block, long pixel, long count) {
  for (long start = 0; start < count; start += STRETCH) {
    long length = smaller(STRETCH, count - start);
    const float *source = from + start * W;
    for (long index = 0; index < epilogue->count; index++) {
      const CKPointOperation *operation = &epilogue->operations[index];
      const float *y = operation->operand, *z = operation->addend;
      long offset =
          image * operation->batchStride + block * operation->blockStride + (pixel + start) * operation->pixelStride;
      apply_function(
          operation, y == NULL ? y : y + offset, z == NULL ? z : z + offset, operation->pixelStride, source,
          to + start * W, length);
      source = to + start * W;
    }
  }
}

static void pointwise(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKPointwise *map = context;
  long pieces = divide_up(map->pixels, map->pixelsPerJob);
  long first = job % pieces * map->pixelsPerJob, block = job / pieces % map->blocks, image = job / pieces / map->blocks;
  long offset = (block * map->pixels + first) * W;
  apply_functions(
      &map->epilogue, map->input + image * map->inputBatch + offset, map->output + image * map->outputBatch + offset,
      image, block, first, smaller(map->pixelsPerJob, map->pixels - first));
}
