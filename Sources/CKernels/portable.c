#include "instances.h"

// Vectors of four, which every processor in question has; sixteen registers suffice.
#define CK_WIDTH 4
#define CK_ROWS 6
#define CK_TALL_ROWS 12
#define CK_INSTRUCTION_SET CKInstructionSetPortable
#define CK_NAME ck_portable
#include "Templates/kernels.h"
