// Convolutions within blocks: depthwise, and grouped with 2, 4 or 8 channels a group, where the inputs of each group are
// spread over its lanes. Nothing is padded: taps skip what lies beside the map.

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

/// Adds a run of taps of `lines` kernel lines.
INLINE void add_run(
    const Tiling tiling, const unsigned long inside, const float *from, long pitch, const float *weights, long lines,
    vector *sums) {
  for (long line = 0; line < lines; line++, from += pitch, weights += tiling.runs * tiling.taps * tiling.channels * W) {
    UNROLL for (long channel = 0; channel < tiling.channels; channel++) {
      vector w[MOST_TAPS];
      UNROLL for (long j = 0; j < tiling.taps; j++) w[j] = load(weights + (j * tiling.channels + channel) * W);
      UNROLL for (long c = 0; c < columns_of(tiling); c++) {
        if ((inside >> c & 1) == 0) continue;
        vector x = spread(load(from + c * tiling.unit * W), tiling.channels, channel);
        UNROLL for (long j = 0; j < tiling.taps; j++) {
          long t = (c - j) / tiling.stride;
          if (c >= j && (c - j) % tiling.stride == 0 && t < tiling.outputs) sums[t] = x * w[j] + sums[t];
        }
      }
    }
  }
}

/// What a job computes: some lines of a block of an image.
typedef struct {
  long firstLine, endLine;
  const float *map, *weights, *bias, *residual;
  float *output;
} DepthwisePiece;

/// Lines of outputs in tiles; the last ones overlap instead of leaving a tail.
INLINE void depthwise_lines(const Tiling tiling, const CKDepthwise *layer, const DepthwisePiece *piece) {
  const long width = layer->outputWidth, inputWidth = layer->width, padding = layer->left;
  const long pitch = layer->dilationY * inputWidth * W, strideX = tiling.stride * tiling.unit;
  const float *residual = piece->residual;
  float *output = piece->output;
  const vector bias = load(piece->bias);
  const float lower = layer->epilogue.lower, upper = layer->epilogue.upper;
  for (long line = piece->firstLine; line < piece->endLine; line++) {
    long y = line * layer->strideY - layer->top, lines = layer->kernelHeight;
    const float *weights = piece->weights;
    for (; lines > 0 && y < 0; lines--, y += layer->dilationY) weights += layer->kernelWidth * tiling.channels * W;
    while (lines > 0 && y + (lines - 1) * layer->dilationY >= layer->height) lines--;
    for (long x = 0; x < width; x += tiling.outputs) {
      const long start = smaller(x, width - tiling.outputs), place = (line * width + start) * W;
      vector sums[MOST_OUTPUTS];
      UNROLL for (long t = 0; t < tiling.outputs; t++) sums[t] = bias;
      for (long run = 0; run < tiling.runs; run++) {
        const long left = start * strideX - padding + run * layer->dilationX;
        const unsigned long inside = columns_inside(tiling, left, inputWidth);
        const float *from = piece->map + (y * inputWidth + left) * W, *taps = weights + run * tiling.channels * W;
#define ADD(INSIDE) add_run(tiling, INSIDE, from, pitch, taps, lines, sums)
        WITH_COLUMNS_INSIDE(tiling, inside, ADD);
#undef ADD
      }
      if (residual != NULL) {
        UNROLL for (long t = 0; t < tiling.outputs; t++) sums[t] += load(residual + place + t * W);
      }
      UNROLL for (long t = 0; t < tiling.outputs; t++) store(output + place + t * W, clamp(sums[t], lower, upper));
    }
  }
}

typedef void (*DepthwiseLines)(const CKDepthwise *layer, const DepthwisePiece *piece);

// For each kind of window a function for each size of tiles.
#define DEFINE_LINES(NAME, OUTPUTS, ...)                                                                     \
  static void NAME##_##OUTPUTS(const CKDepthwise *layer, const DepthwisePiece *piece) {                      \
    depthwise_lines((Tiling){OUTPUTS, __VA_ARGS__}, layer, piece);                                           \
  }
#define DEFINE_KIND(NAME, ...)                                                                               \
  DEFINE_LINES(NAME, 1, __VA_ARGS__)                                                                         \
  DEFINE_LINES(NAME, 4, __VA_ARGS__)                                                                         \
  DEFINE_LINES(NAME, 6, __VA_ARGS__)                                                                         \
  DEFINE_LINES(NAME, 7, __VA_ARGS__)                                                                         \
  DEFINE_LINES(NAME, 8, __VA_ARGS__)                                                                         \
  static const DepthwiseLines NAME[] = {NAME##_1, NAME##_4, NAME##_6, NAME##_7, NAME##_8};
#define DEFINE_TAPS(CHANNELS, TAPS)                                                                          \
  DEFINE_KIND(within_##CHANNELS##_taps_##TAPS##_stride_1, CHANNELS, TAPS, 1, 1, 1)                           \
  DEFINE_KIND(within_##CHANNELS##_taps_##TAPS##_stride_2, CHANNELS, TAPS, 1, 2, 1)
#define DEFINE_ANY(CHANNELS) DEFINE_KIND(within_##CHANNELS, CHANNELS, 1, layer->kernelWidth, 1, layer->strideX)
DEFINE_ANY(1)
DEFINE_TAPS(1, 3)
DEFINE_TAPS(1, 5)
DEFINE_TAPS(1, 7)
DEFINE_ANY(2)
#if CK_WIDTH > 4
DEFINE_ANY(4)
DEFINE_TAPS(4, 3)
#endif
#if CK_WIDTH > 8
DEFINE_ANY(8)
DEFINE_TAPS(8, 3)
#endif

static DepthwiseLines depthwise_function(const CKDepthwise *layer) {
  const long width = layer->outputWidth;
  // Tiles that leave little over.
  const int size = width % 8 == 0 || width > 40 ? 4 : width % 6 == 0 ? 2 : width >= 7 ? 3 : width >= 4;
  const long taps = layer->dilationX == 1 && layer->strideX <= 2 ? layer->kernelWidth : 0;
#define PICK(CHANNELS, TAPS)                                                                                 \
  (layer->strideX == 1 ? within_##CHANNELS##_taps_##TAPS##_stride_1 : within_##CHANNELS##_taps_##TAPS##_stride_2)[size]
  switch (layer->channels) {
#if CK_WIDTH > 8
  case 8: return taps == 3 ? PICK(8, 3) : within_8[size];
#endif
#if CK_WIDTH > 4
  case 4: return taps == 3 ? PICK(4, 3) : within_4[size];
#endif
  case 2: return within_2[size];
  }
  switch (taps) {
  case 3: return PICK(1, 3);
  case 5: return PICK(1, 5);
  case 7: return PICK(1, 7);
  default: return within_1[size];
  }
#undef PICK
}

static void depthwise(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKDepthwise *layer = context;
  long pieces = divide_up(layer->outputHeight, layer->linesPerJob);
  long firstLine = job % pieces * layer->linesPerJob, block = job / pieces % layer->blocks;
  long image = job / pieces / layer->blocks;
  long taps = layer->kernelHeight * layer->kernelWidth * layer->channels, width = layer->outputWidth;
  long place = block * layer->outputHeight * width * W;
  const DepthwisePiece piece = {
      .firstLine = firstLine,
      .endLine = smaller(firstLine + layer->linesPerJob, layer->outputHeight),
      .map = layer->input + image * layer->inputBatch + block * layer->height * layer->width * W,
      .weights = layer->weights + block * taps * W,
      .bias = layer->bias + block * W,
      .residual = layer->residual == NULL ? NULL : layer->residual + image * layer->residualBatch + place,
      .output = layer->output + image * layer->outputBatch + place,
  };
  depthwise_function(layer)(layer, &piece);
  float *to = piece.output + firstLine * width * W;
  apply_functions(&layer->epilogue, to, to, image, block, firstLine * width, (piece.endLine - firstLine) * width);
}
