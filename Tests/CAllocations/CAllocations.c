#include "CAllocations.h"

#include <stdlib.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#if defined(__GLIBC__) && !defined(SANITIZED)

#include <errno.h>
#include <malloc.h>

// glibc's own functions, under the names that it exports for replacements such as these.
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);
void __libc_free(void *memory);

// In the thread's first block: to look it up must take no memory.
static _Thread_local ca_counts counts __attribute__((tls_model("initial-exec")));

static void *taken(void *memory) {
  if (memory) {
    counts.calls += 1;
    counts.bytes += (int64_t)malloc_usable_size(memory);
  }
  return memory;
}

void *malloc(size_t size) { return taken(__libc_malloc(size)); }
void *calloc(size_t count, size_t size) { return taken(__libc_calloc(count, size)); }
void *memalign(size_t alignment, size_t size) { return taken(__libc_memalign(alignment, size)); }

void *aligned_alloc(size_t alignment, size_t size) {
  return taken(__libc_memalign(alignment, size));
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
  if (alignment == 0 || alignment % sizeof(void *) != 0 || (alignment & (alignment - 1)) != 0)
    return EINVAL;
  void *block = taken(__libc_memalign(alignment, size));
  if (!block) return ENOMEM;
  *memory = block;
  return 0;
}

void *realloc(void *memory, size_t size) {
  int64_t before = memory ? (int64_t)malloc_usable_size(memory) : 0;
  void *block = __libc_realloc(memory, size);
  if (block || size == 0) counts.bytes -= before;
  return taken(block);
}

void free(void *memory) {
  if (memory) counts.bytes -= (int64_t)malloc_usable_size(memory);
  __libc_free(memory);
}

bool ca_counts_here(void) { return true; }
ca_counts ca_now(void) { return counts; }

#else

bool ca_counts_here(void) { return false; }
ca_counts ca_now(void) { return (ca_counts){0, 0}; }

#endif
