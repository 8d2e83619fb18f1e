#include "instances.h"

CKInstructionSet ck_widest_instruction_set(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) {
#ifdef CK_EMULATE_AVX512
    return CKInstructionSetAVX512;
#else
    int hasAVX512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    return hasAVX512 ? CKInstructionSetAVX512 : CKInstructionSetAVX2;
#endif
  }
#endif
  return CKInstructionSetPortable;
}

const CKKernels *ck_kernels(CKInstructionSet instructionSet) {
  switch (instructionSet) {
#if defined(__x86_64__)
  case CKInstructionSetAVX512: return &ck_avx512;
  case CKInstructionSetAVX2: return &ck_avx2;
#endif
  case CKInstructionSetPortable: return &ck_portable;
  default: return NULL;
  }
}
