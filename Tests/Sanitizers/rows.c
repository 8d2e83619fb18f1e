// Softmax, layer norm and unit norm of rows in both layouts.
#include "harness.h"

static void check_row_kernel(const CKKernels *kernels, int kind, int isBlocked) {
  const long W = kernels->width, batch = dice(1, 2), rows = dice(1, 21), count = dice(1, 5 * W), blocks = blocks_of(count, W);
  const long pitch = isBlocked ? blocks * W : count, floats = batch * rows * pitch;
  float *input = numbers(floats), *output = unwritten(floats), *weight = numbers(blocks * W), *bias = numbers(blocks * W);
  for (long i = 0; i < floats; i++) input[i] *= 20;
  CKRows layer = {
      .input = input, .output = output, .batch = batch, .rows = rows, .count = count, .inputBatch = rows * pitch,
      .inputRow = isBlocked ? W : count, .inputBlock = isBlocked ? rows * W : W, .outputBatch = rows * pitch,
      .outputRow = isBlocked ? W : count, .outputBlock = isBlocked ? rows * W : W, .rowsPerJob = dice(1, 20),
      .weight = weight, .bias = bias, .epsilon = 1e-3f};
  const CKJob jobs[] = {kernels->softmax, kernels->layerNorm, kernels->unitNorm};
  static const char *const names[] = {"softmax", "layer norm", "unit norm"};
  run_jobs(jobs[kind], &layer, ck_rows_jobs(&layer), 0);
  for (long n = 0; n < batch; n++) {
    for (long r = 0; r < rows; r++) {
      double sum = 0, squares = 0, largest = -INFINITY, powers = 0, length = 0;
#define PLACE(I) (n * rows * pitch + r * layer.inputRow + (I) / W * layer.inputBlock + (I) % W)
      for (long i = 0; i < count; i++) {
        sum += input[PLACE(i)];
        length += (double)input[PLACE(i)] * input[PLACE(i)];
        largest = fmax(largest, input[PLACE(i)]);
      }
      double mean = sum / (double)count;
      for (long i = 0; i < count; i++) {
        squares += (input[PLACE(i)] - mean) * (input[PLACE(i)] - mean);
        powers += exp(input[PLACE(i)] - largest);
      }
      for (long i = 0; i < count; i++) {
        double x = input[PLACE(i)];
        double normalised = (x - mean) / sqrt(squares / (double)count + 1e-3) * weight[i] + bias[i];
        const double expected[] = {exp(x - largest) / powers, normalised, x / fmax(sqrt(length), 1e-3)};
        expect_near(output[PLACE(i)], expected[kind], 1e-5, "%s, row %ld, element %ld", names[kind], r, i);
      }
#undef PLACE
    }
  }
  free(input), free(output), free(weight), free(bias);
}

void check_rows(const CKKernels *kernels) {
  for (int round = 0; round < 120; round++) check_row_kernel(kernels, round % 3, round / 3 % 2);
}
