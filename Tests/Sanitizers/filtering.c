// Convolution by Winograd's filtering, against the definition.
#include "harness.h"

static void check_filter(const CKKernels *kernels, const CKFiltering filtering, int hasFunction) {
  const long kernelY = filtering.kernelY, kernelX = filtering.kernelX, taps = kernelY * kernelX;
  const long W = kernels->width, batch = dice(1, 2), inputs = dice(1, 3 * W), outputs = dice(1, 4 * W);
  const long height = dice(kernelY, 13), width = dice(kernelX, 15);
  const long top = dice(0, kernelY / 2), left = dice(0, kernelX / 2);
  const long outputHeight = height + top + dice(0, kernelY / 2) - kernelY + 1;
  const long outputWidth = width + left + dice(0, kernelX / 2) - kernelX + 1;
  const long blocks = blocks_of(outputs, W), points = ck_filtering_points(&filtering), pixels = height * width;
  const long outputPixels = outputHeight * outputWidth;
  float *input = blocked_map(batch, inputs, pixels, W), *weights = numbers(outputs * inputs * taps);
  float *transformed = unwritten(blocks * W * points * inputs), *bias = numbers(blocks * W);
  long outputFloats = batch * blocks * outputPixels * W;
  float *residual = numbers(outputFloats), *output = unwritten(outputFloats);
  memset(transformed, 0, (size_t)(blocks * W * points * inputs) * sizeof(float));
  float *scale = numbers(outputs);
  for (long o = 0; o < outputs; o += 2 * W) {
    long lanes = (blocks - o / W < 2 ? 1 : 2) * W;
    ck_winograd_weights(
        weights + o * inputs * taps, inputs * taps, scale + o, outputs - o < lanes ? outputs - o : lanes, inputs, &filtering,
        transformed + o * points * inputs, lanes);
  }
  CKPointOperation operation = {.function = CKPointLeaky, .a = 0.5f};
  CKWinograd arguments = {
      .input = input, .weights = transformed, .bias = bias, .residual = residual, .output = output,
      .filtering = filtering, .batch = batch, .inputChannels = inputs, .inputBlocks = blocks_of(inputs, W), .blocks = blocks,
      .height = height, .width = width, .outputHeight = outputHeight, .outputWidth = outputWidth,
      .top = top, .left = left, .inputBatch = blocks_of(inputs, W) * pixels * W,
      .outputBatch = blocks * outputPixels * W, .residualBatch = blocks * outputPixels * W,
      .tilesPerJob = dice(1, 20), .panelsPerJob = dice(1, (blocks + 1) / 2),
      .epilogue = {-INFINITY, 1.0f, hasFunction ? &operation : NULL, hasFunction}};
  long *offsets = malloc((size_t)blocks_of(inputs, W) * sizeof(long));
  for (long b = 0; b < blocks_of(inputs, W); b++) offsets[b] = b * arguments.tilesPerJob * W;
  arguments.offsets = offsets;
  run_jobs(kernels->winograd, &arguments, ck_winograd_jobs(&arguments), ck_winograd_scratch(&arguments, W));
  for (long n = 0; n < batch; n++) {
    for (long o = 0; o < outputs; o++) {
      for (long p = 0; p < outputPixels; p++) {
        long place = blocked_place(outputs, outputPixels, W, n, o, p);
        double sum = 0;
        for (long i = 0; i < inputs; i++) {
          for (long t = 0; t < taps; t++) {
            long y = p / outputWidth + t / kernelX - top, x = p % outputWidth + t % kernelX - left;
            if (y < 0 || x < 0 || y >= height || x >= width) continue;
            sum += (double)input[blocked_place(inputs, pixels, W, n, i, y * width + x)] * weights[(o * inputs + i) * taps + t];
          }
        }
        sum = fmin(sum * scale[o] + bias[o] + residual[place], 1);
        if (hasFunction && sum < 0) sum *= 0.5;
        expect_near(output[place], sum, 1e-4, "F(%ld x %ld, %ld x %ld), image %ld, channel %ld, pixel %ld", filtering.tileY,
            filtering.tileX, kernelY, kernelX, n, o, p);
      }
    }
  }
  free(input), free(weights), free(scale), free(transformed), free(bias), free(residual), free(output), free(offsets);
}

void check_filtering(const CKKernels *kernels) {
  static const CKFiltering filterings[] = {{2, 3, 2, 3}, {4, 3, 4, 3}, {2, 5, 2, 5}, {1, 1, 4, 3},
                                           {4, 3, 1, 1}, {1, 1, 4, 7}, {4, 7, 1, 1}};
  for (int round = 0; round < 84; round++) check_filter(kernels, filterings[round % 7], round / 7 % 2);
}
