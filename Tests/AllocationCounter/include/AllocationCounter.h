#ifndef CONVSCOPE_ALLOCATION_COUNTER_H
#define CONVSCOPE_ALLOCATION_COUNTER_H

/// How often the calling thread has asked for memory; -1 where that is not counted.
///
/// With the GNU C library the program's own malloc stands before the library's and counts.
long allocation_count(void);

#endif
