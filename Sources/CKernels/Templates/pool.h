// Pools of any window, whose edges arrive as tables: along columns first, whose results neighbouring windows share,
// then along the line. Usual windows do both in registers.

INLINE vector pooled(const int isMean, vector result, vector value) {
  return isMean ? result + value : greatest_or_nan(result, value);
}

INLINE vector none(const int isMean) { return all(isMean ? 0 : -__builtin_inff()); }

/// A line of outputs: the first of the input's lines that it reads, how many and how far apart, and what the sums are
/// multiplied by.
typedef struct {
  const float *first;
  long lines, pitch;
  const float *shares;
  float *to;
} PoolLine;

INLINE void store_pooled(const int isMean, const CKPooling *layer, const PoolLine *line, long x, vector result) {
  if (isMean) result = result * all(line->shares[x]);
  store(line->to + x * W, clamp(result, layer->epilogue.lower, layer->epilogue.upper));
}

/// The columns that a tile reads.
INLINE void pool_columns(
    const int isMean, const Tiling tiling, const unsigned long inside, const float *from, const PoolLine *line,
    vector *columns) {
  UNROLL for (long c = 0; c < columns_of(tiling); c++) columns[c] = inside >> c & 1 ? load(from + c * W) : none(isMean);
  for (long i = 1; i < line->lines; i++) {
    from += line->pitch;
    UNROLL for (long c = 0; c < columns_of(tiling); c++) {
      if (inside >> c & 1) columns[c] = pooled(isMean, columns[c], load(from + c * W));
    }
  }
}

/// Windows of neighbouring columns, in tiles; the last ones overlap instead of leaving a tail.
INLINE void slide_pool(const int isMean, const Tiling tiling, const CKPooling *layer, const PoolLine *line) {
  for (long x = 0; x < layer->outputWidth; x += tiling.outputs) {
    const long start = smaller(x, layer->outputWidth - tiling.outputs);
    const long left = start * tiling.stride - layer->left;
    const unsigned long inside = line->lines > 0 ? columns_inside(tiling, left, layer->width) : 0;
    const float *from = line->first + left * W;
    vector columns[MOST_COLUMNS];
#define ADD(INSIDE) pool_columns(isMean, tiling, INSIDE, from, line, columns)
    WITH_COLUMNS_INSIDE(tiling, inside, ADD);
#undef ADD
    UNROLL for (long t = 0; t < tiling.outputs; t++) {
      vector result = columns[t * tiling.stride];
      UNROLL for (long j = 1; j < tiling.taps; j++) result = pooled(isMean, result, columns[t * tiling.stride + j]);
      store_pooled(isMean, layer, line, start + t, result);
    }
  }
}

/// All columns of a line, `count` at once.
INLINE void pool_all_columns(
    const int isMean, const long count, const CKPooling *layer, const PoolLine *line, float *to) {
  for (long x = 0; x < layer->width; x += count) {
    const long start = smaller(x, layer->width - count);
    vector columns[MOST_COLUMNS];
    pool_columns(
        isMean, (Tiling){count, 1, 1, 1, 1, 1}, line->lines > 0 ? ~0ul : 0, line->first + start * W, line, columns);
    UNROLL for (long c = 0; c < count; c++) store(to + (start + c) * W, columns[c]);
  }
}

/// Any windows.
INLINE void pool_by_table(const int isMean, const CKPooling *layer, const PoolLine *line, float *scratch) {
  const long step = layer->columnStep * W;
  if (layer->width >= 7) {
    pool_all_columns(isMean, 7, layer, line, scratch);
  } else {
    pool_all_columns(isMean, 1, layer, line, scratch);
  }
  for (long x = 0; x < layer->outputWidth; x++) {
    // Four chains hide the latency of long windows.
    vector results[4] = {none(isMean), none(isMean), none(isMean), none(isMean)};
    const float *from = scratch + layer->columnStart[x] * W;
    long columns = divide_up(layer->columnEnd[x] - layer->columnStart[x], layer->columnStep), i = 0;
    for (; i + 4 <= columns; i += 4) {
      UNROLL for (long k = 0; k < 4; k++) results[k] = pooled(isMean, results[k], load(from + (i + k) * step));
    }
    for (; i < columns; i++) results[0] = pooled(isMean, results[0], load(from + i * step));
    vector result = results[0];
    if (columns >= 4) {
      result = pooled(isMean, pooled(isMean, result, results[1]), pooled(isMean, results[2], results[3]));
    }
    store_pooled(isMean, layer, line, x, result);
  }
}

INLINE void pool_map(const int isMean, const CKPooling *layer, long job, float *scratch) {
  long block = job % layer->blocks, image = job / layer->blocks;
  const float *map = layer->input + image * layer->inputBatch + block * layer->height * layer->width * W;
  float *output = layer->output + image * layer->outputBatch + block * layer->outputHeight * layer->outputWidth * W;
  float *shares = scratch + layer->width * W;
  const int slides = layer->outputWidth >= 4 && layer->strideX <= 2, isWide = layer->outputWidth >= 7;
  for (long y = 0; y < layer->outputHeight; y++) {
    const long pixel = y * layer->outputWidth;
    const PoolLine line = {
        .first = map + layer->lineStart[y] * layer->width * W,
        .lines = divide_up(layer->lineEnd[y] - layer->lineStart[y], layer->lineStep),
        .pitch = layer->lineStep * layer->width * W,
        .shares = shares,
        .to = output + pixel * W,
    };
    if (isMean) {
      for (long x = 0; x < layer->outputWidth; x++) shares[x] = 1.0f / (layer->lineCount[y] * layer->columnCount[x]);
    }
#define SLIDE(TAPS, STRIDE)                                                                                  \
  if (isWide) {                                                                                              \
    slide_pool(isMean, (Tiling){7, 1, TAPS, 1, STRIDE, 1}, layer, &line);                                    \
  } else {                                                                                                   \
    slide_pool(isMean, (Tiling){4, 1, TAPS, 1, STRIDE, 1}, layer, &line);                                    \
  }                                                                                                          \
  break
    switch (slides ? layer->kernelWidth * 10 + layer->strideX : 0) {
    case 22: SLIDE(2, 2);
    case 31: SLIDE(3, 1);
    case 32: SLIDE(3, 2);
    default: pool_by_table(isMean, layer, &line, scratch);
    }
#undef SLIDE
    if (layer->epilogue.count > 0) {
      apply_functions(&layer->epilogue, line.to, line.to, image, block, pixel, layer->outputWidth);
    }
  }
}

static void pool(const void *context, long job, float *scratch) {
  const CKPooling *layer = context;
  if (layer->isMean) {
    pool_map(1, layer, job, scratch);
  } else {
    pool_map(0, layer, job, scratch);
  }
}
