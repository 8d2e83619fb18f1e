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

/// Windows of a pool along one axis.
typedef struct {
  long outputs, step, *starts, *ends;
  float *counts;
  /// Where windows slide: how wide they are, how far they move and where the first begins, before the map.
  long kernel, stride, before;
} PoolAxis;

static PoolAxis pool_axis(long size, int slides) {
  PoolAxis axis = {.outputs = dice(1, 9), .step = dice(1, 2)};
  if (slides) {
    axis.step = 1, axis.kernel = dice(1, 4), axis.stride = dice(1, 3);
    // Windows may miss the map on either side.
    axis.before = dice(0, 1) ? axis.kernel / 2 : dice(-1, axis.kernel + 1);
    axis.outputs = dice(1, (size + 2 * axis.kernel) / axis.stride + 1);
  }
  axis.starts = malloc((size_t)axis.outputs * sizeof(long)), axis.ends = malloc((size_t)axis.outputs * sizeof(long));
  axis.counts = numbers(axis.outputs);
  for (long i = 0; i < axis.outputs; i++) {
    long start = dice(0, size - 1), end = dice(start + 1, size);
    if (slides) {
      start = i * axis.stride - axis.before, end = start + axis.kernel;
      start = start < 0 ? 0 : start, end = end > size ? size : end;
      if (start >= end) start = end = 0;
    }
    axis.starts[i] = start, axis.ends[i] = end, axis.counts[i] = (float)dice(1, 7);
  }
  return axis;
}

static void check_pool(const CKKernels *kernels, int isMean, int slides) {
  const long W = kernels->width, batch = dice(1, 2), channels = dice(1, 2 * W + 1), height = dice(1, 12);
  const long width = dice(1, 30);
  PoolAxis lines = pool_axis(height, slides), columns = pool_axis(width, slides);
  const long blocks = blocks_of(channels, W), pixels = height * width, outputPixels = lines.outputs * columns.outputs;
  float *input = blocked_map(batch, channels, pixels, W), *output = unwritten(batch * blocks * outputPixels * W);
  // A few of either sign are no numbers.
  for (long i = dice(0, 2); i > 0; i--) input[dice(0, batch * blocks * pixels * W - 1)] = dice(0, 1) ? NAN : -NAN;
  CKPointOperation operation = {.function = CKPointAffine, .a = 2, .b = 1};
  CKPooling arguments = {
      .input = input, .output = output, .isMean = isMean, .batch = batch, .blocks = blocks, .height = height,
      .width = width, .outputHeight = lines.outputs, .outputWidth = columns.outputs, .lineStart = lines.starts,
      .lineEnd = lines.ends, .columnStart = columns.starts, .columnEnd = columns.ends, .lineCount = lines.counts,
      .columnCount = columns.counts, .lineStep = lines.step, .columnStep = columns.step, .kernelWidth = columns.kernel,
      .strideX = columns.stride, .left = columns.before, .inputBatch = blocks * pixels * W,
      .outputBatch = blocks * outputPixels * W, .epilogue = {-0.5f, INFINITY, &operation, 1}};
  run_jobs(kernels->pool, &arguments, ck_pool_jobs(&arguments), ck_pool_scratch(&arguments, W));
  for (long n = 0; n < batch; n++) {
    for (long c = 0; c < channels; c++) {
      for (long p = 0; p < outputPixels; p++) {
        long line = p / columns.outputs, column = p % columns.outputs;
        double result = isMean ? 0 : -INFINITY;
        for (long y = lines.starts[line]; y < lines.ends[line]; y += lines.step) {
          for (long x = columns.starts[column]; x < columns.ends[column]; x += columns.step) {
            double value = input[blocked_place(channels, pixels, W, n, c, y * width + x)];
            result = isMean ? result + value : isnan(value) || value > result ? value : result;
          }
        }
        if (isMean) result /= lines.counts[line] * columns.counts[column];
        result = 2 * (result < -0.5 ? -0.5 : result) + 1;
        float found = output[blocked_place(channels, outputPixels, W, n, c, p)];
        if (isnan(result) && isnan(found)) continue;
        expect_near(found, result, 2e-4, "pool, image %ld, channel %ld, pixel %ld", n, c, p);
      }
    }
  }
  free(lines.starts), free(lines.ends), free(lines.counts), free(columns.starts), free(columns.ends), free(columns.counts);
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
    for (int pool = 0; pool < 80; pool++) check_pool(kernels, pool % 2, pool % 8 > 1);
  }
}
