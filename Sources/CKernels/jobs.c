// Into how many jobs a kernel's work falls; the kernels divide it in the same way.
#include "instances.h"

static long divided(long count, long by) { return (count + by - 1) / by; }

long ck_convolution_jobs(const CKConvolution *layer) {
  return layer->batch * divided(layer->lines, layer->linesPerJob) * divided(layer->columns, layer->columnsPerJob) *
         divided(layer->panelCount, layer->panelsPerJob);
}

long ck_winograd_jobs(const CKWinograd *layer) {
  long tiles =
      divided(layer->outputHeight, layer->filtering.tileY) * divided(layer->outputWidth, layer->filtering.tileX);
  return layer->batch * divided(tiles, layer->tilesPerJob) * divided(divided(layer->blocks, 2), layer->panelsPerJob);
}

long ck_strassen_jobs(const CKStrassen *layer) {
  const long panels = divided(layer->blocks, 4);
  return layer->batch * divided(layer->pixels, layer->pixelsPerJob) * divided(panels, layer->panelsPerJob);
}

long ck_depthwise_jobs(const CKDepthwise *layer) {
  return layer->batch * layer->blocks * divided(layer->outputHeight, layer->linesPerJob);
}

long ck_pool_jobs(const CKPooling *layer) { return layer->batch * layer->blocks; }

long ck_pointwise_jobs(const CKPointwise *map) {
  return map->batch * map->blocks * divided(map->pixels, map->pixelsPerJob);
}

long ck_rows_jobs(const CKRows *layer) { return layer->batch * divided(layer->rows, layer->rowsPerJob); }

long ck_blocking_jobs(const CKBlocking *map, long width) { return map->batch * divided(map->channels, width); }

long ck_gather_jobs(const CKGather *map) { return map->batch * map->blocks; }

long ck_pad_jobs(const CKPadding *map) { return map->batch * map->planes; }

long ck_pick_jobs(const CKPicking *map) { return map->sizes[0]; }

long ck_resample_jobs(const CKResampling *map) { return map->batch * map->blocks; }

long ck_group_norm_jobs(const CKGroupNorm *layer) {
  return layer->batch * divided(layer->channels, layer->channelsPerJob);
}

long ck_local_norm_jobs(const CKLocalNorm *layer) {
  return layer->batch * divided(layer->pixels, layer->pixelsPerJob);
}

long ck_matrix_jobs(const CKMatrix *matrix, long width) {
  return matrix->batch * divided(matrix->columns, 2 * width);
}

long ck_winograd_scratch(const CKWinograd *layer, long width) {
  return ck_filtering_points(&layer->filtering) * ((layer->inputBlocks + 2) * layer->tilesPerJob * width + 32);
}

long ck_strassen_scratch(const CKStrassen *layer, long width) {
  // Four sums of inputs, two blocks each of U2 and U3, and of every panel what is kept from slice to slice.
  long isSliced = divided(layer->inputBlocks, 2) > layer->pairsPerSlice;
  long blocks = 4 * layer->pairsPerSlice + 4 + (isSliced ? 8 * layer->panelsPerJob : 0);
  return blocks * divided(layer->pixelsPerJob, 2) * width;
}

long ck_pool_scratch(const CKPooling *layer, long width) { return layer->width * width + layer->outputWidth; }

long ck_group_norm_scratch(const CKGroupNorm *layer, long width) {
  return 2 * divided(layer->channelsPerJob, width) * width;
}

long ck_response_norm_scratch(const CKResponseNorm *layer, long width) {
  return divided(layer->channels, width) * width;
}

long ck_local_norm_scratch(const CKLocalNorm *layer, long width) {
  return divided(layer->channels, width) * width + layer->size;
}
