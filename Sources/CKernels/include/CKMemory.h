#ifndef CONVSCOPE_CKMEMORY_H
#define CONVSCOPE_CKMEMORY_H

/// Returns freed memory to the system. The C library keeps it for each thread that allocated; where several threads make
/// large networks ready one after the other, what they keep adds up.
void ck_give_back_memory(void);

#endif
