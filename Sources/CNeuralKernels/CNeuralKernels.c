#include "CNeuralKernels.h"

#include <string.h>

// Vectors wider than the machine's cross only inlined and static functions of one instruction set.
#pragma clang diagnostic ignored "-Wpsabi"

typedef float v16 __attribute__((vector_size(64), aligned(64)));
typedef float v16u __attribute__((vector_size(64), aligned(4)));
typedef float v8 __attribute__((vector_size(32)));
typedef float v4 __attribute__((vector_size(16)));
typedef int32_t v16i __attribute__((vector_size(64)));

// What voxels outside a grid are read from.
static const float zeros[16] __attribute__((aligned(64)));

#define CN(name) baseline_##name
#define CN_NAME "baseline"
#define CN_TARGET
#define CN_TILE 3
#define CN_OUTER_PARTS CN_PART(0, 4); CN_PART(4, 4); CN_PART(8, 4); CN_PART(12, 4);
#include "kernels.inc"
#undef CN
#undef CN_NAME
#undef CN_TARGET
#undef CN_TILE
#undef CN_OUTER_PARTS

#if defined(__x86_64__)

#define CN(name) avx2_##name
#define CN_NAME "avx2"
#define CN_TARGET __attribute__((target("avx2,fma")))
#define CN_TILE 6
#define CN_OUTER_PARTS CN_PART(0, 6); CN_PART(6, 5); CN_PART(11, 5);
#include "kernels.inc"
#undef CN
#undef CN_NAME
#undef CN_TARGET
#undef CN_TILE
#undef CN_OUTER_PARTS

#define CN(name) avx512_##name
#define CN_NAME "avx512"
#define CN_TARGET \
  __attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"), min_vector_width(512)))
#define CN_TILE 10
#define CN_OUTER_PARTS CN_PART(0, 16);
#include "kernels.inc"
#undef CN
#undef CN_NAME
#undef CN_TARGET
#undef CN_TILE
#undef CN_OUTER_PARTS

#endif

const cn_kernels *cn_kernels_named(const char *name) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (!strcmp(name, "avx512"))
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                   __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
               ? &avx512_kernels
               : 0;
  if (!strcmp(name, "avx2"))
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &avx2_kernels : 0;
#endif
  return strcmp(name, "baseline") ? 0 : &baseline_kernels;
}

const cn_kernels *cn_kernels_best(void) {
  const cn_kernels *best = cn_kernels_named("avx512");
  if (!best) best = cn_kernels_named("avx2");
  return best ? best : cn_kernels_named("baseline");
}

void cn_transpose_tiles(const float *from, const int32_t *index, int64_t begin, int64_t end,
                        float *to) {
  for (int64_t t = begin; t < end; t++) {
    const float *a = from + (int64_t)index[t] * 256;
    float *b = to + t * 256;
    for (int i = 0; i < 16; i++)
      for (int j = 0; j < 16; j++) b[16 * j + i] = a[16 * i + j];
  }
}

void cn_unpack_bits(cn_grid grid, const uint8_t *bits, float *x) {
  const int64_t row = grid.width + 2, plane = (grid.height + 2) * row;
  int64_t bit = 0;
  for (int64_t d = 0; d < grid.depth; d++)
    for (int64_t h = 0; h < grid.height; h++) {
      float *to = x + (d + 1) * plane + (h + 1) * row + 1;
      for (int64_t w = 0; w < grid.width; w++, bit++) to[w] = bits[bit >> 3] >> (bit & 7) & 1;
    }
}
