// Layers made of tiles: a job is some columns of some lines by some panels of output blocks.

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
  long lastLine = smaller(line + layer->linesPerJob, layer->lines);
  long lastPanel = smaller(panel + layer->panelsPerJob, layer->panelCount);

  for (; panel < lastPanel; panel++) {
    const CKPanel *part = &layer->panels[panel];
    int vectors = (int)part->vectors;
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
    compute_panel(
        first, part->segments, layer->segmentsPerPass, columns, lastLine - line, layer->inputLine, layer->outputLine,
        vectors);
    if (layer->epilogue.count == 0) continue;
    for (int v = 0; v < vectors; v++) {
      for (long y = line; y < lastLine; y++) {
        float *stored = first.output + v * layer->outputBlock + (y - line) * layer->outputLine;
        apply_functions(&layer->epilogue, stored, stored, image, part->block + v, y * layer->columns + column, columns);
      }
    }
  }
}
