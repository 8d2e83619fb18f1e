// Copies between layouts, exact.
#include "harness.h"

static void check_blocking(const CKKernels *kernels) {
  const long W = kernels->width, batch = dice(1, 3), channels = dice(1, 3 * W), pixels = dice(1, 40), blocks = blocks_of(channels, W);
  const int channelsLast = dice(0, 1) == 1;
  float *rowMajor = numbers(batch * channels * pixels), *blocked = unwritten(batch * blocks * pixels * W);
  float *back = unwritten(batch * channels * pixels);
  CKBlocking map = {
      .input = rowMajor, .output = blocked, .batch = batch, .channels = channels, .pixels = pixels,
      .inputBatch = channels * pixels, .outputBatch = blocks * pixels * W, .channelStride = channelsLast ? 1 : pixels,
      .pixelStride = channelsLast ? channels : 1};
  run_jobs(kernels->block, &map, ck_blocking_jobs(&map, W), 0);
  for (long n = 0; n < batch; n++) {
    for (long c = 0; c < blocks * W; c++) {
      for (long p = 0; p < pixels; p++) {
        float expected = c < channels ? rowMajor[n * channels * pixels + c * map.channelStride + p * map.pixelStride] : 0;
        expect_near(blocked[((n * blocks + c / W) * pixels + p) * W + c % W], expected, 0, "to blocks %ld, %ld", c, p);
      }
    }
  }
  map.input = blocked, map.output = back, map.inputBatch = blocks * pixels * W, map.outputBatch = channels * pixels;
  run_jobs(kernels->unblock, &map, ck_blocking_jobs(&map, W), 0);
  for (long i = 0; i < batch * channels * pixels; i++) expect_near(back[i], rowMajor[i], 0, "from blocks %ld", i);
  free(rowMajor), free(blocked), free(back);
}

static void check_gather(const CKKernels *kernels) {
  const long W = kernels->width, batch = dice(1, 3), sources = dice(1, 3 * W), channels = dice(1, 3 * W), pixels = dice(1, 40);
  const long blocks = blocks_of(channels, W), sourceBlocks = blocks_of(sources, W);
  float *input = blocked_map(batch, sources, pixels, W), *output = unwritten(batch * blocks * pixels * W);
  long *picks = malloc((size_t)channels * sizeof(long)), *firstPart = malloc((size_t)(blocks + 1) * sizeof(long));
  for (long c = 0; c < channels; c++) picks[c] = dice(0, sources - 1);
  // A part for each block of the source, though it may give nothing.
  CKGatherPart *parts = malloc((size_t)(blocks * sourceBlocks) * sizeof(CKGatherPart));
  int *lanes = malloc((size_t)(blocks * sourceBlocks * W) * sizeof(int));
  for (long i = 0; i < blocks * sourceBlocks * W; i++) lanes[i] = -1;
  for (long c = 0; c < channels; c++) lanes[(c / W * sourceBlocks + picks[c] / W) * W + c % W] = (int)(picks[c] % W);
  for (long i = 0; i < blocks * sourceBlocks; i++) {
    parts[i] = (CKGatherPart){input + i % sourceBlocks * pixels * W, sourceBlocks * pixels * W, lanes + i * W};
  }
  for (long b = 0; b <= blocks; b++) firstPart[b] = b * sourceBlocks;
  CKGather map = {
      .parts = parts, .firstPart = firstPart, .output = output, .batch = batch, .blocks = blocks, .pixels = pixels,
      .outputBatch = blocks * pixels * W};
  run_jobs(kernels->gather, &map, ck_gather_jobs(&map), 0);
  for (long n = 0; n < batch; n++) {
    for (long c = 0; c < blocks * W; c++) {
      for (long p = 0; p < pixels; p++) {
        float expected = c < channels ? input[blocked_place(sources, pixels, W, n, picks[c], p)] : 0;
        float found = output[((n * blocks + c / W) * pixels + p) * W + c % W];
        expect_near(found, expected, 0, "gathered channel %ld, pixel %ld", c, p);
      }
    }
  }
  free(input), free(output), free(picks), free(firstPart), free(parts), free(lanes);
}

static void check_pad(const CKKernels *kernels) {
  const long units[] = {1, kernels->width, 3}, unit = units[dice(0, 2)], batch = dice(1, 2), planes = dice(1, 3);
  const long height = dice(1, 9), width = dice(1, 9), top = dice(0, 3), left = dice(0, 3), bottom = dice(0, 3), right = dice(0, 3);
  const long outputHeight = top + height + bottom, outputWidth = left + width + right;
  float *input = numbers(batch * planes * height * width * unit);
  float *output = unwritten(batch * planes * outputHeight * outputWidth * unit);
  CKPadding map = {
      .input = input, .output = output, .batch = batch, .planes = planes, .height = height, .width = width,
      .unit = unit, .top = top, .left = left, .bottom = bottom, .right = right,
      .inputBatch = planes * height * width * unit, .fill = 0.5f};
  run_jobs(kernels->pad, &map, ck_pad_jobs(&map), 0);
  for (long plane = 0; plane < batch * planes; plane++) {
    for (long i = 0; i < outputHeight * outputWidth; i++) {
      long y = i / outputWidth - top, x = i % outputWidth - left;
      for (long u = 0; u < unit; u++) {
        int isInside = y >= 0 && x >= 0 && y < height && x < width;
        float expected = isInside ? input[((plane * height + y) * width + x) * unit + u] : 0.5f;
        expect_near(output[(plane * outputHeight * outputWidth + i) * unit + u], expected, 0, "border at %ld", i);
      }
    }
  }
  free(input), free(output);
}

/// Axes of any sizes and units; some positions are nowhere, places are those of a transposed tensor.
static void check_pick(const CKKernels *kernels) {
  const long units[] = {1, kernels->width, dice(2, 20)}, unit = units[dice(0, 2)], axes = dice(1, 4);
  long sizes[4], inputSizes[4], *from[4], *to[4];
  long inputFloats = unit, outputFloats = unit;
  for (long axis = axes - 1; axis >= 0; axis--) {
    sizes[axis] = dice(1, 5), inputSizes[axis] = dice(1, 5);
    from[axis] = malloc((size_t)sizes[axis] * sizeof(long)), to[axis] = malloc((size_t)sizes[axis] * sizeof(long));
    for (long i = 0; i < sizes[axis]; i++) {
      from[axis][i] = dice(0, 5) == 0 ? CK_NOWHERE : dice(0, inputSizes[axis] - 1) * inputFloats;
    }
    inputFloats *= inputSizes[axis];
  }
  // The first axis is the fastest on the other side.
  for (long axis = 0; axis < axes; axis++) {
    for (long i = 0; i < sizes[axis]; i++) to[axis][i] = i * outputFloats;
    outputFloats *= sizes[axis];
  }
  float *input = numbers(inputFloats), *output = unwritten(outputFloats);
  CKPicking map = {
      .input = input, .output = output, .axes = axes, .sizes = kept(sizes, axes), .from = (const long *const *)from,
      .to = (const long *const *)to, .unit = unit, .fill = 0.25f};
  run_jobs(kernels->pick, &map, ck_pick_jobs(&map), 0);
  for (long element = 0; element < outputFloats / unit; element++) {
    long rest = element, source = 0, isInside = 1;
    for (long axis = 0; axis < axes; axis++) {
      long position = from[axis][rest % sizes[axis]];
      rest /= sizes[axis];
      isInside = isInside && position != CK_NOWHERE;
      if (isInside) source += position;
    }
    for (long k = 0; k < unit; k++) {
      expect_near(output[element * unit + k], isInside ? input[source + k] : 0.25f, 0, "picked element %ld", element);
    }
  }
  for (long axis = 0; axis < axes; axis++) free(from[axis]), free(to[axis]);
  free((void *)map.sizes), free(input), free(output);
}

/// What measures the machine reads and copies all that it is given, and does all its multiply-adds.
static void check_measurements(const CKKernels *kernels) {
  const long count = 8 * kernels->width * dice(1, 5), jobs = dice(1, 4);
  float *input = numbers(jobs * count), *copy = unwritten(jobs * count), *sums = unwritten(jobs);
  CKPeak work = {.input = input, .output = copy, .count = count, .factor = 0.5f, .addend = 1};
  run_jobs(kernels->copyMemory, &work, jobs, 0);
  for (long i = 0; i < jobs * count; i++) expect_near(copy[i], input[i], 0, "copied float %ld", i);
  work.output = sums;
  run_jobs(kernels->readMemory, &work, jobs, 0);
  for (long job = 0; job < jobs; job++) {
    double sum = 0;
    for (long i = 0; i < count; i++) sum += input[job * count + i];
    expect_near(sums[job], sum, 1e-4, "sum of what job %ld read", job);
  }
  // Halved and one more, again and again, every number becomes 2.
  run_jobs(kernels->multiplyAdd, &work, jobs, 0);
  for (long job = 0; job < jobs; job++) {
    expect_near(sums[job], 2.0 * (double)(kernels->chains * kernels->width), 1e-3, "multiply-adds of job %ld", job);
  }
  free(input), free(copy), free(sums);
}

void check_layouts(const CKKernels *kernels) {
  for (int round = 0; round < 5; round++) check_measurements(kernels);
  for (int round = 0; round < 40; round++) {
    check_blocking(kernels);
    check_gather(kernels);
    check_pad(kernels);
    for (int pick = 0; pick < 10; pick++) check_pick(kernels);
  }
}
