#include "instances.h"

#if defined(__x86_64__)
#define CK_WIDTH 16
#define CK_ROWS 14
#define CK_TALL_ROWS 14
#define CK_INSTRUCTION_SET CKInstructionSetAVX512
#define CK_NAME ck_avx512
#ifdef CK_EMULATE_AVX512
// The same source for tests on processors without these instructions: a vector of sixteen becomes two of eight.
#define CK_TARGET "avx2,fma"
#pragma clang diagnostic ignored "-Wpsabi"
#else
#define CK_TARGET "avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"
#define CK_PERMUTE(X, LANES) __builtin_ia32_permvarsf512(X, LANES)
#endif
#pragma clang attribute push(__attribute__((target(CK_TARGET))), apply_to = function)
#include "Templates/kernels.h"
#pragma clang attribute pop
#endif
