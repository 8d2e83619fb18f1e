#ifndef CONVSCOPE_CKARGUMENTS_H
#define CONVSCOPE_CKARGUMENTS_H

/// What the kernels are told. Sizes count elements, strides count floats.
///
/// A map with channels in blocks lies as batch x blocks x pixels x lanes, where the lanes of a block are as many channels
/// as a vector has floats; lanes behind the last channel hold anything finite.

/// What is computed of each element `x`, where `y` is the operand and `a`, `b` are constants.
typedef enum {
  CKPointClamp = 0,        // min(max(x, a), b)
  CKPointLeaky,            // x above 0, a * x below
  CKPointThreshold,        // x above a, 0 below
  CKPointSigmoid,
  CKPointHardSigmoid,      // min(max(a * x + b, 0), 1)
  CKPointTanh,
  CKPointSilu,
  CKPointHardSwish,
  CKPointGelu,
  CKPointGeluTanh,
  CKPointMish,
  CKPointSoftplus,
  CKPointSoftsign,
  CKPointElu,              // b * x above 0, b * a * (exp x - 1) below
  CKPointCelu,             // x above 0, a * (exp(x / a) - 1) below
  CKPointExponential,
  CKPointSquareRoot,
  CKPointErf,
  CKPointAffine,           // a * x + b
  CKPointAdd,              // x + y
  CKPointSubtract,         // x - y
  CKPointSubtractFrom,     // y - x
  CKPointMultiply,         // x * y
  CKPointDivide,           // x / y
  CKPointDivideInto,       // y / x
  CKPointMinimum,
  CKPointMaximum,
  CKPointMultiplyAdd,      // min(max(x * y + z, a), b) with a second operand z
  CKPointLeakyBy,          // x above 0, y * x below
} CKPointFunction;

/// One function, with an operand that lies as the map does (strides 0 repeat it).
typedef struct {
  CKPointFunction function;
  float a, b;
  const float *operand, *addend;
  long batchStride, blockStride, pixelStride;
} CKPointOperation;

/// The functions that follow, element by element, what a kernel stores; none if `count` is 0.
typedef struct {
  /// Every stored element is first brought into `lower ... upper`.
  float lower, upper;
  const CKPointOperation *operations;
  long count;
} CKEpilogue;

/// One or two neighbouring output blocks that are computed together, and the part of the sum that they read: all of it, or
/// what belongs to their groups.
typedef struct {
  long block, vectors;
  /// Segments from `firstSegment` on, and those of the tail.
  long firstSegment, segments, tailSegments;
  /// Where the panel's weights start.
  long weights;
} CKPanel;

/// Panels that a single column takes side by side: memory delivers several streams of weights faster than one.
enum { CK_SIDE_BY_SIDE = 4 };

/// Sums of products: convolution of any window and stride over a map that needs no padding (any more), pointwise and
/// fully connected layers, matrix products.
///
/// For each output column, `output[block] = bias + sum over segments, lanes of input[offset + lane] * weight`. The
/// weights of a panel lie in the order of that sum.
typedef struct {
  const float *input, *weights, *bias, *residual;
  float *output;
  /// Where the segments of the sum start, relative to a column.
  const long *offsets;
  /// Floats of a segment, and of those at the end of the sum.
  long lanes, tailLanes;
  /// The most segments that one pass over a panel's columns takes.
  long segmentsPerPass;
  const CKPanel *panels;
  long panelCount;
  long batch, lines, columns;
  long inputBatch, inputLine, inputColumn;
  long outputBatch, outputBlock, outputLine, outputColumn;
  long residualBatch;
  long weightBatch;
  long linesPerJob, columnsPerJob, panelsPerJob;
  CKEpilogue epilogue;
} CKConvolution;

/// What Winograd's minimal filtering cuts a convolution into: along each axis tiles of so many outputs, for a kernel of so
/// many taps. Where both are 1 nothing is filtered along the axis.
typedef struct {
  long tileY, kernelY, tileX, kernelX;
} CKFiltering;

/// Products that give a tile of outputs: at each point of a grid one.
static inline long ck_filtering_points(const CKFiltering *filtering) {
  return (filtering->tileY + filtering->kernelY - 1) * (filtering->tileX + filtering->kernelX - 1);
}

/// A convolution with stride 1 by Winograd's minimal filtering.
///
/// Weights: panel x point x input channel x lanes of the panel. Source: Lavin and Gray 2015, arXiv:1509.09308.
typedef struct {
  const float *input, *weights, *bias, *residual;
  float *output;
  /// `tilesPerJob * lanes` times 0, 1, ... for each block of inputs.
  const long *offsets;
  CKFiltering filtering;
  long batch, inputChannels, inputBlocks, blocks;
  long height, width, outputHeight, outputWidth, top, left;
  long inputBatch, outputBatch, residualBatch;
  long tilesPerJob, panelsPerJob;
  CKEpilogue epilogue;
} CKWinograd;

/// A pointwise product by Winograd's variant of Strassen's algorithm: pixels, inputs and outputs are halved, and seven
/// products of halves give what eight would.
///
/// Two blocks of outputs of the first half and two of the second make a panel; of the second half up to three may be
/// missing, whose weights are 0. The second half of the inputs has as many blocks as the first or one less.
/// `ck_strassen_weights` arranges the weights.
typedef struct {
  const float *input, *weights, *bias, *residual;
  float *output;
  /// Where blocks of inputs start in the map, and in the sums of a job.
  const long *offsets, *sumOffsets;
  /// Blocks of each half that are summed before the next ones.
  long pairsPerSlice;
  long batch, inputBlocks, blocks, pixels;
  long inputBatch, outputBatch, residualBatch;
  long pixelsPerJob, panelsPerJob;
  CKEpilogue epilogue;
} CKStrassen;

/// A convolution whose outputs in a block depend on inputs in the same block only: `channels` (1, 2, 4 or 8) inputs for
/// each group of as many outputs.
///
/// Weights: block x kernel line x kernel column x input of the group x lanes.
typedef struct {
  const float *input, *weights, *bias, *residual;
  float *output;
  long channels;
  long batch, blocks;
  long height, width, outputHeight, outputWidth;
  long kernelHeight, kernelWidth, strideY, strideX, dilationY, dilationX, top, left;
  long inputBatch, outputBatch, residualBatch;
  long linesPerJob;
  CKEpilogue epilogue;
} CKDepthwise;

/// Maximum or mean of input lines `lineStart[y] ..< lineEnd[y]` and columns likewise, every `lineStep`-th and
/// `columnStep`-th. A mean divides by `lineCount[y] * columnCount[x]`.
typedef struct {
  const float *input;
  float *output;
  int isMean;
  long batch, blocks;
  long height, width, outputHeight, outputWidth;
  const long *lineStart, *lineEnd, *columnStart, *columnEnd;
  const float *lineCount, *columnCount;
  long lineStep, columnStep;
  /// Where the columns of output `x` are those of the `kernelWidth` from `x * strideX - left` on that lie on the map;
  /// `kernelWidth` is 0 otherwise.
  long kernelWidth, strideX, left;
  long inputBatch, outputBatch;
  CKEpilogue epilogue;
} CKPooling;

/// Functions of each element of a map.
typedef struct {
  const float *input;
  float *output;
  long batch, blocks, pixels;
  long inputBatch, outputBatch;
  long pixelsPerJob;
  CKEpilogue epilogue;
} CKPointwise;

/// Rows of `count` elements, for softmax, layer norm and division by the Euclidean norm (at least `epsilon`): element `i` of row `(n, r)` lies at
/// `n * batch + r * row + (i / lanes) * block + i % lanes`.
typedef struct {
  const float *input;
  float *output;
  long batch, rows, count;
  long inputBatch, inputRow, inputBlock;
  long outputBatch, outputRow, outputBlock;
  long rowsPerJob;
  /// Of layer norm: factor and addend for each element, padded to whole blocks; null for none.
  const float *weight, *bias;
  float epsilon;
} CKRows;

/// A map in row-major order to or from one with channels in blocks.
typedef struct {
  const float *input;
  float *output;
  long batch, channels, pixels;
  long inputBatch, outputBatch;
  /// Strides on the row-major side.
  long channelStride, pixelStride;
} CKBlocking;

/// Lanes that a block of a map takes from one block of another.
typedef struct {
  /// The source block's first pixel, and floats from sample to sample.
  const float *source;
  long batchStride;
  /// By lane of the block that is put together the source's lane, -1 for none.
  const int *lanes;
} CKGatherPart;

/// A map put together from single channels.
typedef struct {
  /// Parts of block `b` are those from `firstPart[b]` up to `firstPart[b + 1]`.
  const CKGatherPart *parts;
  const long *firstPart;
  float *output;
  long batch, blocks, pixels;
  long outputBatch;
} CKGather;

/// A copy of planes with a border of `fill`; a pixel is `unit` floats.
typedef struct {
  const float *input;
  float *output;
  long batch, planes, height, width, unit;
  long top, left, bottom, right;
  long inputBatch;
  float fill;
} CKPadding;

/// In a table of CKPicking: nothing lies there.
#define CK_NOWHERE (-__LONG_MAX__ - 1L)

/// Elements put to other places: borders, rolls, picked or repeated positions, parts, other orders of axes.
///
/// For each index of a box of `sizes`, the `unit` floats at `to[0][i0] + to[1][i1] + ...` of the output become those at
/// `from[0][i0] + from[1][i1] + ...` of the input, or `fill` where one of these is CK_NOWHERE.
typedef struct {
  const float *input;
  float *output;
  /// At least 1, at most CK_MOST_AXES.
  long axes;
  const long *sizes;
  const long *const *from, *const *to;
  long unit;
  float fill;
} CKPicking;

enum { CK_MOST_AXES = 12 };

/// Weighted sums of some lines and columns of a map for each position of another: interpolation of any kind.
///
/// Output line `y` takes input lines `lines[y * lineTaps ..< (y + 1) * lineTaps]` by `lineWeights`, and columns likewise.
typedef struct {
  const float *input;
  float *output;
  long batch, blocks;
  long height, width, outputHeight, outputWidth;
  long lineTaps, columnTaps;
  const long *lines, *columns;
  const float *lineWeights, *columnWeights;
  long inputBatch, outputBatch;
  CKEpilogue epilogue;
} CKResampling;

/// Mean 0 and variance 1 for each `groupChannels` channels of a sample together, times `weight` plus `bias` by channel
/// (padded to whole blocks; null for none).
typedef struct {
  const float *input;
  float *output;
  long batch, channels, pixels, groupChannels;
  /// Whole groups and whole blocks, or all channels.
  long channelsPerJob;
  long inputBatch, outputBatch;
  const float *weight, *bias;
  float epsilon;
  CKEpilogue epilogue;
} CKGroupNorm;

/// Each channel times `1 + weight * e / (mean of e + epsilon)` plus `bias`, where `e` is the channel's Euclidean norm over
/// a sample's pixels and the mean is over its channels.
typedef struct {
  const float *input;
  float *output;
  long batch, channels, pixels;
  long inputBatch, outputBatch;
  /// By channel, padded to whole blocks.
  const float *weight, *bias;
  float epsilon;
} CKResponseNorm;

/// Each element over `(k + scale * sum of squares) ^ beta`, the sum over `size` neighbouring channels of which `before`
/// come before the own one.
typedef struct {
  const float *input;
  float *output;
  long batch, channels, pixels, size, before;
  float k, scale, beta;
  long inputBatch, outputBatch;
  long pixelsPerJob;
  CKEpilogue epilogue;
} CKLocalNorm;

/// A matrix of `inner` x `columns` packed as the weights of CKConvolution: panel by panel, row by row, lanes behind the
/// last column 0.
typedef struct {
  const float *input;
  float *output;
  long batch, inner, columns;
  long inputBatch, innerStride, columnStride;
} CKMatrix;

/// Work that measures the machine: `count` multiply-adds on each of some vectors, or `count` floats that a job reads or
/// copies.
typedef struct {
  const float *input;
  /// A float for each job, or the copies.
  float *output;
  long count;
  float factor, addend;
} CKPeak;

#endif
