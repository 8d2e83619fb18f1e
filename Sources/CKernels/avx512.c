#include "instances.h"

#if defined(__x86_64__)
#define CK_WIDTH 16
#define CK_ROWS 14
#define CK_TALL_ROWS 14
#define CK_INSTRUCTION_SET CKInstructionSetAVX512
#define CK_NAME ck_avx512
#define CK_PERMUTE(X, LANES) __builtin_ia32_permvarsf512(X, LANES)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
#include "Templates/kernels.h"
#pragma clang attribute pop
#endif
