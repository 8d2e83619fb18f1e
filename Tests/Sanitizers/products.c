// Sums of products: convolutions with groups, strides, residuals and several passes, matrix products.
#include "harness.h"

typedef struct {
  long batch, groups, inputs, outputs, height, width, kernel, stride, dilation;
  long segmentsPerPass;
  int hasResidual, hasFunction;
} Layer;

typedef struct {
  CKPanel *panels;
  long count;
  float *weights;
} Packed;

/// Weights of `outputs x inputs x taps` for each group as panels of one or two blocks, in the order of the sum: block
/// by block, tap by tap, lane by lane, of all blocks that hold channels of the panel's groups.
static Packed pack_panels(const float *weights, long groups, long inputs, long outputs, long taps, long width) {
  const long channels = groups * inputs, whole = channels / width;
  const long all = groups * outputs, blocks = blocks_of(all, width);
  Packed packed = {malloc((size_t)blocks * sizeof(CKPanel)), 0, NULL};
  long *ends = malloc((size_t)blocks * sizeof(long)), floats = 0;
  for (long block = 0; block < blocks;) {
    long vectors = block + 1 < blocks ? dice(1, 2) : 1, last = (block + vectors) * width;
    long from = block * width / outputs * inputs / width;
    long to = blocks_of((((last < all ? last : all) - 1) / outputs + 1) * inputs, width);
    long segments = ((to < whole ? to : whole) - (from < whole ? from : whole)) * taps, tail = to > whole ? taps : 0;
    ends[packed.count] = to;
    packed.panels[packed.count++] = (CKPanel){block, vectors, from * taps, segments, tail, floats};
    floats += (segments * width + tail * (channels % width)) * vectors * width;
    block += vectors;
  }
  float *place = packed.weights = unwritten(floats);
  for (long index = 0; index < packed.count; index++) {
    const CKPanel *panel = &packed.panels[index];
    for (long block = panel->firstSegment / taps; block < ends[index]; block++) {
      for (long tap = 0; tap < taps; tap++) {
        for (long channel = block * width; channel < (block + 1) * width && channel < channels; channel++) {
          for (long output = panel->block * width; output < (panel->block + panel->vectors) * width; output++) {
            int isOwn = output < all && channel / inputs == output / outputs;
            *place++ = isOwn ? weights[(output * inputs + channel % inputs) * taps + tap] : 0;
          }
        }
      }
    }
  }
  free(ends);
  return packed;
}

/// Pairs of blocks that read everything.
static CKPanel *whole_panels(long blocks, long segments, long tailSegments, long products, long width) {
  CKPanel *panels = malloc((size_t)blocks * sizeof(CKPanel));
  for (long block = 0; block < blocks; block += 2) {
    panels[block / 2] =
        (CKPanel){block, blocks - block < 2 ? 1 : 2, 0, segments, tailSegments, block * width * products};
  }
  return panels;
}

static void check_layer(const CKKernels *kernels, const Layer *layer) {
  const long W = kernels->width, taps = layer->kernel * layer->kernel;
  const long outputHeight = (layer->height - (layer->kernel - 1) * layer->dilation - 1) / layer->stride + 1;
  const long outputWidth = (layer->width - (layer->kernel - 1) * layer->dilation - 1) / layer->stride + 1;
  const long pixels = layer->height * layer->width, outputPixels = outputHeight * outputWidth;
  const long channels = layer->inputs * layer->groups, outputs = layer->outputs * layer->groups;
  const long blocks = blocks_of(outputs, W), inputBlocks = blocks_of(channels, W);

  float *input = blocked_map(layer->batch, channels, pixels, W);
  float *weights = numbers(outputs * layer->inputs * taps);
  Packed packed = pack_panels(weights, layer->groups, layer->inputs, layer->outputs, taps, W);
  float *bias = numbers(blocks * W);
  long outputFloats = layer->batch * blocks * outputPixels * W;
  float *residual = numbers(outputFloats), *operand = numbers(outputFloats), *output = unwritten(outputFloats);
  long *offsets = malloc((size_t)(inputBlocks * taps) * sizeof(long));
  for (long b = 0; b < inputBlocks; b++) {
    for (long t = 0; t < taps; t++) {
      long line = t / layer->kernel * layer->dilation, column = t % layer->kernel * layer->dilation;
      offsets[b * taps + t] = (b * pixels + line * layer->width + column) * W;
    }
  }
  CKPointOperation operation = {
      .function = CKPointMultiply, .operand = operand, .batchStride = blocks * outputPixels * W,
      .blockStride = outputPixels * W, .pixelStride = W};
  int isFlat = layer->kernel == 1 && layer->stride == 1;
  CKConvolution arguments = {
      .input = input, .weights = packed.weights, .bias = bias, .residual = layer->hasResidual ? residual : NULL,
      .output = output, .offsets = offsets,
      .lanes = W, .tailLanes = channels % W, .segmentsPerPass = layer->segmentsPerPass,
      .panels = packed.panels, .panelCount = packed.count, .batch = layer->batch,
      .lines = isFlat ? 1 : outputHeight, .columns = isFlat ? outputPixels : outputWidth,
      .inputBatch = inputBlocks * pixels * W,
      .inputLine = layer->stride * layer->width * W, .inputColumn = layer->stride * W,
      .outputBatch = blocks * outputPixels * W, .outputBlock = outputPixels * W,
      .outputLine = outputWidth * W, .outputColumn = W,
      .residualBatch = blocks * outputPixels * W,
      .linesPerJob = dice(1, outputHeight), .columnsPerJob = dice(1, isFlat ? outputPixels : outputWidth),
      .panelsPerJob = dice(1, packed.count),
      .epilogue = {-0.75f, 0.75f, layer->hasFunction ? &operation : NULL, layer->hasFunction}};
  run_jobs(kernels->convolution, &arguments, ck_convolution_jobs(&arguments), 0);

  for (long n = 0; n < layer->batch; n++) {
    for (long c = 0; c < outputs; c++) {
      for (long p = 0; p < outputPixels; p++) {
        long g = c / layer->outputs, place = blocked_place(outputs, outputPixels, W, n, c, p);
        double sum = bias[c];
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
  free(input), free(weights), free(packed.weights), free(packed.panels), free(bias), free(residual), free(operand);
  free(output), free(offsets);
}

/// The first layer of a network reads planes: lines of the window are segments, columns lie `stride` apart.
static void check_planes(const CKKernels *kernels, long stride, long kernel, long height, long width) {
  const long W = kernels->width, planes = 3, outputs = 2 * W + 1, blocks = 3;
  const long outputHeight = (height - kernel) / stride + 1, outputWidth = (width - kernel) / stride + 1;
  float *input = numbers(planes * height * width), *weights = numbers(blocks * W * planes * kernel * kernel);
  float *bias = numbers(blocks * W), *output = unwritten(blocks * W * outputHeight * outputWidth);
  long *offsets = malloc((size_t)(planes * kernel) * sizeof(long));
  for (long i = 0; i < planes * kernel; i++) offsets[i] = (i / kernel * height + i % kernel) * width;
  CKPanel *panels = whole_panels(blocks, planes * kernel, 0, planes * kernel * kernel, W);
  CKConvolution arguments = {
      .input = input, .weights = weights, .bias = bias, .output = output, .offsets = offsets,
      .lanes = kernel, .segmentsPerPass = 1000, .panels = panels, .panelCount = 2, .batch = 1,
      .lines = outputHeight, .columns = outputWidth,
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
  free(input), free(weights), free(bias), free(output), free(offsets), free(panels);
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
  CKPanel *panels = whole_panels(blocks, inner / W, inner % W > 0, inner, W);
  CKConvolution arguments = {
      .input = left, .weights = packed, .bias = bias, .output = output, .offsets = offsets,
      .lanes = W, .tailLanes = inner % W, .segmentsPerPass = 3, .panels = panels, .panelCount = (blocks + 1) / 2,
      .batch = batch, .lines = 1, .columns = rows,
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
  free(left), free(right), free(packed), free(bias), free(output), free(offsets), free(panels);
}

void check_products(const CKKernels *kernels) {
  for (int round = 0; round < 60; round++) {
    long groups = round % 4 == 0 ? dice(2, 5) : 1, W = kernels->width;
    Layer layer = {
        .batch = dice(1, 2), .groups = groups, .inputs = dice(1, 3 * W + 1),
        .outputs = dice(1, groups > 1 ? 3 * W : 5 * W), .kernel = round % 3 + 1, .stride = dice(1, 3),
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
