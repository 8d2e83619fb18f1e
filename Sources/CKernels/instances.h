// The kernels, once for each instruction set.
#include <stddef.h>

#include "CKernels.h"

extern const CKKernels ck_portable, ck_avx2, ck_avx512;
