#ifndef CONVSCOPE_CKINSTRUCTIONSET_H
#define CONVSCOPE_CKINSTRUCTIONSET_H

/// The widest vector instructions that a micro-kernel may use, in ascending order.
typedef enum {
  CKInstructionSetPortable = 0,
  CKInstructionSetAVX2 = 1,
  CKInstructionSetAVX512 = 2,
} CKInstructionSet;

/// What this processor and system offer.
CKInstructionSet ck_widest_instruction_set(void);

#endif
