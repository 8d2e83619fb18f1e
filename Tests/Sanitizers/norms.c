// Group norm, global and response norms and interpolation.
#include "harness.h"

static CKPointOperation doubled = {.function = CKPointAffine, .a = 2, .b = 0};

static void check_group_norm(const CKKernels *kernels, int hasFactors) {
  const long W = kernels->width, batch = dice(1, 2), groups = dice(1, 9), groupChannels = dice(1, 2 * W + 1);
  const long channels = groups * groupChannels, blocks = blocks_of(channels, W), pixels = dice(1, 70);
  float *input = blocked_map(batch, channels, pixels, W), *output = unwritten(batch * blocks * pixels * W);
  float *weight = numbers(blocks * W), *bias = numbers(blocks * W);
  long piece = groupChannels;
  while (piece % W != 0) piece += groupChannels;
  CKGroupNorm layer = {
      .input = input, .output = output, .batch = batch, .channels = channels, .pixels = pixels,
      .groupChannels = groupChannels, .channelsPerJob = piece < channels ? piece : channels,
      .inputBatch = blocks * pixels * W, .outputBatch = blocks * pixels * W, .weight = hasFactors ? weight : NULL,
      .bias = hasFactors ? bias : NULL, .epsilon = 1e-3f, .epilogue = {0, 0, &doubled, 1}};
  run_jobs(kernels->groupNorm, &layer, ck_group_norm_jobs(&layer), ck_group_norm_scratch(&layer, W));
  for (long n = 0; n < batch; n++) {
    for (long c = 0; c < channels; c++) {
      long first = c / groupChannels * groupChannels, count = groupChannels * pixels;
      double sum = 0, squares = 0;
      for (long i = 0; i < count; i++) sum += input[blocked_place(channels, pixels, W, n, first + i / pixels, i % pixels)];
      for (long i = 0; i < count; i++) {
        double x = input[blocked_place(channels, pixels, W, n, first + i / pixels, i % pixels)] - sum / (double)count;
        squares += x * x;
      }
      for (long p = 0; p < pixels; p++) {
        long place = blocked_place(channels, pixels, W, n, c, p);
        double expected = (input[place] - sum / (double)count) / sqrt(squares / (double)count + 1e-3);
        if (hasFactors) expected = expected * weight[c] + bias[c];
        expect_near(output[place], 2 * expected, 2e-5, "group norm, channel %ld, pixel %ld", c, p);
      }
    }
  }
  free(input), free(output), free(weight), free(bias);
}

static void check_response_norm(const CKKernels *kernels) {
  const long W = kernels->width, batch = dice(1, 2), channels = dice(1, 3 * W), pixels = dice(1, 40);
  const long blocks = blocks_of(channels, W);
  float *input = blocked_map(batch, channels, pixels, W), *output = unwritten(batch * blocks * pixels * W);
  float *weight = numbers(blocks * W), *bias = numbers(blocks * W);
  CKResponseNorm layer = {
      .input = input, .output = output, .batch = batch, .channels = channels, .pixels = pixels,
      .inputBatch = blocks * pixels * W, .outputBatch = blocks * pixels * W, .weight = weight, .bias = bias,
      .epsilon = 1e-3f};
  run_jobs(kernels->responseNorm, &layer, batch, ck_response_norm_scratch(&layer, W));
  for (long n = 0; n < batch; n++) {
    double norms[64], mean = 0;
    for (long c = 0; c < channels; c++) {
      double sum = 0;
      for (long p = 0; p < pixels; p++) {
        double x = input[blocked_place(channels, pixels, W, n, c, p)];
        sum += x * x;
      }
      norms[c] = sqrt(sum);
      mean += norms[c] / (double)channels;
    }
    for (long c = 0; c < channels; c++) {
      for (long p = 0; p < pixels; p++) {
        long place = blocked_place(channels, pixels, W, n, c, p);
        double expected = input[place] * (1 + weight[c] * norms[c] / (mean + 1e-3)) + bias[c];
        expect_near(output[place], expected, 1e-5, "response norm, channel %ld, pixel %ld", c, p);
      }
    }
  }
  free(input), free(output), free(weight), free(bias);
}

static void check_local_norm(const CKKernels *kernels) {
  const long W = kernels->width, batch = dice(1, 2), channels = dice(1, 3 * W), pixels = dice(1, 30), size = dice(1, 7);
  const long blocks = blocks_of(channels, W), before = (size - 1) / 2;
  float *input = blocked_map(batch, channels, pixels, W), *output = unwritten(batch * blocks * pixels * W);
  for (long i = 0; i < batch * blocks * pixels * W; i++) input[i] *= 30;
  CKLocalNorm layer = {
      .input = input, .output = output, .batch = batch, .channels = channels, .pixels = pixels, .size = size,
      .before = before, .k = (float)dice(1, 20) * 0.1f, .scale = 0.02f, .beta = 0.75f,
      .inputBatch = blocks * pixels * W, .outputBatch = blocks * pixels * W, .pixelsPerJob = dice(1, pixels),
      .epilogue = {0, 0, &doubled, 1}};
  run_jobs(kernels->localNorm, &layer, ck_local_norm_jobs(&layer), ck_local_norm_scratch(&layer, W));
  for (long n = 0; n < batch; n++) {
    for (long c = 0; c < channels; c++) {
      for (long p = 0; p < pixels; p++) {
        double sum = 0;
        for (long i = c - before; i < c - before + size; i++) {
          if (i < 0 || i >= channels) continue;
          double x = input[blocked_place(channels, pixels, W, n, i, p)];
          sum += x * x;
        }
        long place = blocked_place(channels, pixels, W, n, c, p);
        double expected = 2 * input[place] / pow((double)layer.k + (double)layer.scale * sum, 0.75);
        expect_near(output[place], expected, 2e-6 * (1 + fabs(expected)), "local norm, channel %ld, pixel %ld", c, p);
      }
    }
  }
  free(input), free(output);
}

static void check_resample(const CKKernels *kernels) {
  const long W = kernels->width, batch = dice(1, 2), channels = dice(1, 2 * W), height = dice(1, 9), width = dice(1, 9);
  const long outputs[2] = {dice(1, 12), dice(1, 12)}, taps[2] = {dice(1, 4), dice(1, 4)}, sizes[2] = {height, width};
  long *positions[2];
  float *weights[2];
  for (int axis = 0; axis < 2; axis++) {
    long count = outputs[axis] * taps[axis];
    positions[axis] = malloc((size_t)count * sizeof(long));
    for (long i = 0; i < count; i++) positions[axis][i] = dice(0, sizes[axis] - 1);
    weights[axis] = numbers(count);
  }
  const long blocks = blocks_of(channels, W), pixels = height * width, outputPixels = outputs[0] * outputs[1];
  float *input = blocked_map(batch, channels, pixels, W), *output = unwritten(batch * blocks * outputPixels * W);
  CKResampling map = {
      .input = input, .output = output, .batch = batch, .blocks = blocks, .height = height, .width = width,
      .outputHeight = outputs[0], .outputWidth = outputs[1], .lineTaps = taps[0], .columnTaps = taps[1],
      .lines = positions[0], .columns = positions[1], .lineWeights = weights[0], .columnWeights = weights[1],
      .inputBatch = blocks * pixels * W, .outputBatch = blocks * outputPixels * W, .epilogue = {0, 0, &doubled, 1}};
  run_jobs(kernels->resample, &map, ck_resample_jobs(&map), 0);
  for (long n = 0; n < batch; n++) {
    for (long c = 0; c < channels; c++) {
      for (long p = 0; p < outputPixels; p++) {
        long y = p / outputs[1], x = p % outputs[1];
        double sum = 0;
        for (long i = 0; i < taps[0]; i++) {
          for (long j = 0; j < taps[1]; j++) {
            long from = positions[0][y * taps[0] + i] * width + positions[1][x * taps[1] + j];
            double weight = (double)weights[0][y * taps[0] + i] * weights[1][x * taps[1] + j];
            sum += weight * input[blocked_place(channels, pixels, W, n, c, from)];
          }
        }
        float found = output[blocked_place(channels, outputPixels, W, n, c, p)];
        expect_near(found, 2 * sum, 1e-5, "interpolation, channel %ld, pixel %ld", c, p);
      }
    }
  }
  for (int axis = 0; axis < 2; axis++) free(positions[axis]), free(weights[axis]);
  free(input), free(output);
}

void check_norms(const CKKernels *kernels) {
  for (int round = 0; round < 30; round++) {
    check_group_norm(kernels, round % 2);
    check_local_norm(kernels);
    check_response_norm(kernels);
    check_resample(kernels);
  }
}
