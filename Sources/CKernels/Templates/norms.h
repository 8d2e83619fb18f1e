// Group norm, and local response norm over channels.

/// The sum over a block's pixels of `x`, or of the squares of what is left of it without `mean`.
INLINE vector sum_pixels(const float *from, long pixels, vector mean, const int isSquared) {
  // Four chains hide the latency of long sums, and keep them precise.
  vector sums[4] = {all(0), all(0), all(0), all(0)};
  long pixel = 0;
  for (; pixel + 4 <= pixels; pixel += 4) {
    UNROLL for (long k = 0; k < 4; k++) {
      vector x = load(from + (pixel + k) * W);
      sums[k] += isSquared ? (x - mean) * (x - mean) : x;
    }
  }
  for (; pixel < pixels; pixel++) {
    vector x = load(from + pixel * W);
    sums[0] += isSquared ? (x - mean) * (x - mean) : x;
  }
  return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// Replaces each channel's value by its group's sum times `share`; a double holds sums of many channels.
INLINE void share_within_groups(float *values, long channels, long groupChannels, double share) {
  for (long first = 0; first < channels; first += groupChannels) {
    double sum = 0;
    for (long c = 0; c < groupChannels; c++) sum += values[first + c];
    for (long c = 0; c < groupChannels; c++) values[first + c] = (float)(sum * share);
  }
}

static void group_norm(const void *context, long job, float *scratch) {
  const CKGroupNorm *layer = context;
  long pieces = divide_up(layer->channels, layer->channelsPerJob);
  long first = job % pieces * layer->channelsPerJob, image = job / pieces, firstBlock = first / W;
  long channels = smaller(layer->channelsPerJob, layer->channels - first), blocks = divide_up(channels, W);
  const float *input = layer->input + image * layer->inputBatch + firstBlock * layer->pixels * W;
  float *output = layer->output + image * layer->outputBatch + firstBlock * layer->pixels * W;
  float *means = scratch, *squares = scratch + divide_up(layer->channelsPerJob, W) * W;
  const double share = 1.0 / ((double)layer->groupChannels * (double)layer->pixels);
  for (long b = 0; b < blocks; b++) {
    store(means + b * W, sum_pixels(input + b * layer->pixels * W, layer->pixels, all(0), 0));
  }
  share_within_groups(means, channels, layer->groupChannels, share);
  // Lanes behind the last channel stay what they are.
  for (long c = channels; c < blocks * W; c++) means[c] = 0;
  for (long b = 0; b < blocks; b++) {
    store(squares + b * W, sum_pixels(input + b * layer->pixels * W, layer->pixels, load(means + b * W), 1));
  }
  share_within_groups(squares, channels, layer->groupChannels, share);
  for (long c = channels; c < blocks * W; c++) squares[c] = 1;
  for (long b = 0; b < blocks; b++) {
    vector factor = 1.0f / __builtin_elementwise_sqrt(load(squares + b * W) + layer->epsilon);
    if (layer->weight != NULL) factor *= load(layer->weight + first + b * W);
    vector shift = -load(means + b * W) * factor;
    if (layer->bias != NULL) shift += load(layer->bias + first + b * W);
    const float *from = input + b * layer->pixels * W;
    float *to = output + b * layer->pixels * W;
    for (long pixel = 0; pixel < layer->pixels; pixel++) store(to + pixel * W, load(from + pixel * W) * factor + shift);
    apply_functions(&layer->epilogue, to, to, image, firstBlock + b, 0, layer->pixels);
  }
}

/// One job is an image, because the mean is over all of its channels.
static void response_norm(const void *context, long job, float *scratch) {
  const CKResponseNorm *layer = context;
  long blocks = divide_up(layer->channels, W);
  const float *input = layer->input + job * layer->inputBatch;
  float *output = layer->output + job * layer->outputBatch;
  for (long b = 0; b < blocks; b++) {
    vector squares = sum_pixels(input + b * layer->pixels * W, layer->pixels, all(0), 1);
    store(scratch + b * W, __builtin_elementwise_sqrt(squares));
  }
  double sum = 0;
  for (long c = 0; c < layer->channels; c++) sum += scratch[c];
  const float divisor = (float)(sum / (double)layer->channels) + layer->epsilon;
  for (long b = 0; b < blocks; b++) {
    vector factor = load(scratch + b * W) / divisor * load(layer->weight + b * W) + 1.0f;
    vector shift = load(layer->bias + b * W);
    const float *from = input + b * layer->pixels * W;
    float *to = output + b * layer->pixels * W;
    for (long pixel = 0; pixel < layer->pixels; pixel++) store(to + pixel * W, load(from + pixel * W) * factor + shift);
  }
}

/// One job is some pixels by all channels: the squares of a pixel lie in a row, with nothing before and behind.
static void local_norm(const void *context, long job, float *scratch) {
  const CKLocalNorm *layer = context;
  long pieces = divide_up(layer->pixels, layer->pixelsPerJob);
  long first = job % pieces * layer->pixelsPerJob, image = job / pieces;
  long end = smaller(first + layer->pixelsPerJob, layer->pixels), blocks = divide_up(layer->channels, W);
  long blockStride = layer->pixels * W;
  const float *input = layer->input + image * layer->inputBatch;
  float *output = layer->output + image * layer->outputBatch;
  for (long i = 0; i < blocks * W + layer->size; i++) scratch[i] = 0;
  for (long pixel = first; pixel < end; pixel++) {
    for (long b = 0; b < blocks; b++) {
      vector x = load(input + b * blockStride + pixel * W);
      store(scratch + layer->before + b * W, x * x);
    }
    for (long c = layer->channels; c < blocks * W; c++) scratch[layer->before + c] = 0;
    for (long b = 0; b < blocks; b++) {
      vector sum = all(0);
      for (long i = 0; i < layer->size; i++) sum += load(scratch + b * W + i);
      vector base = sum * layer->scale + layer->k;
      vector x = load(input + b * blockStride + pixel * W);
      store(output + b * blockStride + pixel * W, x * exponential(logarithm(base) * -layer->beta));
    }
  }
  for (long b = 0; b < blocks; b++) {
    float *to = output + b * blockStride + first * W;
    apply_functions(&layer->epilogue, to, to, image, b, first, end - first);
  }
}
