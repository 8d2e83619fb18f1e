// Convolutions within blocks: depthwise, and grouped with 2, 4 or 8 channels a group, where the inputs of each group are
// spread over its lanes. The lines a job needs are copied with their padding, so that no tile meets an edge.

/// For each lane the element `j` of its group of `channels` lanes.
#define SPREAD_4(C, J) 0 / C * C + J, 1 / C * C + J, 2 / C * C + J, 3 / C * C + J
#define SPREAD_8(C, J) SPREAD_4(C, J), 4 / C * C + J, 5 / C * C + J, 6 / C * C + J, 7 / C * C + J
#define SPREAD_16(C, J)                                                                                      \
  SPREAD_8(C, J), 8 / C * C + J, 9 / C * C + J, 10 / C * C + J, 11 / C * C + J, 12 / C * C + J, 13 / C * C + J, \
      14 / C * C + J, 15 / C * C + J
#define SPREAD__(WIDTH, C, J) SPREAD_##WIDTH(C, J)
#define SPREAD_(WIDTH, C, J) SPREAD__(WIDTH, C, J)
#define SPREAD(C, J) __builtin_shufflevector(x, x, SPREAD_(CK_WIDTH, C, J))

INLINE vector spread(vector x, const long channels, const long j) {
  switch (channels * 8 + j) {
  case 16: return SPREAD(2, 0);
  case 17: return SPREAD(2, 1);
  case 32: return SPREAD(4, 0);
  case 33: return SPREAD(4, 1);
  case 34: return SPREAD(4, 2);
  case 35: return SPREAD(4, 3);
#if CK_WIDTH > 4
  case 64: return SPREAD(8, 0);
  case 65: return SPREAD(8, 1);
  case 66: return SPREAD(8, 2);
  case 67: return SPREAD(8, 3);
  case 68: return SPREAD(8, 4);
  case 69: return SPREAD(8, 5);
  case 70: return SPREAD(8, 6);
  case 71: return SPREAD(8, 7);
#endif
  default: return x;
  }
}

/// `count` neighbouring outputs. Every number may be a constant.
INLINE void depthwise_tile(
    const long count, const long kernelHeight, const long kernelWidth, const long stride, const long dilationY,
    const long dilationX, const long channels, const float *from, long pitch, const float *weights, vector bias,
    vector *sums) {
  UNROLL for (long t = 0; t < count; t++) sums[t] = bias;
  for (long i = 0; i < kernelHeight; i++) {
    for (long j = 0; j < kernelWidth; j++) {
      const float *line = from + (i * dilationY * pitch + j * dilationX) * W;
      UNROLL for (long c = 0; c < channels; c++) {
        vector w = load(weights);
        weights += W;
        UNROLL for (long t = 0; t < count; t++) sums[t] = spread(load(line + t * stride * W), channels, c) * w + sums[t];
      }
    }
  }
}

/// One line of outputs in tiles; the last ones overlap instead of leaving a tail.
INLINE void depthwise_line(
    const CKDepthwise *layer, const long kernelHeight, const long kernelWidth, const long stride, const long dilationY,
    const long dilationX, const long channels, const float *from, long pitch, const float *weights, vector bias,
    const float *residual, float *to) {
  const long width = layer->outputWidth;
  const float lower = layer->epilogue.lower, upper = layer->epilogue.upper;
#define TILES(COUNT)                                                                                         \
  for (long x = 0; x < width; x += COUNT) {                                                                  \
    vector sums[COUNT];                                                                                      \
    long start = smaller(x, width - COUNT);                                                                  \
    depthwise_tile(                                                                                          \
        COUNT, kernelHeight, kernelWidth, stride, dilationY, dilationX, channels, from + start * stride * W, \
        pitch, weights, bias, sums);                                                                         \
    UNROLL for (long t = 0; t < COUNT; t++) {                                                                \
      if (residual != NULL) sums[t] += load(residual + (start + t) * W);                                     \
      store(to + (start + t) * W, clamp(sums[t], lower, upper));                                             \
    }                                                                                                        \
  }
  if (width % 8 == 0 || width > 40) {
    TILES(8)
  } else if (width >= 7) {
    TILES(7)
  } else if (width >= 4) {
    TILES(4)
  } else {
    TILES(1)
  }
#undef TILES
}

typedef void (*DepthwiseLine)(
    const CKDepthwise *layer, const float *from, long pitch, const float *weights, vector bias, const float *residual,
    float *to);

#define DEFINE_LINE(NAME, KH, KW, STRIDE, DY, DX, CHANNELS)                                                  \
  static void NAME(                                                                                          \
      const CKDepthwise *layer, const float *from, long pitch, const float *weights, vector bias,            \
      const float *residual, float *to) {                                                                    \
    depthwise_line(layer, KH, KW, STRIDE, DY, DX, CHANNELS, from, pitch, weights, bias, residual, to);       \
  }
#define DEFINE_SQUARE(KERNEL)                                                                                \
  DEFINE_LINE(depthwise_##KERNEL##_1, KERNEL, KERNEL, 1, 1, 1, 1)                                            \
  DEFINE_LINE(depthwise_##KERNEL##_2, KERNEL, KERNEL, 2, 1, 1, 1)
DEFINE_SQUARE(3)
DEFINE_SQUARE(5)
DEFINE_SQUARE(7)
#define DEFINE_GROUPED(CHANNELS)                                                                             \
  DEFINE_LINE(                                                                                               \
      grouped_##CHANNELS, layer->kernelHeight, layer->kernelWidth, layer->strideX, layer->dilationY,         \
      layer->dilationX, CHANNELS)
DEFINE_GROUPED(1)
DEFINE_GROUPED(2)
DEFINE_GROUPED(4)
DEFINE_GROUPED(8)

INLINE DepthwiseLine depthwise_line_function(const CKDepthwise *layer) {
  switch (layer->channels) {
  case 2: return grouped_2;
  case 4: return grouped_4;
  case 8: return grouped_8;
  }
  int isPlain = layer->kernelHeight == layer->kernelWidth && layer->strideX <= 2 && layer->dilationX == 1 &&
                layer->dilationY == 1;
  switch (isPlain ? layer->kernelHeight : 0) {
  case 3: return layer->strideX == 1 ? depthwise_3_1 : depthwise_3_2;
  case 5: return layer->strideX == 1 ? depthwise_5_1 : depthwise_5_2;
  case 7: return layer->strideX == 1 ? depthwise_7_1 : depthwise_7_2;
  default: return grouped_1;
  }
}

static void depthwise(const void *context, long job, float *scratch) {
  const CKDepthwise *layer = context;
  long pieces = divide_up(layer->outputHeight, layer->linesPerJob);
  long firstLine = job % pieces * layer->linesPerJob, block = job / pieces % layer->blocks;
  long image = job / pieces / layer->blocks;
  long lines = smaller(layer->linesPerJob, layer->outputHeight - firstLine);
  long spanY = (layer->kernelHeight - 1) * layer->dilationY + 1, spanX = (layer->kernelWidth - 1) * layer->dilationX + 1;
  long inputLines = (lines - 1) * layer->strideY + spanY;
  long pitch = (layer->outputWidth - 1) * layer->strideX + spanX;
  const float *map = layer->input + image * layer->inputBatch + block * layer->height * layer->width * W;
  long top = firstLine * layer->strideY - layer->top;
  long from = larger(0, -layer->left), skipped = larger(0, layer->left);
  long copied = larger(0, smaller(layer->width - from, pitch - skipped));
  for (long line = 0; line < inputLines; line++) {
    float *to = scratch + line * pitch * W;
    long y = top + line;
    if (y < 0 || y >= layer->height || copied == 0) {
      for (long x = 0; x < pitch; x++) store(to + x * W, all(0));
      continue;
    }
    const float *source = map + (y * layer->width + from) * W;
    for (long x = 0; x < skipped; x++) store(to + x * W, all(0));
    for (long x = 0; x < copied; x++) store(to + (skipped + x) * W, load(source + x * W));
    for (long x = skipped + copied; x < pitch; x++) store(to + x * W, all(0));
  }
  long taps = layer->kernelHeight * layer->kernelWidth * layer->channels;
  long plane = layer->outputHeight * layer->outputWidth;
  DepthwiseLine compute = depthwise_line_function(layer);
  for (long line = 0; line < lines; line++) {
    long pixel = (firstLine + line) * layer->outputWidth, place = (block * plane + pixel) * W;
    float *to = layer->output + image * layer->outputBatch + place;
    compute(
        layer, scratch + line * layer->strideY * pitch * W, pitch, layer->weights + block * taps * W,
        load(layer->bias + block * W),
        layer->residual == NULL ? NULL : layer->residual + image * layer->residualBatch + place, to);
    apply_functions(&layer->epilogue, to, to, image, block, pixel, layer->outputWidth);
  }
}
