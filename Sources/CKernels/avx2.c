#include "instances.h"

#if defined(__x86_64__)
#define CK_WIDTH 8
#define CK_ROWS 6
#define CK_TALL_ROWS 12
#define CK_INSTRUCTION_SET CKInstructionSetAVX2
#define CK_NAME ck_avx2
#define CK_PERMUTE(X, LANES) __builtin_ia32_permvarsf256(X, LANES)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "Templates/kernels.h"
#pragma clang attribute pop
#endif
