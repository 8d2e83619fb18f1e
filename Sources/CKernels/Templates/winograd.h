// 3x3 convolution by Winograd's minimal filtering. F(4x4) interpolates at 0, +-5/8, +-3/2 and infinity, which loses
// fewer bits than +-1, +-2; F(2x2) at 0, +-1 and infinity. A job takes some tiles through all three phases, so that
// transformed inputs and products stay in the second cache.

enum { MOST_POINTS = 6 };

/// One dimension of the input's transform: `n` values, `step` apart, to `n` points.
INLINE void transform_input(const long tile, const vector *d, long step, vector *t, long stepOut) {
  if (tile == 2) {
    t[0 * stepOut] = d[2 * step] - d[0 * step];
    t[1 * stepOut] = d[2 * step] + d[1 * step];
    t[2 * stepOut] = d[2 * step] - d[1 * step];
    t[3 * stepOut] = d[3 * step] - d[1 * step];
    return;
  }
  const float a = 0.625f, b = 1.5f, aa = a * a, bb = b * b;
  vector evenA = d[4 * step] - d[2 * step] * bb, oddA = (d[3 * step] - d[1 * step] * bb) * a;
  vector evenB = d[4 * step] - d[2 * step] * aa, oddB = (d[3 * step] - d[1 * step] * aa) * b;
  t[0 * stepOut] = d[0 * step] * (aa * bb) + (d[4 * step] - d[2 * step] * (aa + bb));
  t[1 * stepOut] = evenA + oddA;
  t[2 * stepOut] = evenA - oddA;
  t[3 * stepOut] = evenB + oddB;
  t[4 * stepOut] = evenB - oddB;
  t[5 * stepOut] = d[1 * step] * (aa * bb) + (d[5 * step] - d[3 * step] * (aa + bb));
}

/// One dimension of the output's transform: points to `tile` values.
INLINE void transform_output(const long tile, const vector *m, long step, vector *y, long stepOut) {
  vector sumA = m[1 * step] + m[2 * step], differenceA = m[1 * step] - m[2 * step];
  if (tile == 2) {
    y[0 * stepOut] = m[0 * step] + sumA;
    y[1 * stepOut] = differenceA + m[3 * step];
    return;
  }
  const float a = 0.625f, b = 1.5f;
  vector sumB = m[3 * step] + m[4 * step], differenceB = m[3 * step] - m[4 * step];
  y[0 * stepOut] = m[0 * step] + sumA + sumB;
  y[1 * stepOut] = differenceA * a + differenceB * b;
  y[2 * stepOut] = sumA * (a * a) + sumB * (b * b);
  y[3 * stepOut] = differenceA * (a * a * a) + (differenceB * (b * b * b) + m[5 * step]);
}

/// Transforms one tile of one block; pixels outside of the map are 0. Points lie `plane` apart.
INLINE void transform_input_tile(
    const long tile, const CKWinograd *layer, const float *map, long y, long x, float *to, long plane) {
  const long side = tile + 2;
  vector d[MOST_POINTS * MOST_POINTS], t[MOST_POINTS * MOST_POINTS];
  if (y >= 0 && x >= 0 && y + side <= layer->height && x + side <= layer->width) {
    const float *from = map + (y * layer->width + x) * W;
    UNROLL for (long i = 0; i < side; i++) {
      UNROLL for (long j = 0; j < side; j++) d[i * side + j] = load(from + (i * layer->width + j) * W);
    }
  } else {
    for (long i = 0; i < side; i++) {
      for (long j = 0; j < side; j++) {
        int isInside = y + i >= 0 && y + i < layer->height && x + j >= 0 && x + j < layer->width;
        d[i * side + j] = isInside ? load(map + ((y + i) * layer->width + x + j) * W) : all(0);
      }
    }
  }
  UNROLL for (long j = 0; j < side; j++) transform_input(tile, d + j, side, t + j, side);
  UNROLL for (long i = 0; i < side; i++) {
    vector row[MOST_POINTS];
    transform_input(tile, t + i * side, 1, row, 1);
    UNROLL for (long j = 0; j < side; j++) store(to + (i * side + j) * plane, row[j]);
  }
}

/// Transforms the products of one tile of one block, with bias, residual and bounds, and stores what lies in the map.
INLINE void transform_output_tile(
    const long tile, const CKWinograd *layer, const float *from, long plane, const float *bias, const float *residual,
    float *map, long y, long x) {
  const long side = tile + 2;
  vector m[MOST_POINTS * MOST_POINTS], t[MOST_POINTS * MOST_POINTS];
  UNROLL for (long i = 0; i < side * side; i++) m[i] = load(from + i * plane);
  UNROLL for (long j = 0; j < side; j++) transform_output(tile, m + j, side, t + j, side);
  vector offset = load(bias);
  UNROLL for (long i = 0; i < tile; i++) {
    vector row[MOST_POINTS];
    transform_output(tile, t + i * side, 1, row, 1);
    if (y + i >= layer->outputHeight) break;
    UNROLL for (long j = 0; j < tile; j++) {
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

INLINE void winograd_job(const long tile, const CKWinograd *layer, long job, float *scratch) {
  const long points = (tile + 2) * (tile + 2);
  long across = divide_up(layer->outputWidth, tile), down = divide_up(layer->outputHeight, tile);
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
      long y = (firstTile + index) / across * tile - layer->top, x = (firstTile + index) % across * tile - layer->left;
      transform_input_tile(tile, layer, map, y, x, scratch + block * blockStride + index * W, plane);
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
      for (long index = 0; index < tiles; index++) {
        long y = (firstTile + index) / across * tile, x = (firstTile + index) % across * tile;
        transform_output_tile(
            tile, layer, products + v * blockStride + index * W, productPlane, layer->bias + block * W, residual, map,
            y, x);
        if (layer->epilogue.count == 0) continue;
        for (long i = y; i < smaller(y + tile, layer->outputHeight); i++) {
          long pixel = i * layer->outputWidth + x;
          apply_functions(
              &layer->epilogue, map + pixel * W, map + pixel * W, image, block, pixel,
              smaller(tile, layer->outputWidth - x));
        }
      }
    }
  }
}

static void winograd(const void *context, long job, float *scratch) {
  const CKWinograd *layer = context;
  if (layer->tile == 2) {
    winograd_job(2, layer, job, scratch);
  } else {
    winograd_job(4, layer, job, scratch);
  }
}
