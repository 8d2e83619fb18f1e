// Pools of any window, whose edges arrive as tables: along columns first, into a line of results that neighbouring windows
// share, then along that line.

INLINE vector pooled(const int isMean, vector result, vector value) {
  return isMean ? result + value : greatest_or_nan(result, value);
}

INLINE void pool_map(const int isMean, const CKPooling *layer, long job, float *scratch) {
  long block = job % layer->blocks, image = job / layer->blocks;
  const float *map = layer->input + image * layer->inputBatch + block * layer->height * layer->width * W;
  float *output = layer->output + image * layer->outputBatch + block * layer->outputHeight * layer->outputWidth * W;
  const long pitch = layer->width * W, step = layer->columnStep * W;
  const vector none = all(isMean ? 0 : -__builtin_inff());
  for (long y = 0; y < layer->outputHeight; y++) {
    const float *first = map + layer->lineStart[y] * pitch;
    long lines = divide_up(layer->lineEnd[y] - layer->lineStart[y], layer->lineStep);
    for (long x = 0; x < layer->width; x++) {
      vector result = none;
      for (long line = 0; line < lines; line++) {
        result = pooled(isMean, result, load(first + line * layer->lineStep * pitch + x * W));
      }
      store(scratch + x * W, result);
    }
    float *to = output + y * layer->outputWidth * W;
    for (long x = 0; x < layer->outputWidth; x++) {
      // Four chains hide the latency of long windows.
      vector results[4] = {none, none, none, none};
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
      if (isMean) result = result * (1.0f / (layer->lineCount[y] * layer->columnCount[x]));
      store(to + x * W, clamp(result, layer->epilogue.lower, layer->epilogue.upper));
    }
    apply_functions(&layer->epilogue, to, to, image, block, y * layer->outputWidth, layer->outputWidth);
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
