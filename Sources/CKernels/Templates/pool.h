// Pools of any window, whose edges arrive as tables.

static void pool(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKPooling *layer = context;
  long block = job % layer->blocks, image = job / layer->blocks;
  const float *map = layer->input + image * layer->inputBatch + block * layer->height * layer->width * W;
  float *output = layer->output + image * layer->outputBatch + block * layer->outputHeight * layer->outputWidth * W;
  const long step = layer->columnStep * W;
  const float none = layer->isMean ? 0 : -__builtin_inff();
  for (long y = 0; y < layer->outputHeight; y++) {
    float *to = output + y * layer->outputWidth * W;
    for (long x = 0; x < layer->outputWidth; x++) {
      // Four chains hide the latency of long windows.
      vector results[4] = {all(none), all(none), all(none), all(none)};
      long columns = divide_up(layer->columnEnd[x] - layer->columnStart[x], layer->columnStep);
      for (long line = layer->lineStart[y]; line < layer->lineEnd[y]; line += layer->lineStep) {
        const float *from = map + (line * layer->width + layer->columnStart[x]) * W;
        long i = 0;
        if (layer->isMean) {
          for (; i + 4 <= columns; i += 4) {
            UNROLL for (long k = 0; k < 4; k++) results[k] += load(from + (i + k) * step);
          }
          for (; i < columns; i++) results[0] += load(from + i * step);
        } else {
          for (; i < columns; i++) results[0] = greatest_or_nan(results[0], load(from + i * step));
        }
      }
      vector result = results[0];
      if (layer->isMean) {
        result = (results[0] + results[1]) + (results[2] + results[3]);
        result = result * (1.0f / (layer->lineCount[y] * layer->columnCount[x]));
      }
      store(to + x * W, clamp(result, layer->epilogue.lower, layer->epilogue.upper));
    }
    apply_functions(&layer->epilogue, to, to, image, block, y * layer->outputWidth, layer->outputWidth);
  }
}
