// Convolution by Winograd's minimal filtering: along each axis a tile of outputs and the kernel are polynomials, whose
// product is interpolated. A job takes some tiles through all three phases, so that transformed inputs and products stay in
// the second cache.
#include "../points.h"

/// Points of a tile.
enum { MOST_GRID = 36 };

/// The sum of d[0], d[2], ... by the coefficients of the product of z - p^2 over all pairs +-p but one.
INLINE vector weighted_sum(const long points, const long without, const vector *d, long step) {
  const long pairs = points / 2 - 1, degree = without < 0 ? pairs : pairs - 1;
  double coefficients[CK_MOST_PAIRS + 1] = {1};
  UNROLL for (long pair = 0; pair < pairs; pair++) {
    const double square = pair == without ? 0 : ck_point(points, pair) * ck_point(points, pair);
    UNROLL for (long k = CK_MOST_PAIRS; k > 0; k--) {
      if (pair != without) coefficients[k] = coefficients[k - 1] - square * coefficients[k];
    }
    if (pair != without) coefficients[0] *= -square;
  }
  vector sum = d[2 * degree * step];
  UNROLL for (long k = degree - 1; k >= 0; k--) sum = d[2 * k * step] * (float)coefficients[k] + sum;
  return sum;
}

/// One dimension of the input's transform: `points` values, `step` apart, to as many points.
INLINE void transform_input(const long points, const vector *d, long step, vector *t, long stepOut) {
  if (points == 1) {
    t[0] = d[0];
    return;
  }
  t[0] = weighted_sum(points, -1, d, step);
  UNROLL for (long pair = 0; pair < points / 2 - 1; pair++) {
    vector even = weighted_sum(points, pair, d + 2 * step, step);
    vector odd = weighted_sum(points, pair, d + step, step) * (float)ck_point(points, pair);
    t[(2 * pair + 1) * stepOut] = even + odd;
    t[(2 * pair + 2) * stepOut] = even - odd;
  }
  t[(points - 1) * stepOut] = weighted_sum(points, -1, d + step, step);
}

/// One dimension of the output's transform: points to `tile` values.
INLINE void transform_output(const long points, const long tile, const vector *m, long step, vector *y, long stepOut) {
  if (points == 1) {
    y[0] = m[0];
    return;
  }
  const long pairs = points / 2 - 1;
  vector sums[CK_MOST_PAIRS], differences[CK_MOST_PAIRS];
  double powers[CK_MOST_PAIRS];
  UNROLL for (long pair = 0; pair < pairs; pair++) {
    sums[pair] = m[(2 * pair + 1) * step] + m[(2 * pair + 2) * step];
    differences[pair] = m[(2 * pair + 1) * step] - m[(2 * pair + 2) * step];
    powers[pair] = 1;
  }
  UNROLL for (long k = 0; k < tile; k++) {
    vector sum = k == 0 ? m[0] : k == tile - 1 ? m[(points - 1) * step] : all(0);
    UNROLL for (long pair = 0; pair < pairs; pair++) {
      sum = (k % 2 == 0 ? sums[pair] : differences[pair]) * (float)powers[pair] + sum;
      powers[pair] *= ck_point(points, pair);
    }
    y[k * stepOut] = sum;
  }
}

/// Transforms one tile of one block; pixels outside of the map are 0. Points lie `plane` apart.
INLINE void transform_input_tile(
    const long down, const long across, const CKWinograd *layer, const float *map, long y, long x, float *to,
    long plane) {
  vector d[MOST_GRID], t[MOST_GRID];
  if (y >= 0 && x >= 0 && y + down <= layer->height && x + across <= layer->width) {
    const float *from = map + (y * layer->width + x) * W;
    UNROLL for (long i = 0; i < down; i++) {
      UNROLL for (long j = 0; j < across; j++) d[i * across + j] = load(from + (i * layer->width + j) * W);
    }
  } else {
    for (long i = 0; i < down; i++) {
      for (long j = 0; j < across; j++) {
        int isInside = y + i >= 0 && y + i < layer->height && x + j >= 0 && x + j < layer->width;
        d[i * across + j] = isInside ? load(map + ((y + i) * layer->width + x + j) * W) : all(0);
      }
    }
  }
  UNROLL for (long j = 0; j < across; j++) transform_input(down, d + j, across, t + j, across);
  UNROLL for (long i = 0; i < down; i++) {
    vector row[CK_MOST_POINTS];
    transform_input(across, t + i * across, 1, row, 1);
    UNROLL for (long j = 0; j < across; j++) store(to + (i * across + j) * plane, row[j]);
  }
}

/// Transforms the products of one tile of one block, with bias, residual and bounds, and stores what lies in the map.
INLINE void transform_output_tile(
    const CKFiltering filtering, const CKWinograd *layer, const float *from, long plane, const float *bias,
    const float *residual, float *map, long y, long x) {
  const long down = filtering.tileY + filtering.kernelY - 1, across = filtering.tileX + filtering.kernelX - 1;
  vector m[MOST_GRID], t[MOST_GRID];
  UNROLL for (long i = 0; i < down * across; i++) m[i] = load(from + i * plane);
  UNROLL for (long j = 0; j < across; j++) transform_output(down, filtering.tileY, m + j, across, t + j, across);
  vector offset = load(bias);
  UNROLL for (long i = 0; i < filtering.tileY; i++) {
    vector row[CK_MOST_POINTS];
    transform_output(across, filtering.tileX, t + i * across, 1, row, 1);
    if (y + i >= layer->outputHeight) break;
    UNROLL for (long j = 0; j < filtering.tileX; j++) {
      if (x + j >= layer->outputWidth) break;
      long place = ((y + i) * layer->outputWidth + x + j) * W;
      vector sum = row[j] + offset;
      if (residual != NULL) sum += load(residual + place);
      store(map + place, clamp(sum, layer->epilogue.lower, layer->epilogue.upper));
    }
  }
}

/// Floats from one point of the transformed input to the next: not a multiple of a page, so that the points of one
/// place do not fall into one set of the cache.
INLINE long input_plane(const CKWinograd *layer) { return layer->inputBlocks * layer->tilesPerJob * W + 16; }
INLINE long output_plane(const CKWinograd *layer) { return 2 * layer->tilesPerJob * W + 16; }

INLINE void winograd_job(const CKFiltering filtering, const CKWinograd *layer, long job, float *scratch) {
  const long tileY = filtering.tileY, tileX = filtering.tileX;
  const long points = ck_filtering_points(&filtering);
  long across = divide_up(layer->outputWidth, tileX), down = divide_up(layer->outputHeight, tileY);
  long tilePieces = divide_up(across * down, layer->tilesPerJob);
  long panels = divide_up(layer->blocks, 2), panelPieces = divide_up(panels, layer->panelsPerJob);
  long firstTile = job % tilePieces * layer->tilesPerJob;
  long panel = job / tilePieces % panelPieces * layer->panelsPerJob, image = job / tilePieces / panelPieces;
  long lastPanel = smaller(panel + layer->panelsPerJob, panels);
  long tiles = smaller(layer->tilesPerJob, across * down - firstTile);
  long plane = input_plane(layer), productPlane = output_plane(layer), blockStride = layer->tilesPerJob * W;
  float *products = scratch + points * plane;

  for (long block = 0; block < layer->inputBlocks; block++) {
    const float *map = layer->input + image * layer->inputBatch + block * layer->height * layer->width * W;
    for (long index = 0; index < tiles; index++) {
      long y = (firstTile + index) / across * tileY - layer->top, x = (firstTile + index) % across * tileX - layer->left;
      transform_input_tile(
          tileY + filtering.kernelY - 1, tileX + filtering.kernelX - 1, layer, map, y, x,
          scratch + block * blockStride + index * W, plane);
    }
  }
  long tail = layer->inputChannels % W, whole = layer->inputChannels / W;
  for (; panel < lastPanel; panel++) {
    int vectors = panel * 2 + 1 < layer->blocks ? 2 : 1;
    float zeros[2 * W] = {0};
    const float *weights = layer->weights + panel * points * layer->inputChannels * 2 * W;
    for (long point = 0; point < points; point++) {
      Tile product = {
          .input = scratch + point * plane,
          .weights = weights + point * layer->inputChannels * vectors * W,
          .bias = zeros,
          .output = products + point * productPlane,
          .offsets = layer->offsets,
          .segments = whole,
          .lanes = W,
          .tailSegments = tail > 0,
          .tailLanes = tail,
          .inputColumn = W,
          .outputColumn = W,
          .outputBlock = blockStride,
          .isFirst = 1,
      };
      fetch_ahead(&product, tiles, 1, vectors);
      compute_columns(product, tiles, vectors);
    }
    for (int v = 0; v < vectors; v++) {
      long block = panel * 2 + v, offset = block * layer->outputHeight * layer->outputWidth * W;
      float *map = layer->output + image * layer->outputBatch + offset;
      const float *residual =
          layer->residual == NULL ? NULL : layer->residual + image * layer->residualBatch + offset;
      // Tiles side by side together: functions follow along lines as long as these.
      for (long index = 0, run; index < tiles; index += run) {
        long y = (firstTile + index) / across * tileY, x = (firstTile + index) % across * tileX;
        run = smaller(tiles - index, across - x / tileX);
        for (long own = 0; own < run; own++) {
          transform_output_tile(
              filtering, layer, products + v * blockStride + (index + own) * W, productPlane, layer->bias + block * W,
              residual, map, y, x + own * tileX);
        }
        if (layer->epilogue.count == 0) continue;
        for (long i = y; i < smaller(y + tileY, layer->outputHeight); i++) {
          long pixel = i * layer->outputWidth + x;
          apply_functions(
              &layer->epilogue, map + pixel * W, map + pixel * W, image, block, pixel,
              smaller(run * tileX, layer->outputWidth - x));
        }
      }
    }
  }
}

/// The filterings there are.
#define EACH_FILTERING(M)                                                                                    \
  M(2, 3, 2, 3) M(4, 3, 4, 3) M(2, 5, 2, 5) M(1, 1, 4, 3) M(4, 3, 1, 1) M(1, 1, 4, 7) M(4, 7, 1, 1)

static void winograd(const void *context, long job, float *scratch) {
  const CKWinograd *layer = context;
  const CKFiltering own = layer->filtering;
#define RUN(TILE_Y, KERNEL_Y, TILE_X, KERNEL_X)                                                              \
  if (own.tileY == TILE_Y && own.kernelY == KERNEL_Y && own.tileX == TILE_X && own.kernelX == KERNEL_X) {    \
    winograd_job((CKFiltering){TILE_Y, KERNEL_Y, TILE_X, KERNEL_X}, layer, job, scratch);                    \
  }
  EACH_FILTERING(RUN)
#undef RUN
}
