// Counts what the calling thread takes from the allocator, for tests. Linked into the program of the
// tests, its functions stand before the C library's; where that is not glibc, or a sanitizer has the
// allocator, nothing is counted.
#ifndef CALLOCATIONS_H
#define CALLOCATIONS_H

#include <stdbool.h>
#include <stdint.h>

typedef struct {
  // Calls that took memory, and bytes taken less bytes given back.
  int64_t calls, bytes;
} ca_counts;

// Whether anything is counted.
bool ca_counts_here(void);

// What this thread has done since it began.
ca_counts ca_now(void);

#endif
