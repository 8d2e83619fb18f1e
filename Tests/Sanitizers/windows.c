// Convolutions within blocks (depthwise, small groups) and pools.
#include "harness.h"

typedef struct {
  long channels, kernelHeight, kernelWidth, stride, dilation;
} Window;

static void check_depthwise(const CKKernels *kernels, Window window, int hasResidual) {
  const long W = kernels->width, batch = dice(1, 2), groups = dice(1, 2 * W), channels = groups * window.channels;
  const long spanY = (window.kernelHeight - 1) * window.dilation + 1, spanX = (window.kernelWidth - 1) * window.dilation + 1;
  // The usual border, or any, up to windows that miss the map.
  const int isUsual = dice(0, 1) == 1;
  const long top = isUsual ? spanY / 2 : dice(-1, spanY + 1), left = isUsual ? spanX / 2 : dice(-1, spanX + 1);
  const long bottom = isUsual ? top : dice(0, spanY + 1), right = isUsual ? left : dice(0, spanX + 1);
  const long height = dice(1, 12) + (isUsual ? 0 : spanY), width = dice(1, isUsual ? 18 : 50) + (isUsual ? 0 : spanX);
  const long outputHeight = (height + top + bottom - spanY) / window.stride + 1;
  const long outputWidth = (width + left + right - spanX) / window.stride + 1;
  const long blocks = blocks_of(channels, W), taps = window.kernelHeight * window.kernelWidth;
  const long pixels = height * width, outputPixels = outputHeight * outputWidth;
  float *input = blocked_map(batch, channels, pixels, W);
  float *weights = numbers(blocks * taps * window.channels * W), *bias = numbers(blocks * W);
  long outputFloats = batch * blocks * outputPixels * W;
  float *residual = numbers(outputFloats), *output = unwritten(outputFloats);
  CKPointOperation operation = {.function = CKPointAffine, .a = 2, .b = 1};
  CKDepthwise arguments = {
      .input = input, .weights = weights, .bias = bias, .residual = hasResidual ? residual : NULL, .output = output,
      .channels = window.channels, .batch = batch, .blocks = blocks, .height = height, .width = width,
      .outputHeight = outputHeight, .outputWidth = outputWidth, .kernelHeight = window.kernelHeight,
      .kernelWidth = window.kernelWidth, .strideY = window.stride, .strideX = window.stride,
      .dilationY = window.dilation, .dilationX = window.dilation, .top = top, .left = left,
      .inputBatch = blocks * pixels * W, .outputBatch = blocks * outputPixels * W,
      .residualBatch = blocks * outputPixels * W, .linesPerJob = dice(1, outputHeight),
      .epilogue = {-2, 2, hasResidual ? NULL : &operation, !hasResidual}};
  run_jobs(kernels->depthwise, &arguments, ck_depthwise_jobs(&arguments), 0);
  for (long n = 0; n < batch; n++) {
    for (long c = 0; c < channels; c++) {
      for (long p = 0; p < outputPixels; p++) {
        long place = blocked_place(channels, outputPixels, W, n, c, p);
        double sum = bias[c];
        for (long t = 0; t < taps; t++) {
          long y = p / outputWidth * window.stride + t / window.kernelWidth * window.dilation - top;
          long x = p % outputWidth * window.stride + t % window.kernelWidth * window.dilation - left;
          if (y < 0 || x < 0 || y >= height || x >= width) continue;
          for (long i = 0; i < window.channels; i++) {
            long from = blocked_place(channels, pixels, W, n, c / window.channels * window.channels + i, y * width + x);
            sum += (double)input[from] * weights[((c / W * taps + t) * window.channels + i) * W + c % W];
          }
        }
        if (hasResidual) sum += residual[place];
        sum = fmin(fmax(sum, -2), 2);
        if (!hasResidual) sum = 2 * sum + 1;
        expect_near(output[place], sum, 2e-5, "depthwise, image %ld, channel %ld, pixel %ld", n, c, p);
      }
    }
  }
  free(input), free(weights), free(bias), free(residual), free(output);
}

static void check_pool(const CKKernels *kernels, int isMean) {
  const long W = kernels->width, batch = dice(1, 2), channels = dice(1, 2 * W + 1), height = dice(1, 12);
  const long width = dice(1, 20), outputs[2] = {dice(1, 9), dice(1, 9)}, steps[2] = {dice(1, 2), dice(1, 2)};
  long *starts[2], *ends[2];
  float *counts[2];
  for (int axis = 0; axis < 2; axis++) {
    long size = axis == 0 ? height : width;
    starts[axis] = malloc((size_t)outputs[axis] * sizeof(long));
    ends[axis] = malloc((size_t)outputs[axis] * sizeof(long));
    counts[axis] = numbers(outputs[axis]);
    for (long i = 0; i < outputs[axis]; i++) {
      starts[axis][i] = dice(0, size - 1);
      ends[axis][i] = dice(starts[axis][i] + 1, size);
      counts[axis][i] = (float)dice(1, 7);
    }
  }
  const long blocks = blocks_of(channels, W), pixels = height * width, outputPixels = outputs[0] * outputs[1];
  float *input = blocked_map(batch, channels, pixels, W), *output = unwritten(batch * blocks * outputPixels * W);
  CKPointOperation operation = {.function = CKPointAffine, .a = 2, .b = 1};
  CKPooling arguments = {
      .input = input, .output = output, .isMean = isMean, .batch = batch, .blocks = blocks, .height = height,
      .width = width, .outputHeight = outputs[0], .outputWidth = outputs[1], .lineStart = starts[0],
      .lineEnd = ends[0], .columnStart = starts[1], .columnEnd = ends[1], .lineCount = counts[0],
      .columnCount = counts[1], .lineStep = steps[0], .columnStep = steps[1], .inputBatch = blocks * pixels * W,
      .outputBatch = blocks * outputPixels * W, .epilogue = {-0.5f, INFINITY, &operation, 1}};
  run_jobs(kernels->pool, &arguments, ck_pool_jobs(&arguments), ck_pool_scratch(&arguments, W));
  for (long n = 0; n < batch; n++) {
    for (long c = 0; c < channels; c++) {
      for (long p = 0; p < outputPixels; p++) {
        long line = p / outputs[1], column = p % outputs[1];
        double result = isMean ? 0 : -INFINITY;
        for (long y = starts[0][line]; y < ends[0][line]; y += steps[0]) {
          for (long x = starts[1][column]; x < ends[1][column]; x += steps[1]) {
            double value = input[blocked_place(channels, pixels, W, n, c, y * width + x)];
            result = isMean ? result + value : fmax(result, value);
          }
        }
        if (isMean) result /= counts[0][line] * counts[1][column];
        result = 2 * fmax(result, -0.5) + 1;
        float found = output[blocked_place(channels, outputPixels, W, n, c, p)];
        expect_near(found, result, 2e-4, "pool, image %ld, channel %ld, pixel %ld", n, c, p);
      }
    }
  }
  for (int axis = 0; axis < 2; axis++) free(starts[axis]), free(ends[axis]), free(counts[axis]);
  free(input), free(output);
}

void check_windows(const CKKernels *kernels) {
  for (int round = 0; round < 4; round++) {
    for (long kernel = 1; kernel <= 7; kernel++) {
      for (long stride = 1; stride <= 3; stride++) {
        for (long dilation = 1; dilation <= 2; dilation++) {
          check_depthwise(kernels, (Window){1, kernel, kernel, stride, dilation}, round % 2);
        }
      }
    }
    check_depthwise(kernels, (Window){1, 3, 5, 1, 1}, round % 2);
    check_depthwise(kernels, (Window){1, 5, 3, 2, 1}, round % 2);
    for (long channels = 2; channels < kernels->width; channels *= 2) {
      for (long stride = 1; stride <= 2; stride++) {
        check_depthwise(kernels, (Window){channels, 3, 3, stride, dice(1, 2)}, round % 2);
      }
    }
    for (int pool = 0; pool < 12; pool++) check_pool(kernels, pool % 2);
  }
}
