// Sums of products: convolutions with groups, strides, residuals and several passes, matrix products.
#include "harness.h"

typedef struct {
  long batch, groups, inputs, outputs, height, width, kernel, stride, dilation;
  long segmentsPerPass;
  int hasResidual, hasFunction;
} Layer;

/// Weights of `outputs x inputs x taps` of a group as panels of pairs of blocks, in the order of the sum: block by block,
/// tap by tap, lane by lane.
static void pack_panels(
    const float *weights, long inputs, long outputs, long taps, long width, float *packed) {
  long blocks = blocks_of(outputs, width);
  for (long panel = 0; panel < blocks; panel += 2) {
    long lanes = (blocks - panel < 2 ? blocks - panel : 2) * width;
    for (long block = 0; block < blocks_of(inputs, width); block++) {
      for (long tap = 0; tap < taps; tap++) {
        for (long lane = 0; lane < width && block * width + lane < inputs; lane++) {
          for (long out = 0; out < lanes; out++) {
            long output = panel * width + out;
            *packed++ = output < outputs ? weights[(output * inputs + block * width + lane) * taps + tap] : 0;
          }
        }
      }
    }
  }
}

static void check_layer(const CKKernels *kernels, const Layer *layer) {
  const long W = kernels->width, taps = layer->kernel * layer->kernel;
  const long outputHeight = (layer->height - (layer->kernel - 1) * layer->dilation - 1) / layer->stride + 1;
  const long outputWidth = (layer->width - (layer->kernel - 1) * layer->dilation - 1) / layer->stride + 1;
  const long pixels = layer->height * layer->width, outputPixels = outputHeight * outputWidth;
  const long channels = layer->inputs * layer->groups, outputs = layer->outputs * layer->groups;
  const long blocks = blocks_of(layer->outputs, W), inputBlocks = blocks_of(layer->inputs, W);

  float *input = blocked_map(layer->batch, channels, pixels, W);
  float *weights = numbers(outputs * layer->inputs * taps);
  long products = layer->inputs * taps;
  float *packed = numbers(layer->groups * blocks * W * products);
  float *bias = numbers(layer->groups * blocks * W);
  long outputFloats = layer->batch * layer->groups * blocks * outputPixels * W;
  float *residual = numbers(outputFloats), *operand = numbers(outputFloats), *output = unwritten(outputFloats);
  for (long g = 0; g < layer->groups; g++) {
    pack_panels(
        weights + g * layer->outputs * products, layer->inputs, layer->outputs, taps, W,
        packed + g * blocks * W * products);
  }
  long *offsets = malloc((size_t)(inputBlocks * taps) * sizeof(long));
  for (long b = 0; b < inputBlocks; b++) {
    for (long t = 0; t < taps; t++) {
      long line = t / layer->kernel * layer->dilation, column = t % layer->kernel * layer->dilation;
      offsets[b * taps + t] = (b * pixels + line * layer->width + column) * W;
    }
  }
  CKPointOperation operation = {
      .function = CKPointMultiply, .operand = operand, .batchStride = layer->groups * blocks * outputPixels * W,
      .blockStride = outputPixels * W, .pixelStride = W};
  int isFlat = layer->kernel == 1 && layer->stride == 1;
  CKConvolution arguments = {
      .input = input, .weights = packed, .bias = bias, .residual = layer->hasResidual ? residual : NULL,
      .output = output, .offsets = offsets,
      .segments = layer->inputs / W * taps, .lanes = W,
      .tailSegments = layer->inputs % W > 0 ? taps : 0, .tailLanes = layer->inputs % W,
      .segmentsPerPass = layer->segmentsPerPass,
      .batch = layer->batch, .groups = layer->groups, .blocks = blocks,
      .lines = isFlat ? 1 : outputHeight, .columns = isFlat ? outputPixels : outputWidth,
      .inputBatch = layer->groups * inputBlocks * pixels * W, .inputGroup = inputBlocks * pixels * W,
      .inputLine = layer->stride * layer->width * W, .inputColumn = layer->stride * W,
      .outputBatch = layer->groups * blocks * outputPixels * W, .outputBlock = outputPixels * W,
      .outputLine = outputWidth * W, .outputColumn = W,
      .residualBatch = layer->groups * blocks * outputPixels * W, .weightGroup = blocks * W * products,
      .linesPerJob = dice(1, outputHeight), .columnsPerJob = dice(1, isFlat ? outputPixels : outputWidth),
      .panelsPerJob = dice(1, (blocks + 1) / 2),
      .epilogue = {-0.75f, 0.75f, layer->hasFunction ? &operation : NULL, layer->hasFunction}};
  run_jobs(kernels->convolution, &arguments, ck_convolution_jobs(&arguments), 0);

  for (long n = 0; n < layer->batch; n++) {
    for (long c = 0; c < outputs; c++) {
      for (long p = 0; p < outputPixels; p++) {
        long g = c / layer->outputs, own = c % layer->outputs;
        long place = (((n * layer->groups + g) * blocks + own / W) * outputPixels + p) * W + own % W;
        double sum = bias[(g * blocks + own / W) * W + own % W];
        for (long i = 0; i < layer->inputs; i++) {
          for (long t = 0; t < taps; t++) {
            long y = p / outputWidth * layer->stride + t / layer->kernel * layer->dilation;
            long x = p % outputWidth * layer->stride + t % layer->kernel * layer->dilation;
            long from = blocked_place(channels, pixels, W, n, g * layer->inputs + i, y * layer->width + x);
            sum += (double)input[from] * weights[(c * layer->inputs + i) * taps + t];
          }
        }
        if (layer->hasResidual) sum += residual[place];
        sum = fmin(fmax(sum, -0.75), 0.75);
        if (layer->hasFunction) sum *= operand[place];
        expect_near(output[place], sum, 2e-5, "convolution, image %ld, channel %ld, pixel %ld", n, c, p);
      }
    }
  }
  free(input), free(weights), free(packed), free(bias), free(residual), free(operand), free(output), free(offsets);
}

/// The first layer of a network reads planes: lines of the window are segments, columns lie `stride` apart.
static void check_planes(const CKKernels *kernels, long stride, long kernel, long height, long width) {
  const long W = kernels->width, planes = 3, outputs = 2 * W + 1, blocks = 3;
  const long outputHeight = (height - kernel) / stride + 1, outputWidth = (width - kernel) / stride + 1;
  float *input = numbers(planes * height * width), *weights = numbers(blocks * W * planes * kernel * kernel);
  float *bias = numbers(blocks * W), *output = unwritten(blocks * W * outputHeight * outputWidth);
  long *offsets = malloc((size_t)(planes * kernel) * sizeof(long));
  for (long i = 0; i < planes * kernel; i++) offsets[i] = (i / kernel * height + i % kernel) * width;
  CKConvolution arguments = {
      .input = input, .weights = weights, .bias = bias, .output = output, .offsets = offsets,
      .segments = planes * kernel, .lanes = kernel, .segmentsPerPass = 1000,
      .batch = 1, .groups = 1, .blocks = blocks, .lines = outputHeight, .columns = outputWidth,
      .inputLine = stride * width, .inputColumn = stride, .outputBlock = outputHeight * outputWidth * W,
      .outputLine = outputWidth * W, .outputColumn = W, .linesPerJob = 2, .columnsPerJob = outputWidth,
      .panelsPerJob = 1, .epilogue = {-INFINITY, INFINITY, NULL, 0}};
  run_jobs(kernels->convolution, &arguments, ck_convolution_jobs(&arguments), 0);
  for (long c = 0; c < outputs; c++) {
    for (long p = 0; p < outputHeight * outputWidth; p++) {
      // The weights of a pair of blocks are mixed, those of the single third block lie alone.
      long lanes = c < 2 * W ? 2 * W : W;
      const float *own = weights + (c < 2 * W ? c : 2 * W * planes * kernel * kernel + c - 2 * W);
      double sum = bias[c];
      for (long t = 0; t < planes * kernel * kernel; t++) {
        long plane = t / (kernel * kernel), y = t / kernel % kernel, x = t % kernel;
        long from = (plane * height + p / outputWidth * stride + y) * width + p % outputWidth * stride + x;
        sum += (double)input[from] * own[t * lanes];
      }
      expect_near(
          output[(c / W * outputHeight * outputWidth + p) * W + c % W], sum, 2e-5, "planes, channel %ld, pixel %ld",
          c, p);
    }
  }
  free(input), free(weights), free(bias), free(output), free(offsets);
}

static void check_matrices(const CKKernels *kernels, long batch, long rows, long inner, long columns) {
  const long W = kernels->width, blocks = blocks_of(columns, W), pitch = blocks * W;
  float *left = numbers(batch * rows * inner), *right = numbers(batch * inner * columns);
  float *packed = unwritten(batch * pitch * inner), *bias = numbers(pitch), *output = unwritten(batch * rows * pitch);
  CKMatrix matrix = {
      .input = right, .output = packed, .batch = batch, .inner = inner, .columns = columns,
      .inputBatch = inner * columns, .innerStride = columns, .columnStride = 1};
  run_jobs(kernels->packMatrix, &matrix, ck_matrix_jobs(&matrix, W), 0);
  long *offsets = malloc((size_t)(inner / W + 1) * sizeof(long));
  for (long i = 0; i <= inner / W; i++) offsets[i] = i * W;
  CKConvolution arguments = {
      .input = left, .weights = packed, .bias = bias, .output = output, .offsets = offsets,
      .segments = inner / W, .lanes = W, .tailSegments = inner % W > 0, .tailLanes = inner % W, .segmentsPerPass = 3,
      .batch = batch, .groups = 1, .blocks = blocks, .lines = 1, .columns = rows,
      .inputBatch = rows * inner, .inputColumn = inner, .outputBatch = rows * pitch, .outputBlock = W,
      .outputColumn = pitch, .weightBatch = pitch * inner, .linesPerJob = 1, .columnsPerJob = dice(1, rows),
      .panelsPerJob = 1, .epilogue = {-INFINITY, INFINITY, NULL, 0}};
  run_jobs(kernels->convolution, &arguments, ck_convolution_jobs(&arguments), 0);
  for (long n = 0; n < batch; n++) {
    for (long i = 0; i < rows; i++) {
      for (long j = 0; j < columns; j++) {
        double sum = bias[j];
        for (long k = 0; k < inner; k++) {
          sum += (double)left[(n * rows + i) * inner + k] * right[(n * inner + k) * columns + j];
        }
        expect_near(output[(n * rows + i) * pitch + j], sum, 2e-5, "matrix product at %ld, %ld, %ld", n, i, j);
      }
    }
  }
  free(left), free(right), free(packed), free(bias), free(output), free(offsets);
}

void check_products(const CKKernels *kernels) {
  for (int round = 0; round < 60; round++) {
    long groups = round % 5 == 0 ? dice(2, 3) : 1, W = kernels->width;
    Layer layer = {
        .batch = dice(1, 2), .groups = groups, .inputs = groups > 1 ? W * dice(1, 2) : dice(1, 3 * W + 1),
        .outputs = groups > 1 ? W * dice(1, 3) : dice(1, 5 * W), .kernel = round % 3 + 1, .stride = dice(1, 3),
        .dilation = dice(1, 2), .segmentsPerPass = dice(1, 20), .hasResidual = round % 2, .hasFunction = round / 2 % 2};
    long span = (layer.kernel - 1) * layer.dilation + 1;
    layer.height = span + dice(0, 9);
    layer.width = span + dice(0, 17);
    check_layer(kernels, &layer);
  }
  for (long stride = 1; stride <= 4; stride++) check_planes(kernels, stride, dice(2, 7), dice(7, 15), dice(7, 33));
  for (int round = 0; round < 12; round++) {
    check_matrices(kernels, dice(1, 3), dice(1, 30), dice(1, 70), dice(1, 70));
  }
}
