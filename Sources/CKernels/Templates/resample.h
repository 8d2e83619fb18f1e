// Interpolation by tables of positions and weights: a job is a block of an image.

/// One line of outputs; the numbers of taps may be constants.
INLINE void resample_line(
    const CKResampling *map, const long lineTaps, const long columnTaps, const float *from, long y, float *to) {
  const long *lines = map->lines + y * lineTaps;
  const float *lineWeights = map->lineWeights + y * lineTaps;
  for (long x = 0; x < map->outputWidth; x++) {
    const long *columns = map->columns + x * columnTaps;
    const float *columnWeights = map->columnWeights + x * columnTaps;
    vector sum = all(0);
    for (long i = 0; i < lineTaps; i++) {
      const float *line = from + lines[i] * map->width * W;
      vector part = all(0);
      for (long j = 0; j < columnTaps; j++) part += load(line + columns[j] * W) * columnWeights[j];
      sum += part * lineWeights[i];
    }
    store(to + x * W, sum);
  }
}

static void resample(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKResampling *map = context;
  long block = job % map->blocks, image = job / map->blocks;
  const float *from = map->input + image * map->inputBatch + block * map->height * map->width * W;
  float *to = map->output + image * map->outputBatch + block * map->outputHeight * map->outputWidth * W;
  for (long y = 0; y < map->outputHeight; y++) {
    float *line = to + y * map->outputWidth * W;
    if (map->lineTaps == 2 && map->columnTaps == 2) {
      resample_line(map, 2, 2, from, y, line);
    } else {
      resample_line(map, map->lineTaps, map->columnTaps, from, y, line);
    }
    apply_functions(&map->epilogue, line, line, image, block, y * map->outputWidth, map->outputWidth);
  }
}
