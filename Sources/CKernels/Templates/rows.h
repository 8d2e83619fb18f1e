// Softmax, layer norm and unit norm: a few rows at once, because rows that lie in blocks share cache lines.

enum { ROWS_AT_ONCE = 8 };

/// The rows of a job.
typedef struct {
  const float *input;
  float *output;
  long rows, whole, tail;
} RowPiece;

INLINE RowPiece row_piece(const CKRows *layer, long job) {
  long pieces = divide_up(layer->rows, layer->rowsPerJob);
  long first = job % pieces * layer->rowsPerJob, image = job / pieces;
  return (RowPiece){
      .input = layer->input + image * layer->inputBatch + first * layer->inputRow,
      .output = layer->output + image * layer->outputBatch + first * layer->outputRow,
      .rows = smaller(layer->rowsPerJob, layer->rows - first),
      .whole = layer->count / W,
      .tail = layer->count % W,
  };
}

/// Runs `STATEMENT` for some rows by all blocks: `r` is the row, `b` the block, `x` its elements (`FILL` behind the end)
/// and `result` what is stored.
#define EACH_BLOCK(FROM, ROW, BLOCK, FILL, STATEMENT)                                                        \
  for (long b = 0; b < piece.whole; b++) {                                                                   \
    for (long r = 0; r < rows; r++) {                                                                        \
      vector x = load(FROM + r * ROW + b * BLOCK);                                                           \
      STATEMENT;                                                                                             \
    }                                                                                                        \
  }                                                                                                          \
  for (long r = 0; r < rows && piece.tail > 0; r++) {                                                        \
    long b = piece.whole;                                                                                    \
    vector x = load_first(FROM + r * ROW + b * BLOCK, piece.tail, FILL);                                     \
    STATEMENT;                                                                                               \
  }

#define STORE_BLOCK(VALUE)                                                                                   \
  if (b < piece.whole) {                                                                                     \
    store(to + r * layer->outputRow + b * layer->outputBlock, VALUE);                                        \
  } else {                                                                                                   \
    store_first(to + r * layer->outputRow + b * layer->outputBlock, VALUE, piece.tail);                      \
  }

static void softmax(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKRows *layer = context;
  const RowPiece piece = row_piece(layer, job);
  for (long start = 0; start < piece.rows; start += ROWS_AT_ONCE) {
    const long rows = smaller(ROWS_AT_ONCE, piece.rows - start);
    const float *from = piece.input + start * layer->inputRow;
    float *to = piece.output + start * layer->outputRow;
    vector largest[ROWS_AT_ONCE], sums[ROWS_AT_ONCE];
    for (long r = 0; r < rows; r++) {
      largest[r] = all(-__builtin_inff());
      sums[r] = all(0);
    }
    EACH_BLOCK(from, layer->inputRow, layer->inputBlock, -__builtin_inff(), largest[r] = greatest(largest[r], x))
    for (long r = 0; r < rows; r++) largest[r] = all(greatest_of(largest[r]));
    EACH_BLOCK(from, layer->inputRow, layer->inputBlock, -__builtin_inff(), {
      vector power = exponential(x - largest[r]);
      sums[r] += b < piece.whole ? power : choose(x > -__builtin_inff(), power, all(0));
      STORE_BLOCK(power)
    })
    for (long r = 0; r < rows; r++) sums[r] = all(1.0f / sum_of(sums[r]));
    EACH_BLOCK(to, layer->outputRow, layer->outputBlock, 0, STORE_BLOCK(x * sums[r]))
  }
}

static void layer_norm(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKRows *layer = context;
  const RowPiece piece = row_piece(layer, job);
  const float share = 1.0f / (float)layer->count;
  for (long start = 0; start < piece.rows; start += ROWS_AT_ONCE) {
    const long rows = smaller(ROWS_AT_ONCE, piece.rows - start);
    const float *from = piece.input + start * layer->inputRow;
    float *to = piece.output + start * layer->outputRow;
    vector means[ROWS_AT_ONCE], scales[ROWS_AT_ONCE];
    for (long r = 0; r < rows; r++) means[r] = scales[r] = all(0);
    EACH_BLOCK(from, layer->inputRow, layer->inputBlock, 0, means[r] += x)
    for (long r = 0; r < rows; r++) means[r] = all(sum_of(means[r]) * share);
    for (long b = 0; b < piece.whole; b++) {
      for (long r = 0; r < rows; r++) {
        vector x = load(from + r * layer->inputRow + b * layer->inputBlock) - means[r];
        scales[r] += x * x;
      }
    }
    for (long r = 0; r < rows; r++) {
      float squares = sum_of(scales[r]);
      const float *end = from + r * layer->inputRow + piece.whole * layer->inputBlock;
      for (long lane = 0; lane < piece.tail; lane++) {
        float x = end[lane] - means[r][0];
        squares += x * x;
      }
      scales[r] = all(1.0f / __builtin_sqrtf(squares * share + layer->epsilon));
    }
    EACH_BLOCK(from, layer->inputRow, layer->inputBlock, 0, {
      vector y = (x - means[r]) * scales[r];
      if (layer->weight != NULL) y = y * load(layer->weight + b * W);
      if (layer->bias != NULL) y = y + load(layer->bias + b * W);
      STORE_BLOCK(y)
    })
  }
}

static void unit_norm(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKRows *layer = context;
  const RowPiece piece = row_piece(layer, job);
  for (long start = 0; start < piece.rows; start += ROWS_AT_ONCE) {
    const long rows = smaller(ROWS_AT_ONCE, piece.rows - start);
    const float *from = piece.input + start * layer->inputRow;
    float *to = piece.output + start * layer->outputRow;
    vector sums[ROWS_AT_ONCE];
    for (long r = 0; r < rows; r++) sums[r] = all(0);
    EACH_BLOCK(from, layer->inputRow, layer->inputBlock, 0, sums[r] += x * x)
    for (long r = 0; r < rows; r++) {
      float norm = __builtin_sqrtf(sum_of(sums[r]));
      sums[r] = all(1.0f / (norm > layer->epsilon ? norm : layer->epsilon));
    }
    EACH_BLOCK(from, layer->inputRow, layer->inputBlock, 0, STORE_BLOCK(x * sums[r]))
  }
}

#undef EACH_BLOCK
#undef STORE_BLOCK
