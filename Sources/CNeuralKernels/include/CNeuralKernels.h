// Hot loops of the network engine, compiled once for each instruction set and chosen at run time.
//
// Activations are blocked: [sample][channel block][depth][height][width][16 channels], 64-byte
// aligned, channels beyond the last one zero. "Fine" and "coarse" name the two sides of a strided
// convolution: coarse voxel q and tap k meet fine voxel stride * q - 1 + k. A convolution runs from
// fine to coarse, a transposed one from coarse to fine; the gradients run the other way.
#pragma once
#include <stdint.h>

enum { cn_lanes = 16, cn_taps = 27 };

// A grid of voxels.
typedef struct {
  int64_t depth, height, width;
} cn_grid;

// One gather: out[q * out_step + out_start] = sum over taps of in[q * in_step + offset] * weights.
typedef struct {
  cn_grid in, out, q;
  int64_t in_blocks, out_blocks;
  int64_t in_step, out_step;
  int64_t out_start[3];
  int64_t taps;
  int8_t offsets[cn_taps][3];
} cn_gather;

// The sums over which the Dice loss of one slab is formed.
typedef struct {
  double overlap, predicted, target;
  // Voxels: foreground by argmax, and both that and target.
  int64_t chosen, both;
} cn_overlap;

typedef struct {
  // rest1 and rest2 are 1 - decay1 and 1 - decay2, formed in double precision.
  float rate, decay1, decay2, rest1, rest2, epsilon, correction1, correction2, weight_decay, scale;
} cn_adam;

// The loops of one instruction set.
typedef struct {
  const char *name;

  // Positions [begin, end) of samples * q, flattened; weights [out block][tap][in block][in][out].
  // With a shift [out block][16], what is stored is activation(sum + shift).
  void (*gather)(const cn_gather *g, const float *in, const float *weights, const float *shift,
                 float slope, float *out, int64_t begin, int64_t end);
  // Adds to the tiles dw[coarse block][tap], [16 fine][16 coarse] each, of one fine block, of coarse
  // blocks [begin, end) and of one depth tap; tiles are `tap_stride` floats apart.
  void (*weight_gradient)(cn_grid fine, int64_t fine_blocks, cn_grid coarse, int64_t coarse_blocks,
                          int64_t stride, int64_t samples, const float *x, const float *dy,
                          int64_t fine_block, int64_t coarse_begin, int64_t coarse_end,
                          int64_t depth_tap, float *dw, int64_t tap_stride);

  // One fine channel, stored with a halo of one zero voxel on every side. Weights [27][16].
  void (*expand)(cn_grid fine, cn_grid coarse, int64_t stride, const float *x, const float *weights,
                 float *y, int64_t depth_begin, int64_t depth_end);
  // Weights [coarse block][27][16]; fine depths [begin, end).
  void (*reduce)(cn_grid fine, cn_grid coarse, int64_t coarse_blocks, int64_t stride,
                 const float *y, const float *weights, float bias, float *x, int64_t depth_begin,
                 int64_t depth_end);
  // Sets dw [27][16] of one sample and coarse block.
  void (*expand_gradient)(cn_grid fine, cn_grid coarse, int64_t stride, const float *x,
                          const float *dy, float *dw);

  // Sums and sums of squares over `count` voxels of one block.
  void (*moments)(const float *y, int64_t count, double sum[16], double squares[16]);
  // a = activation(y * scale + shift).
  void (*affine_activation)(const float *y, int64_t count, const float scale[16],
                            const float shift[16], float slope, float *a);
  // Sums of du, du * xhat and (da * u where u is not positive).
  void (*activation_sums)(const float *y, const float *da, int64_t count, const float scale[16],
                          const float shift[16], const float mean[16], const float inverse[16],
                          float slope, double du[16], double du_xhat[16], double da_u[16]);
  // da := factor * (du - offset - xhat * tilt).
  void (*activation_gradient)(const float *y, float *da, int64_t count, const float scale[16],
                              const float shift[16], const float mean[16],
                              const float inverse[16], float slope, const float factor[16],
                              const float offset[16], const float tilt[16]);

  // One depth of a haloed volume: logit differences become probabilities.
  void (*dice_sums)(cn_grid grid, int64_t depth, float *x, const float *target, cn_overlap *sums);
  // Probabilities become the gradient of the logit difference.
  void (*dice_gradient)(cn_grid grid, int64_t depth, float *x, const float *target,
                        float inside, float outside);

  // out[row] = bias[row] + W[row] . x, of rows [begin, end).
  void (*rows_dot)(const float *w, const float *bias, const float *x, int64_t columns,
                   int64_t begin, int64_t end, float *out);
  // out = bias + sum of c[row] * W[row], over columns [begin, end).
  void (*rows_combine)(const float *w, const float *bias, const float *c, int64_t rows,
                       int64_t columns, int64_t begin, int64_t end, float *out);
  // dW[row] = sum over samples of d[sample][row] * x[sample].
  void (*rows_outer)(const float *d, const float *x, int64_t samples, int64_t rows,
                     int64_t columns, int64_t begin, int64_t end, float *dw);

  double (*sum_of_squares)(const float *x, int64_t count);
  void (*adam)(const cn_adam *settings, float *w, const float *g, float *m, float *v,
               int64_t count);
} cn_kernels;

// The loops of an instruction set by name (avx512, avx2, baseline); null where this machine lacks it.
const cn_kernels *cn_kernels_named(const char *name);
// The best of this machine.
const cn_kernels *cn_kernels_best(void);

// Tiles of 16 x 16 floats, transposed: to[i] = transpose(from[index[i]]).
void cn_transpose_tiles(const float *from, const int32_t *index, int64_t begin, int64_t end,
                        float *to);
// Bits (lowest first) into the inside of a haloed volume, as 0 and 1.
void cn_unpack_bits(cn_grid grid, const uint8_t *bits, float *x);
