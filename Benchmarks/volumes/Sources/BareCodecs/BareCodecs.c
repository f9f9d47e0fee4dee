#define _POSIX_C_SOURCE 199309L
#include "BareCodecs.h"
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

double bare_isal(const unsigned char *stored, size_t count, size_t decoded) {
  struct inflate_state *state = malloc(sizeof *state);
  double start = now();
  unsigned char *target = malloc(decoded);
  isal_inflate_init(state);
  state->crc_flag = ISAL_GZIP;
  state->next_in = (unsigned char *)stored;
  state->avail_in = (unsigned)count;
  state->next_out = target;
  state->avail_out = (unsigned)decoded;
  int status = isal_inflate(state);
  double seconds = now() - start;
  if (status != 0 || state->total_out != (unsigned)decoded) seconds = -1;
  free(target);
  free(state);
  return seconds;
}

double bare_libdeflate(const unsigned char *stored, size_t count, size_t decoded) {
  struct libdeflate_decompressor *state = libdeflate_alloc_decompressor();
  double start = now();
  unsigned char *target = malloc(decoded);
  size_t made = 0;
  int status = libdeflate_gzip_decompress(state, stored, count, target, decoded, &made);
  double seconds = now() - start;
  if (status != 0 || made != decoded) seconds = -1;
  free(target);
  libdeflate_free_decompressor(state);
  return seconds;
}
