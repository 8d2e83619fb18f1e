// The tile of a matrix product: columns of the output (pixels) by one or two blocks of output channels, all sums in
// registers. One definition serves every number of columns, pairs or single blocks, and neighbouring or strided columns.

typedef struct {
  const float *input, *weights, *bias, *residual;
  float *output;
  const long *offsets;
  long segments, lanes, tailSegments, tailLanes;
  long inputColumn, outputColumn, outputBlock;
  /// Whether this is the first or the last pass over the sums.
  int isFirst, isLast;
  float lower, upper;
  /// Weights that will be read after these, up to where, and how many lines of them every segment fetches: they come from
  /// far, and the processor's own fetching stops at every page and knows nothing of the next pass.
  const float *ahead, *aheadEnd;
  long linesAhead;
} Tile;

/// Floats in a line of the cache.
enum { LINE = 16 };

enum { MOST_ROWS = CK_TALL_ROWS > CK_ROWS ? CK_TALL_ROWS : CK_ROWS };

/// Adds the products of some segments; `lanes` and `stride` are constants where they are passed as such.
INLINE const float *add_products(
    const int rows, const int vectors, const long stride, const long lanes, vector (*sums)[2], const float *input,
    const long *offsets, long segments, const float *weights, const float *ahead, long linesAhead) {
  for (long segment = 0; segment < segments; segment++) {
    const float *from = input + offsets[segment];
    for (long line = 0; line < linesAhead; line++, ahead += LINE) __builtin_prefetch(ahead, 0, 2);
    // The next columns' inputs, which lie behind these. Single blocks load too much as it is.
    if (vectors == 2 && stride == W) {
      UNROLL for (int row = 0; row < rows; row += LINE / W) __builtin_prefetch(from + (rows + row) * stride);
    }
    _Pragma("clang loop unroll_count(4)") for (long lane = 0; lane < lanes; lane++) {
      vector w[2];
      UNROLL for (int v = 0; v < vectors; v++) w[v] = load(weights + v * W);
      weights += vectors * W;
      // Three rows share a base, so that addresses need a third as many registers.
      UNROLL for (int row = 0; row < rows; row++) {
        const float *base = from + (row / 3) * (3 * stride) + lane;
        vector x = all(base[(row % 3) * stride]);
        UNROLL for (int v = 0; v < vectors; v++) sums[row][v] = x * w[v] + sums[row][v];
      }
    }
  }
  return weights;
}

INLINE void compute_tile(const int rows, const int vectors, const long stride, const Tile *tile) {
  vector sums[MOST_ROWS][2];
  const long outputColumn = tile->outputColumn, outputBlock = tile->outputBlock;
  float *output = tile->output;
  UNROLL for (int v = 0; v < vectors; v++) {
    UNROLL for (int row = 0; row < rows; row++) {
      sums[row][v] = load(tile->isFirst ? tile->bias + v * W : output + row * outputColumn + v * outputBlock);
    }
  }
  // What the sums will be added to, and stored over, comes from far.
  if (tile->residual != NULL && tile->isLast) {
    UNROLL for (int v = 0; v < vectors; v++) {
      UNROLL for (int row = 0; row < rows; row += LINE / W) {
        __builtin_prefetch(output + row * outputColumn + v * outputBlock, 1);
        __builtin_prefetch(tile->residual + row * outputColumn + v * outputBlock);
      }
    }
  }
  const float *weights = tile->weights, *ahead = tile->ahead;
  const long linesAhead = tile->linesAhead;
  if (tile->lanes == W) {
    weights = add_products(
        rows, vectors, stride, W, sums, tile->input, tile->offsets, tile->segments, weights, ahead, linesAhead);
  } else {
    weights = add_products(
        rows, vectors, stride, tile->lanes, sums, tile->input, tile->offsets, tile->segments, weights, ahead,
        linesAhead);
  }
  if (tile->tailSegments > 0) {
    add_products(
        rows, vectors, stride, tile->tailLanes, sums, tile->input, tile->offsets + tile->segments, tile->tailSegments,
        weights, NULL, 0);
  }
  if (tile->isLast) {
    const float *residual = tile->residual;
    if (residual != NULL) {
      UNROLL for (int v = 0; v < vectors; v++) {
        UNROLL for (int row = 0; row < rows; row++) {
          sums[row][v] += load(residual + row * outputColumn + v * outputBlock);
        }
      }
    }
    const vector lower = all(tile->lower), upper = all(tile->upper);
    UNROLL for (int v = 0; v < vectors; v++) {
      UNROLL for (int row = 0; row < rows; row++) sums[row][v] = least(greatest(sums[row][v], lower), upper);
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) {
    UNROLL for (int row = 0; row < rows; row++) store(output + row * outputColumn + v * outputBlock, sums[row][v]);
  }
}

typedef void (*TileFunction)(const Tile *tile);

#define CK_EACH_14(M) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12) M(13) M(14)
#define CK_EACH_12(M) M(1) M(2) M(3) M(4) M(5) M(6) M(7) M(8) M(9) M(10) M(11) M(12)
#define CK_EACH_6(M) M(1) M(2) M(3) M(4) M(5) M(6)
#define CK_EACH_ROW__(COUNT, M) CK_EACH_##COUNT(M)
#define CK_EACH_ROW_(COUNT, M) CK_EACH_ROW__(COUNT, M)

#define DEFINE_PAIR(ROWS)                                                                                    \
  static void pair_##ROWS(const Tile *tile) { compute_tile(ROWS, 2, W, tile); }                              \
  static void pair_apart_##ROWS(const Tile *tile) { compute_tile(ROWS, 2, tile->inputColumn, tile); }
#define DEFINE_SINGLE(ROWS)                                                                                  \
  static void single_##ROWS(const Tile *tile) { compute_tile(ROWS, 1, W, tile); }                            \
  static void single_apart_##ROWS(const Tile *tile) { compute_tile(ROWS, 1, tile->inputColumn, tile); }
CK_EACH_ROW_(CK_ROWS, DEFINE_PAIR)
CK_EACH_ROW_(CK_TALL_ROWS, DEFINE_SINGLE)

#define PAIR(ROWS) {pair_##ROWS, pair_apart_##ROWS},
#define SINGLE(ROWS) {single_##ROWS, single_apart_##ROWS},
static const TileFunction pairs[CK_ROWS][2] = {CK_EACH_ROW_(CK_ROWS, PAIR)};
static const TileFunction singles[CK_TALL_ROWS][2] = {CK_EACH_ROW_(CK_TALL_ROWS, SINGLE)};

/// Has `tile`, of which there are `columns` columns in each of `lines` lines, fetch as many weights as it reads itself from
/// those behind them, spread over all tiles. Behind the last weights there is nothing to fetch, and no harm in it. A single
/// tile reads each weight once: such a stream the processor fetches by itself, twice as fast.
static void fetch_ahead(Tile *tile, long columns, long lines, int vectors) {
  long floats = tile->segments * tile->lanes * vectors * W;
  long tiles = lines * divide_up(columns, vectors == 2 ? CK_ROWS : CK_TALL_ROWS);
  tile->ahead = tile->weights + floats;
  tile->aheadEnd = tile->ahead + floats;
  tile->linesAhead = tiles == 1 ? 0 : divide_up(tile->lanes * vectors * W, LINE * tiles);
}

/// Computes `columns` columns by one or two blocks in tiles of even height; `tile` describes the first column. The result
/// is where fetching ahead goes on.
static const float *compute_columns(Tile tile, long columns, int vectors) {
  long parts = divide_up(columns, vectors == 2 ? CK_ROWS : CK_TALL_ROWS);
  const TileFunction(*functions)[2] = vectors == 2 ? pairs : singles;
  int isApart = tile.inputColumn != W;
  long start = 0;
  for (long part = 0; part < parts; part++) {
    long end = run_start(columns, parts, part + 1);
    if (tile.ahead >= tile.aheadEnd) tile.linesAhead = 0;
    functions[end - start - 1][isApart](&tile);
    tile.ahead += tile.segments * tile.linesAhead * LINE;
    tile.input += (end - start) * tile.inputColumn;
    tile.output += (end - start) * tile.outputColumn;
    if (tile.residual != NULL) tile.residual += (end - start) * tile.outputColumn;
    start = end;
  }
  return tile.ahead;
}

/// Computes `columns` columns of `lines` lines, which lie so far apart, by one or two blocks: `segments` in passes of at
/// most `segmentsPerPass`, and the tile's tail.
static void compute_panel(
    Tile first, long segments, long segmentsPerPass, long columns, long lines, long inputLine, long outputLine,
    int vectors) {
  long passes = larger(1, divide_up(segments, segmentsPerPass));
  for (long pass = 0; pass < passes; pass++) {
    long start = run_start(segments, passes, pass);
    Tile tile = first;
    tile.isFirst = pass == 0;
    tile.isLast = pass == passes - 1;
    tile.offsets += start;
    tile.segments = run_start(segments, passes, pass + 1) - start;
    tile.weights += start * tile.lanes * vectors * W;
    if (!tile.isLast) tile.tailSegments = 0;
    fetch_ahead(&tile, columns, lines, vectors);
    for (long line = 0; line < lines; line++) {
      tile.ahead = compute_columns(tile, columns, vectors);
      tile.input += inputLine;
      tile.output += outputLine;
      if (tile.residual != NULL) tile.residual += outputLine;
    }
  }
}
