// Pointwise products by Strassen's algorithm, against the definition.
#include "harness.h"

static void check_halving(const CKKernels *kernels, int hasResidual, int hasFunction) {
  const long W = kernels->width, batch = dice(1, 2), inputs = dice(1, 7 * W), outputs = dice(1, 12 * W);
  const long pixels = dice(1, 40), blocks = blocks_of(outputs, W), inputBlocks = blocks_of(inputs, W);
  const long pairsPerSlice = dice(1, 4), outputFloats = batch * blocks * pixels * W;
  float *input = blocked_map(batch, inputs, pixels, W), *weights = numbers(inputs * outputs);
  float *scale = numbers(outputs), *bias = numbers(blocks * W);
  float *residual = numbers(outputFloats), *output = unwritten(outputFloats);
  float *packed = unwritten(ck_strassen_weight_count(outputs, inputs, W));
  const int isInputMajor = (int)dice(0, 1);
  const long outputStride = isInputMajor ? 1 : inputs, inputStride = isInputMajor ? outputs : 1;
  ck_strassen_weights(weights, outputStride, inputStride, scale, outputs, inputs, pairsPerSlice, W, packed);
  CKPointOperation operation = {.function = CKPointLeaky, .a = 0.5f};
  CKStrassen arguments = {
      .input = input, .weights = packed, .bias = bias, .residual = hasResidual ? residual : NULL, .output = output,
      .pairsPerSlice = pairsPerSlice, .batch = batch, .inputBlocks = inputBlocks,
      .blocks = blocks, .pixels = pixels, .inputBatch = inputBlocks * pixels * W,
      .outputBatch = blocks * pixels * W, .residualBatch = blocks * pixels * W,
      .pixelsPerJob = dice(1, pixels), .panelsPerJob = dice(1, (blocks + 3) / 4),
      .epilogue = {-INFINITY, 1.0f, hasFunction ? &operation : NULL, hasFunction}};
  const long half = (arguments.pixelsPerJob + 1) / 2;
  long *offsets = malloc((size_t)inputBlocks * sizeof(long)), *sumOffsets = malloc((size_t)pairsPerSlice * sizeof(long));
  for (long b = 0; b < inputBlocks; b++) offsets[b] = b * pixels * W;
  for (long b = 0; b < pairsPerSlice; b++) sumOffsets[b] = b * half * W;
  arguments.offsets = offsets;
  arguments.sumOffsets = sumOffsets;
  run_jobs(kernels->strassen, &arguments, ck_strassen_jobs(&arguments), ck_strassen_scratch(&arguments, W));
  for (long n = 0; n < batch; n++) {
    for (long o = 0; o < outputs; o++) {
      for (long p = 0; p < pixels; p++) {
        const long place = blocked_place(outputs, pixels, W, n, o, p);
        double sum = 0;
        for (long i = 0; i < inputs; i++) {
          sum += (double)input[blocked_place(inputs, pixels, W, n, i, p)] * weights[o * outputStride + i * inputStride];
        }
        sum = fmin(sum * scale[o] + bias[o] + (hasResidual ? residual[place] : 0), 1);
        if (hasFunction && sum < 0) sum *= 0.5;
        expect_near(output[place], sum, 1e-4, "%ld to %ld channels, %ld pixels, image %ld, channel %ld, pixel %ld",
            inputs, outputs, pixels, n, o, p);
      }
    }
  }
  free(input), free(weights), free(scale), free(bias), free(residual), free(output), free(packed);
  free(offsets), free(sumOffsets);
}

void check_strassen(const CKKernels *kernels) {
  for (int round = 0; round < 60; round++) check_halving(kernels, round % 2, round / 2 % 2);
}
