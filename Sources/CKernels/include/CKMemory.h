#ifndef CONVSCOPE_CKMEMORY_H
#define CONVSCOPE_CKMEMORY_H

/// Returns freed memory to the system. The C library keeps it for each thread that allocated; where several threads make
/// large networks ready one after the other, what they keep adds up.
void ck_give_back_memory(void);

/// The size of a large page, where the system has such.
enum { CK_LARGE_PAGE = 2 << 20 };

/// The large pages that were asked for, and how long the system took to make them.
typedef struct {
  long pages, nanoseconds;
} CKLargePages;

/// Asks for large pages for memory that starts at one and that nothing was written to: what is read in order needs fewer
/// translations of addresses. A system whose memory is in small pieces takes milliseconds to make one; if it does, the rest
/// stays as it is.
void ck_use_large_pages(void *memory, long bytes, CKLargePages *used);

#endif
