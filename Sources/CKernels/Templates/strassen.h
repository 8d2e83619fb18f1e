// Pointwise products by Winograd's variant of Strassen's algorithm. With A the pixels by inputs, B the inputs by outputs,
// C what is to be stored, each in quarters:
//
//   S1 = A21 + A22   S2 = S1 - A11   S3 = A11 - A21   S4 = A12 - S2
//   T1 = B12 - B11   T2 = B22 - T1   T3 = B22 - B12   T4 = B21 - T2
//
//   C11 = A11 B11 + A12 B21          U2 = A11 B11 + S2 T2
//   C21 = U2 + S3 T3 + A22 T4        U3 = U2 + S3 T3
//   C12 = U2 + S1 T1 + S4 B22        C22 = U3 + S1 T1
//
// A line is one or two chains, in which sums stay in registers from product to product: C22 is stored on the way to C12.
// Slices of the inputs bound what a chain's weights take of the first cache. Source: Strassen 1969,
// doi:10.1007/BF02165411; Winograd 1971, doi:10.1016/0024-3795(71)90009-7.

enum { S1, S2, S3, S4, INPUT_SUMS };

/// Sums of quarters of one block of the first half of the inputs and its partner of the second, NULL for none.
INLINE void add_quarters(const float *block, const float *partner, long lower, long half, float *sums, long plane) {
  for (long pixel = 0; pixel < half; pixel++, block += W, sums += W) {
    vector a11 = load(block), a21 = load(block + lower), a12 = all(0), a22 = all(0);
    if (partner != NULL) {
      a12 = load(partner + pixel * W);
      a22 = load(partner + pixel * W + lower);
    }
    vector s1 = a21 + a22, s2 = s1 - a11;
    store(sums + S1 * plane, s1);
    store(sums + S2 * plane, s2);
    store(sums + S3 * plane, a11 - a21);
    store(sums + S4 * plane, a12 - s2);
  }
}

/// Which line of the scheme a chain computes.
typedef enum { UPPER_LEFT, LOWER_LEFT, RIGHT, CHAIN_KINDS } ChainKind;

typedef struct {
  const float *input;
  const long *offsets;
  long segments;
} Factor;

/// Two blocks of a quarter of the output: where they are stored, of the last panels only those that are there; what is kept of
/// them from slice to slice, and what is added at last.
typedef struct {
  float *output, *kept;
  const float *residual;
  int blocks;
} Quarter;

typedef struct {
  Factor factors[3];
  const float *weights, *bias;
  float *u2, *u3;
  /// The chain's quarter; of the right ones the upper, then the lower.
  Quarter quarters[2];
  /// From a block to the next, of what is kept and of the output.
  long keptBlock, outputBlock;
  int isFirst, isLast;
  float lower, upper;
  /// As in Tile.
  const float *ahead;
  long linesAhead;
} Chain;

#define EACH_SUM(STATEMENT)                                                                                  \
  UNROLL for (int v = 0; v < 2; v++) {                                                                       \
    UNROLL for (int row = 0; row < rows; row++) { STATEMENT; }                                               \
  }
// Likewise of the blocks of a quarter that are there.
#define EACH_STORED(STATEMENT)                                                                               \
  UNROLL for (int v = 0; v < 2; v++) {                                                                       \
    if (v < quarter->blocks) {                                                                               \
      UNROLL for (int row = 0; row < rows; row++) { STATEMENT; }                                             \
    }                                                                                                        \
  }
// Where a sum is kept and where it is stored.
#define KEPT (row * W + v * keptBlock)
#define STORED (row * W + v * outputBlock)

/// Stores a quarter's sums, or keeps them for the next slice.
INLINE void finish_quarter(const int rows, const Chain *chain, const Quarter *quarter, vector (*sums)[2]) {
  const long keptBlock = chain->keptBlock, outputBlock = chain->outputBlock;
  float *kept = quarter->kept, *output = quarter->output;
  const float *residual = quarter->residual;
  if (!chain->isFirst) { EACH_SUM(sums[row][v] += load(kept + KEPT)) }
  if (!chain->isLast) {
    EACH_SUM(store(kept + KEPT, sums[row][v]))
    return;
  }
  EACH_STORED(sums[row][v] += load(chain->bias + v * W))
  if (residual != NULL) { EACH_STORED(sums[row][v] += load(residual + STORED)) }
  const vector lower = all(chain->lower), upper = all(chain->upper);
  EACH_STORED(store(output + STORED, least(greatest(sums[row][v], lower), upper)))
}

/// Fetches what a quarter will be added to and stored over, which comes from far.
INLINE void fetch_quarter(const int rows, const Chain *chain, const Quarter *quarter) {
  const long outputBlock = chain->outputBlock;
  UNROLL for (int v = 0; v < 2; v++) {
    UNROLL for (int row = 0; row < rows; row += LINE / W) {
      __builtin_prefetch(quarter->output + STORED, 1);
      if (quarter->residual != NULL) __builtin_prefetch(quarter->residual + STORED);
    }
  }
}

INLINE void compute_chain(const int rows, const ChainKind kind, const Chain *chain) {
  vector sums[MOST_ROWS][2];
  const long keptBlock = chain->keptBlock;
  float *u2 = chain->u2, *u3 = chain->u3;
  const float *weights = chain->weights, *ahead = chain->ahead;
  if (chain->isLast) {
    fetch_quarter(rows, chain, &chain->quarters[0]);
    if (kind == RIGHT) fetch_quarter(rows, chain, &chain->quarters[1]);
  }
  if (kind == LOWER_LEFT) {
    EACH_SUM(sums[row][v] = load(u2 + KEPT))
  } else {
    EACH_SUM(sums[row][v] = all(0))
  }
  UNROLL for (int index = 0; index < (kind == LOWER_LEFT ? 3 : 2); index++) {
    const Factor *factor = &chain->factors[index];
    weights = add_products(
        rows, 2, W, W, sums, factor->input, factor->offsets, factor->segments, weights, ahead,
        chain->linesAhead);
    ahead += factor->segments * chain->linesAhead * LINE;
    if (kind != RIGHT && index == 0) { EACH_SUM(store(u2 + KEPT, sums[row][v])) }
    if (kind == LOWER_LEFT && index == 1) { EACH_SUM(store(u3 + KEPT, sums[row][v])) }
    if (kind == RIGHT && index == 0) {
      EACH_SUM(vector product = sums[row][v]; sums[row][v] += load(u3 + KEPT);
               store(u2 + KEPT, load(u2 + KEPT) + product))
      finish_quarter(rows, chain, &chain->quarters[1], sums);
      EACH_SUM(sums[row][v] = load(u2 + KEPT))
    }
  }
  finish_quarter(rows, chain, &chain->quarters[0], sums);
}

typedef void (*ChainFunction)(const Chain *chain);

#define DEFINE_CHAIN(ROWS)                                                                                   \
  static void upper_left_##ROWS(const Chain *chain) { compute_chain(ROWS, UPPER_LEFT, chain); }              \
  static void lower_left_##ROWS(const Chain *chain) { compute_chain(ROWS, LOWER_LEFT, chain); }              \
  static void right_##ROWS(const Chain *chain) { compute_chain(ROWS, RIGHT, chain); }
CK_EACH_ROW_(CK_ROWS, DEFINE_CHAIN)

#define CHAIN(ROWS) {upper_left_##ROWS, lower_left_##ROWS, right_##ROWS},
static const ChainFunction chains[CK_ROWS][CHAIN_KINDS] = {CK_EACH_ROW_(CK_ROWS, CHAIN)};

/// Computes a chain over `columns` pixels. The result is where its weights end.
static const float *compute_chains(Chain chain, ChainKind kind, long columns, long distance) {
  const long tiles = divide_up(columns, CK_ROWS);
  long segments = 0;
  for (int i = 0; i < 3; i++) segments += chain.factors[i].segments;
  const float *end = chain.weights + segments * W * 2 * W;
  chain.ahead = chain.weights + distance;
  chain.linesAhead = divide_up(W * 2 * W, LINE * tiles);
  for (long tile = 0; tile < tiles; tile++) {
    const long rows = run_start(columns, tiles, tile + 1) - run_start(columns, tiles, tile), step = rows * W;
    if (chain.ahead >= end + distance) chain.linesAhead = 0;
    chains[rows - 1][kind](&chain);
    chain.ahead += segments * chain.linesAhead * LINE;
    chain.u2 += step;
    chain.u3 += step;
    for (int i = 0; i < 3; i++) chain.factors[i].input += step;
    for (int i = 0; i < 2; i++) {
      Quarter *quarter = &chain.quarters[i];
      quarter->output += step;
      quarter->kept += step;
      if (quarter->residual != NULL) quarter->residual += step;
    }
  }
  return end;
}

/// What a job works on.
typedef struct {
  const CKStrassen *layer;
  /// The job's first pixel in the first block of inputs, residuals and outputs.
  const float *map, *residual;
  float *output;
  /// Pixels of a half; floats from the first half to the second, from block to block of maps, and of what is kept.
  long half, lower, block, sumBlock;
  /// Blocks of the first half of the inputs.
  long pairs;
  /// Four sums of a slice's inputs; two of a panel's outputs; what is kept of every panel from slice to slice.
  float *sums, *u2, *u3, *kept;
} Halves;

/// Neighbouring pairs of blocks, one of each half of the inputs; of the last the second may be missing.
typedef struct {
  long first, count, partners;
  /// Floats of a panel's weights.
  long weights;
} Slice;

INLINE Slice slice_at(const CKStrassen *layer, long index) {
  const long pairs = divide_up(layer->inputBlocks, 2), first = index * layer->pairsPerSlice;
  const long last = smaller(first + layer->pairsPerSlice, pairs);
  const long partners = smaller(last, layer->inputBlocks - pairs) - first;
  return (Slice){first, last - first, partners, (5 * (last - first) + 2 * partners) * W * 2 * W};
}

INLINE Quarter quarter_at(const Halves *job, long block, long row, float *kept) {
  const long place = block * job->block + row, left = job->layer->blocks - block;
  return (Quarter){
      job->output + place, kept, job->residual == NULL ? NULL : job->residual + place, left < 2 ? (int)left : 2};
}

/// Adds a slice's products to one panel: two blocks from `left` on and two from `right` on.
static void compute_quarters(
    const Halves *job, const Slice *slice, long left, long right, float *kept, const float *weights) {
  const CKStrassen *layer = job->layer;
  const long *offsets = layer->offsets + slice->first, plane = slice->count * job->sumBlock;
  const float *partners = job->map + job->pairs * job->block;
  const Factor sums[INPUT_SUMS] = {
      {job->sums + S1 * plane, layer->sumOffsets, slice->count},
      {job->sums + S2 * plane, layer->sumOffsets, slice->count},
      {job->sums + S3 * plane, layer->sumOffsets, slice->count},
      {job->sums + S4 * plane, layer->sumOffsets, slice->count},
  };
  const Factor a11 = {job->map, offsets, slice->count}, a12 = {partners, offsets, slice->partners};
  const Factor a22 = {partners + job->lower, offsets, slice->partners}, none = {job->map, offsets, 0};
  Chain chain = {
      .weights = weights,
      .u2 = job->u2,
      .u3 = job->u3,
      .keptBlock = job->sumBlock,
      .outputBlock = job->block,
      .isFirst = slice->first == 0,
      .isLast = slice->first + slice->count == job->pairs,
      .lower = layer->epilogue.lower,
      .upper = layer->epilogue.upper,
  };
  chain.bias = layer->bias + left * W;
  chain.factors[0] = a11, chain.factors[1] = a12, chain.factors[2] = none;
  chain.quarters[0] = chain.quarters[1] = quarter_at(job, left, 0, kept);
  chain.weights = compute_chains(chain, UPPER_LEFT, job->half, slice->weights);
  chain.factors[0] = sums[S2], chain.factors[1] = sums[S3], chain.factors[2] = a22;
  chain.quarters[0] = chain.quarters[1] = quarter_at(job, left, job->lower, kept + 2 * job->sumBlock);
  chain.weights = compute_chains(chain, LOWER_LEFT, job->half, slice->weights);
  chain.bias = layer->bias + right * W;
  chain.factors[0] = sums[S1], chain.factors[1] = sums[S4], chain.factors[2] = none;
  chain.quarters[0] = quarter_at(job, right, 0, kept + 4 * job->sumBlock);
  chain.quarters[1] = quarter_at(job, right, job->lower, kept + 6 * job->sumBlock);
  compute_chains(chain, RIGHT, job->half, slice->weights);
}

static void strassen(const void *context, long index, float *scratch) {
  const CKStrassen *layer = context;
  const long pieces = divide_up(layer->pixels, layer->pixelsPerJob);
  const long panels = divide_up(layer->blocks, 4), panelPieces = divide_up(panels, layer->panelsPerJob);
  const long pixel = index % pieces * layer->pixelsPerJob, image = index / pieces / panelPieces;
  const long firstPanel = index / pieces % panelPieces * layer->panelsPerJob;
  const long ownPanels = smaller(layer->panelsPerJob, panels - firstPanel);
  const long count = smaller(layer->pixelsPerJob, layer->pixels - pixel);
  const long sumBlock = divide_up(layer->pixelsPerJob, 2) * W;
  float *outputSums = scratch + INPUT_SUMS * layer->pairsPerSlice * sumBlock;
  const Halves job = {
      .layer = layer,
      .map = layer->input + image * layer->inputBatch + pixel * W,
      .residual = layer->residual == NULL ? NULL : layer->residual + image * layer->residualBatch + pixel * W,
      .output = layer->output + image * layer->outputBatch + pixel * W,
      // Of an odd number of pixels the one in the middle belongs to both halves.
      .half = divide_up(count, 2),
      .lower = count / 2 * W,
      .block = layer->pixels * W,
      .sumBlock = sumBlock,
      .pairs = divide_up(layer->inputBlocks, 2),
      .sums = scratch,
      .u2 = outputSums,
      .u3 = outputSums + 2 * sumBlock,
      .kept = outputSums + 4 * sumBlock,
  };
  const float *weights = layer->weights;
  for (long slice = 0; slice < divide_up(job.pairs, layer->pairsPerSlice); slice++) {
    const Slice own = slice_at(layer, slice);
    for (long pair = 0; pair < own.count; pair++) {
      const float *block = job.map + (own.first + pair) * job.block;
      add_quarters(
          block, pair < own.partners ? block + job.pairs * job.block : NULL, job.lower, job.half,
          job.sums + pair * sumBlock, own.count * sumBlock);
    }
    for (long panel = 0; panel < ownPanels; panel++) {
      const long left = (firstPanel + panel) * 2;
      compute_quarters(
          &job, &own, left, panels * 2 + left, job.kept + panel * 8 * sumBlock,
          weights + (firstPanel + panel) * own.weights);
    }
    weights += panels * own.weights;
  }
  if (layer->epilogue.count == 0) return;
  for (long block = 0; block < layer->blocks; block++) {
    const long panel = block / 2 % panels - firstPanel;
    if (panel < 0 || panel >= ownPanels) continue;
    float *stored = job.output + block * job.block;
    apply_functions(&layer->epilogue, stored, stored, image, block, pixel, count);
  }
}

#undef EACH_SUM
#undef EACH_STORED
#undef KEPT
#undef STORED
