// Layers made of tiles: a job is some columns of some lines by some panels of output blocks.

static void convolution(const void *context, long job, float *scratch) {
  (void)scratch;
  const CKConvolution *layer = context;
  long allPanels = divide_up(layer->blocks, 2);
  long panelPieces = divide_up(allPanels, layer->panelsPerJob);
  long columnPieces = divide_up(layer->columns, layer->columnsPerJob);
  long linePieces = divide_up(layer->lines, layer->linesPerJob);
  // Columns change fastest, so that the weights of some panels are used again while they are near.
  long column = job % columnPieces * layer->columnsPerJob;
  job /= columnPieces;
  long line = job % linePieces * layer->linesPerJob;
  job /= linePieces;
  long panel = job % panelPieces * layer->panelsPerJob;
  job /= panelPieces;
  long group = job % layer->groups, image = job / layer->groups;
  long columns = smaller(layer->columnsPerJob, layer->columns - column);
  long lastLine = smaller(line + layer->linesPerJob, layer->lines);
  long lastPanel = smaller(panel + layer->panelsPerJob, allPanels);
  long products = layer->segments * layer->lanes + layer->tailSegments * layer->tailLanes;

  for (; panel < lastPanel; panel++) {
    int vectors = panel * 2 + 1 < layer->blocks ? 2 : 1;
    long block = group * layer->blocks + panel * 2;
    long place = block * layer->outputBlock + line * layer->outputLine + column * layer->outputColumn;
    const Tile first = {
        .input = layer->input + image * layer->inputBatch + group * layer->inputGroup + line * layer->inputLine +
                 column * layer->inputColumn,
        .weights = layer->weights + image * layer->weightBatch + group * layer->weightGroup + panel * 2 * W * products,
        .bias = layer->bias + block * W,
        .residual = layer->residual == NULL ? NULL : layer->residual + image * layer->residualBatch + place,
        .output = layer->output + image * layer->outputBatch + place,
        .offsets = layer->offsets,
        .lanes = layer->lanes,
        .tailLanes = layer->tailLanes,
        .inputColumn = layer->inputColumn,
        .outputColumn = layer->outputColumn,
        .outputBlock = layer->outputBlock,
        .lower = layer->epilogue.lower,
        .upper = layer->epilogue.upper,
    };
    for (long start = 0; start == 0 || start < layer->segments; start += layer->segmentsPerPass) {
      Tile tile = first;
      tile.isFirst = start == 0;
      tile.isLast = start + layer->segmentsPerPass >= layer->segments;
      tile.offsets += start;
      tile.segments = smaller(layer->segmentsPerPass, layer->segments - start);
      tile.weights += start * layer->lanes * vectors * W;
      tile.tailSegments = tile.isLast ? layer->tailSegments : 0;
      for (long y = line; y < lastLine; y++) {
        compute_columns(tile, columns, vectors);
        tile.input += layer->inputLine;
        tile.output += layer->outputLine;
        if (tile.residual != NULL) tile.residual += layer->outputLine;
      }
    }
    if (layer->epilogue.count == 0) continue;
    for (int v = 0; v < vectors; v++) {
      for (long y = line; y < lastLine; y++) {
        float *stored = first.output + v * layer->outputBlock + (y - line) * layer->outputLine;
        apply_functions(&layer->epilogue, stored, stored, image, block + v, y * layer->columns + column, columns);
      }
    }
  }
}
