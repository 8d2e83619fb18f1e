// Layers made of tiles: a job is some columns of some lines by some panels of output blocks.

/// Whether so many panels from `panel` on are pairs of blocks that read the same.
INLINE int are_alike(const CKPanel *panel, long count) {
  if (count < CK_SIDE_BY_SIDE) return 0;
  for (long i = 0; i < CK_SIDE_BY_SIDE; i++) {
    if (panel[i].vectors != 2 || panel[i].firstSegment != panel[0].firstSegment) return 0;
    if (panel[i].segments != panel[0].segments || panel[i].tailSegments != panel[0].tailSegments) return 0;
  }
  return 1;
}

INLINE void add_row(
    vector (*sums)[2], const float *input, const long *offsets, long segments, const long lanes, const float **weights) {
  for (long segment = 0; segment < segments; segment++) {
    const float *from = input + offsets[segment];
    for (long lane = 0; lane < lanes; lane++) {
      vector x = all(from[lane]);
      UNROLL for (long i = 0; i < CK_SIDE_BY_SIDE; i++) {
        UNROLL for (int v = 0; v < 2; v++) sums[i][v] = x * load(weights[i] + v * W) + sums[i][v];
        weights[i] += 2 * W;
      }
    }
  }
}

/// Computes one column by several panels; `tile` describes the first.
static void compute_row(const Tile *tile, const CKPanel *panels) {
  vector sums[CK_SIDE_BY_SIDE][2];
  const float *weights[CK_SIDE_BY_SIDE];
  long places[CK_SIDE_BY_SIDE];
  UNROLL for (long i = 0; i < CK_SIDE_BY_SIDE; i++) {
    const long block = panels[i].block - panels[0].block;
    weights[i] = tile->weights + panels[i].weights - panels[0].weights;
    places[i] = block * tile->outputBlock;
    UNROLL for (int v = 0; v < 2; v++) sums[i][v] = load(tile->bias + (block + v) * W);
  }
  if (tile->lanes == W) {
    add_row(sums, tile->input, tile->offsets, panels[0].segments, W, weights);
  } else {
    add_row(sums, tile->input, tile->offsets, panels[0].segments, tile->lanes, weights);
  }
  add_row(sums, tile->input, tile->offsets + panels[0].segments, tile->tailSegments, tile->tailLanes, weights);
  UNROLL for (long i = 0; i < CK_SIDE_BY_SIDE; i++) {
    UNROLL for (int v = 0; v < 2; v++) {
      const long place = places[i] + v * tile->outputBlock;
      if (tile->residual != NULL) sums[i][v] += load(tile->residual + place);
      store(tile->output + place, clamp(sums[i][v], tile->lower, tile->upper));
    }
  }
}

static void convolution(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKConvolution *layer = context;
  long panelPieces = divide_up(layer->panelCount, layer->panelsPerJob);
  long columnPieces = divide_up(layer->columns, layer->columnsPerJob);
  long linePieces = divide_up(layer->lines, layer->linesPerJob);
  // Columns change fastest, so that the weights of some panels are used again while they are near.
  long column = job % columnPieces * layer->columnsPerJob;
  job /= columnPieces;
  long line = job % linePieces * layer->linesPerJob;
  job /= linePieces;
  long panel = job % panelPieces * layer->panelsPerJob, image = job / panelPieces;
  long columns = smaller(layer->columnsPerJob, layer->columns - column);
  long lines = smaller(layer->linesPerJob, layer->lines - line);
  long lastPanel = smaller(panel + layer->panelsPerJob, layer->panelCount);

  for (long count; panel < lastPanel; panel += count) {
    const CKPanel *part = &layer->panels[panel];
    long place = part->block * layer->outputBlock + line * layer->outputLine + column * layer->outputColumn;
    const Tile first = {
        .input = layer->input + image * layer->inputBatch + line * layer->inputLine + column * layer->inputColumn,
        .weights = layer->weights + image * layer->weightBatch + part->weights,
        .bias = layer->bias + part->block * W,
        .residual = layer->residual == NULL ? NULL : layer->residual + image * layer->residualBatch + place,
        .output = layer->output + image * layer->outputBatch + place,
        .offsets = layer->offsets + part->firstSegment,
        .lanes = layer->lanes,
        .tailSegments = part->tailSegments,
        .tailLanes = layer->tailLanes,
        .inputColumn = layer->inputColumn,
        .outputColumn = layer->outputColumn,
        .outputBlock = layer->outputBlock,
        .lower = layer->epilogue.lower,
        .upper = layer->epilogue.upper,
    };
    count = 1;
    if (columns * lines == 1 && are_alike(part, lastPanel - panel)) {
      count = CK_SIDE_BY_SIDE;
      compute_row(&first, part);
    } else {
      compute_panel(
          first, part->segments, layer->segmentsPerPass, columns, lines, layer->inputLine, layer->outputLine,
          (int)part->vectors);
    }
    if (layer->epilogue.count == 0) continue;
    const long lastBlock = part[count - 1].block + part[count - 1].vectors;
    for (long block = part->block; block < lastBlock; block++) {
      for (long y = 0; y < lines; y++) {
        float *stored = first.output + (block - part->block) * layer->outputBlock + y * layer->outputLine;
        apply_functions(
            &layer->epilogue, stored, stored, image, block, (line + y) * layer->columns + column, columns);
      }
    }
  }
}
