// Every kernel for one instruction set. The including file has set the constants and the target.

#include "vector.h"
#include "transcendental.h"
#include "pointwise.h"
#include "tile.h"
#include "convolution.h"
#include "winograd.h"
#include "strassen.h"
#include "tiling.h"
#include "depthwise.h"
#include "pool.h"
#include "rows.h"
#include "layout.h"
#include "pick.h"
#include "resample.h"
#include "norms.h"
#include "peak.h"

const CKKernels CK_NAME = {
    .instructionSet = CK_INSTRUCTION_SET,
    .width = CK_WIDTH,
    .rows = CK_ROWS,
    .tallRows = CK_TALL_ROWS,
    .chains = CHAINS,
    .convolution = convolution,
    .winograd = winograd,
    .strassen = strassen,
    .depthwise = depthwise,
    .pool = pool,
    .pointwise = pointwise,
    .softmax = softmax,
    .layerNorm = layer_norm,
    .unitNorm = unit_norm,
    .block = block,
    .unblock = unblock,
    .gather = gather,
    .pad = pad,
    .pick = pick,
    .resample = resample,
    .groupNorm = group_norm,
    .localNorm = local_norm,
    .responseNorm = response_norm,
    .packMatrix = pack_matrix,
    .multiplyAdd = multiply_add,
    .readMemory = read_memory,
    .copyMemory = copy_memory,
};
