// Copies between layouts.

/// Row-major to blocks: a job is a block of an image.
static void block(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKBlocking *map = context;
  long blocks = divide_up(map->channels, W), index = job % blocks, image = job / blocks;
  long lanes = smaller(W, map->channels - index * W);
  const float *from = map->input + image * map->inputBatch + index * W * map->channelStride;
  float *to = map->output + image * map->outputBatch + index * map->pixels * W;
  for (long pixel = 0; pixel < map->pixels; pixel++) {
    for (long lane = 0; lane < W; lane++) {
      to[pixel * W + lane] = lane < lanes ? from[lane * map->channelStride + pixel * map->pixelStride] : 0;
    }
  }
}

/// Blocks to row-major.
static void unblock(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKBlocking *map = context;
  long blocks = divide_up(map->channels, W), index = job % blocks, image = job / blocks;
  long lanes = smaller(W, map->channels - index * W);
  const float *from = map->input + image * map->inputBatch + index * map->pixels * W;
  float *to = map->output + image * map->outputBatch + index * W * map->channelStride;
  for (long lane = 0; lane < lanes; lane++) {
    for (long pixel = 0; pixel < map->pixels; pixel++) {
      to[lane * map->channelStride + pixel * map->pixelStride] = from[pixel * W + lane];
    }
  }
}

/// A plane with its border.
static void pad(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKPadding *map = context;
  long plane = job % map->planes, image = job / map->planes, unit = map->unit;
  long width = map->left + map->width + map->right, height = map->top + map->height + map->bottom;
  const float *from = map->input + image * map->inputBatch + plane * map->height * map->width * unit;
  float *to = map->output + job * height * width * unit;
  for (long y = 0; y < height; y++) {
    float *line = to + y * width * unit;
    int isInside = y >= map->top && y < map->top + map->height;
    long left = isInside ? map->left * unit : width * unit;
    for (long i = 0; i < left; i++) line[i] = map->fill;
    if (!isInside) continue;
    const float *source = from + (y - map->top) * map->width * unit;
    for (long i = 0; i < map->width * unit; i++) line[left + i] = source[i];
    for (long i = left + map->width * unit; i < width * unit; i++) line[i] = map->fill;
  }
}

/// A block from `count` parts; a constant where it is passed as such.
INLINE void gather_block(const CKGather *map, const long count, const CKGatherPart *parts, long image, float *to) {
  for (long pixel = 0; pixel < map->pixels; pixel++) {
    vector result = all(0);
    for (long part = 0; part < count; part++) {
      integers lanes = load_integers(parts[part].lanes);
      vector x = load(parts[part].source + image * parts[part].batchStride + pixel * W);
      result = choose(lanes >= 0, permute(x, lanes), result);
    }
    store(to + pixel * W, result);
  }
}

/// Single channels to a block: most blocks take theirs from one or two others.
static void gather(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKGather *map = context;
  long block = job % map->blocks, image = job / map->blocks;
  const CKGatherPart *parts = map->parts + map->firstPart[block];
  long count = map->firstPart[block + 1] - map->firstPart[block];
  float *to = map->output + image * map->outputBatch + block * map->pixels * W;
  switch (count) {
  case 1: gather_block(map, 1, parts, image, to); break;
  case 2: gather_block(map, 2, parts, image, to); break;
  case 3: gather_block(map, 3, parts, image, to); break;
  default: gather_block(map, count, parts, image, to);
  }
}

/// A panel of a matrix.
static void pack_matrix(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKMatrix *matrix = context;
  long panels = divide_up(matrix->columns, 2 * W), panel = job % panels, image = job / panels;
  long blocks = divide_up(matrix->columns, W), lanes = smaller(2 * W, (blocks - panel * 2) * W);
  const float *from = matrix->input + image * matrix->inputBatch + panel * 2 * W * matrix->columnStride;
  float *to = matrix->output + (image * blocks * W + panel * 2 * W) * matrix->inner;
  long present = smaller(lanes, matrix->columns - panel * 2 * W);
  for (long k = 0; k < matrix->inner; k++) {
    for (long lane = 0; lane < lanes; lane++) {
      to[k * lanes + lane] = lane < present ? from[k * matrix->innerStride + lane * matrix->columnStride] : 0;
    }
  }
}
