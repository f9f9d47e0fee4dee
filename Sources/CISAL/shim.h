#pragma once
#if !__has_include(<isa-l/igzip_lib.h>)
#error "isa-l/igzip_lib.h is missing: run `make setup` (libisal-dev)"
#endif
#include <isa-l/igzip_lib.h>
#include <isa-l.h>
#include <stdlib.h>

// Swift imports neither the arrays of these structs nor the sizes that macros compute.
static inline struct inflate_state *calvaria_isal_inflate_make(void) {
  return (struct inflate_state *)malloc(sizeof(struct inflate_state));
}
static inline struct isal_zstream *calvaria_isal_deflate_make(void) {
  return (struct isal_zstream *)malloc(sizeof(struct isal_zstream));
}
static inline uint32_t calvaria_isal_level_bytes(uint32_t level) {
  return level == 0 ? ISAL_DEF_LVL0_DEFAULT : level == 1 ? ISAL_DEF_LVL1_DEFAULT
         : level == 2 ? ISAL_DEF_LVL2_DEFAULT : ISAL_DEF_LVL3_DEFAULT;
}
// Whether everything handed over has come out, up to the flush.
static inline int calvaria_isal_is_flushed(const struct isal_zstream *stream) {
  return stream->avail_in == 0 && stream->internal_state.state == ZSTATE_NEW_HDR;
}
