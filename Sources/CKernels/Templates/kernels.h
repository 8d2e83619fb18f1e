// Every kernel for one instruction set. The including file has set the constants and the target.

#include "vector.h"
#include "transcendental.h"
#include "pointwise.h"
#include "tile.h"
#include "convolution.h"
#include "winograd.h"
#include "depthwise.h"
#include "pool.h"
#include "rows.h"
#include "layout.h"

const CKKernels CK_NAME = {
    .instructionSet = CK_INSTRUCTION_SET,
    .width = CK_WIDTH,
    .rows = CK_ROWS,
    .tallRows = CK_TALL_ROWS,
    .convolution = convolution,
    .winograd = winograd,
    .depthwise = depthwise,
    .pool = pool,
    .pointwise = pointwise,
    .softmax = softmax,
    .layerNorm = layer_norm,
    .block = block,
    .unblock = unblock,
    .gather = gather,
    .pad = pad,
    .packMatrix = pack_matrix,
};
