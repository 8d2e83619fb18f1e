#include "CKMemory.h"

#include <time.h>

#if defined(__linux__)
#include <malloc.h>
#include <sys/mman.h>
#endif

void ck_give_back_memory(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

void ck_use_large_pages(void *memory, long bytes, CKLargePages *used) {
#if defined(MADV_HUGEPAGE)
  enum { waiting = 30000000, each = 250000 };
  for (long start = 0; start + CK_LARGE_PAGE <= bytes; start += CK_LARGE_PAGE) {
    if (used->nanoseconds > waiting + each * used->pages) return;
    char *page = (char *)memory + start;
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    if (madvise(page, CK_LARGE_PAGE, MADV_HUGEPAGE) != 0) return;
    *page = 0;
    clock_gettime(CLOCK_MONOTONIC, &after);
    used->pages++;
    used->nanoseconds += (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
  }
#else
  (void)memory, (void)bytes, (void)used;
#endif
}
