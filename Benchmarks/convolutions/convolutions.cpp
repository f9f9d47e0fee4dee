// Each strided convolution of the reference network, forward and both gradients, on one thread: our
// loops against oneDNN's primitives in every memory format, interleaved; medians, GFLOP/s.
//
//   convolutions SHAPE BATCH REPEATS        SHAPE 64x64x32: five levels, 32 64 64 128 128 channels
//
// oneDNN is given each layout of activations that it has fast loops for, and `any`; what it would do
// with its reference implementation is named and not run.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <oneapi/dnnl/dnnl.hpp>
#include <string>
#include <vector>

extern "C" {
#include "CNeuralKernels.h"
}

using namespace dnnl;
using Tag = memory::format_tag;
using Seconds = double;

static engine device(engine::kind::cpu, 0);
static stream queue(device);

static Seconds now() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

static float *floats(size_t count) {
  float *p = static_cast<float *>(aligned_alloc(64, (count * 4 + 63) / 64 * 64));
  for (size_t i = 0; i < count; i++) p[i] = (i % 17) * 0.01f;
  return p;
}

struct Candidate {
  std::string name;
  std::function<void()> run;
  std::vector<Seconds> times;
  Seconds median() {
    std::sort(times.begin(), times.end());
    return times[times.size() / 2];
  }
};

struct Level {
  int64_t samples, fine, coarse, depth, height, width;
  double flop() const { return 2.0 * samples * 27 * fine * coarse * depth * height * width / 8; }
};

// Ours: down is a convolution forward, up its gradient to the input, weights its gradient to these.
static Candidate ours(const Level &l, const std::string &pass) {
  const cn_kernels *loops = cn_kernels_best();
  const int64_t fb = (l.fine + 15) / 16, cb = (l.coarse + 15) / 16;
  const cn_grid fine = {l.depth, l.height, l.width};
  const cn_grid coarse = {l.depth / 2, l.height / 2, l.width / 2};
  const int64_t positions = l.samples * coarse.depth * coarse.height * coarse.width;
  float *x = floats(l.samples * fb * 16 * fine.depth * fine.height * fine.width);
  float *y = floats(positions * cb * 16), *w = floats(27 * fb * cb * 256);
  std::vector<cn_gather> gathers;
  for (int c = 0; c < (pass == "forward" ? 1 : 8); c++) {
    cn_gather g = {};
    const int start[3] = {c >> 2, c >> 1 & 1, c & 1};
    const bool down = pass == "forward";
    g.in = down ? fine : coarse;
    g.out = down ? coarse : fine;
    g.q = coarse;
    g.in_blocks = down ? fb : cb;
    g.out_blocks = down ? cb : fb;
    g.in_step = down ? 2 : 1;
    g.out_step = down ? 1 : 2;
    for (int a = 0; a < 3; a++) g.out_start[a] = down ? 0 : start[a];
    for (int t = 0; t < 27; t++) {
      const int k[3] = {t / 9, t / 3 % 3, t % 3};
      bool meets = true;
      for (int a = 0; a < 3; a++) meets = meets && (down || (start[a] + 1 - k[a]) % 2 == 0);
      if (!meets) continue;
      for (int a = 0; a < 3; a++) g.offsets[g.taps][a] = down ? k[a] - 1 : (start[a] + 1 - k[a]) / 2;
      g.taps++;
    }
    gathers.push_back(g);
  }
  return {std::string("ours ") + loops->name, [=] {
            if (pass == "weights") {
              for (int64_t f = 0; f < fb; f++)
                for (int64_t k = 0; k < 3; k++)
                  loops->weight_gradient(fine, fb, coarse, cb, 2, l.samples, x, y, f, 0, cb, k,
                                         w + f * 256, fb * 256);
            } else {
              for (const cn_gather &g : gathers)
                loops->gather(&g, pass == "forward" ? x : y, w, nullptr, 1,
                              pass == "forward" ? y : x, 0, positions);
            }
          }};
}

static bool oneDNN(const Level &l, const std::string &pass, Tag tag, const char *name,
                   std::vector<Candidate> &list, std::string &refused) {
  const memory::dims strides{2, 2, 2}, pad{1, 1, 1};
  const auto f32 = memory::data_type::f32;
  const memory::desc x({l.samples, l.fine, l.depth, l.height, l.width}, f32, tag);
  const memory::desc w({l.coarse, l.fine, 3, 3, 3}, f32, Tag::any);
  const memory::desc y({l.samples, l.coarse, l.depth / 2, l.height / 2, l.width / 2}, f32, tag);
  const auto kind = algorithm::convolution_direct;
  try {
    convolution_forward::primitive_desc forward(device, prop_kind::forward_training, kind, x, w, y,
                                                strides, pad, pad);
    primitive p;
    memory::desc dx, dw, dy;
    std::string implementation;
    int in, out, other;
    if (pass == "forward") {
      p = convolution_forward(forward);
      dx = forward.src_desc(), dw = forward.weights_desc(), dy = forward.dst_desc();
      implementation = forward.impl_info_str();
      in = DNNL_ARG_SRC, other = DNNL_ARG_WEIGHTS, out = DNNL_ARG_DST;
    } else if (pass == "input") {
      convolution_backward_data::primitive_desc d(device, kind, x, w, y, strides, pad, pad, forward);
      p = convolution_backward_data(d);
      dx = d.diff_src_desc(), dw = d.weights_desc(), dy = d.diff_dst_desc();
      implementation = d.impl_info_str();
      in = DNNL_ARG_DIFF_SRC, other = DNNL_ARG_WEIGHTS, out = DNNL_ARG_DIFF_DST;
    } else {
      convolution_backward_weights::primitive_desc d(device, kind, x, w, y, strides, pad, pad,
                                                     forward);
      p = convolution_backward_weights(d);
      dx = d.src_desc(), dw = d.diff_weights_desc(), dy = d.diff_dst_desc();
      implementation = d.impl_info_str();
      in = DNNL_ARG_SRC, other = DNNL_ARG_DIFF_WEIGHTS, out = DNNL_ARG_DIFF_DST;
    }
    if (implementation.find("ref") != std::string::npos) {
      refused += std::string(" ") + name;
      return false;
    }
    auto fill = [](const memory::desc &d) {
      memory m(d, device);
      float *at = static_cast<float *>(m.get_data_handle());
      for (size_t i = 0; i < d.get_size() / 4; i++) at[i] = (i % 17) * 0.01f;
      return m;
    };
    std::unordered_map<int, memory> arguments{{in, fill(dx)}, {other, fill(dw)}, {out, fill(dy)}};
    list.push_back({std::string(name) + " " + implementation, [=]() mutable {
                      p.execute(queue, arguments);
                      queue.wait();
                    }});
    return true;
  } catch (const dnnl::error &) {
    return false;
  }
}

int main(int count, char **arguments) {
  long long depth = 64, height = 64, width = 32;
  if (count != 4 || sscanf(arguments[1], "%lldx%lldx%lld", &depth, &height, &width) != 3) {
    fprintf(stderr, "convolutions SHAPE BATCH REPEATS\n");
    return 2;
  }
  const int64_t samples = atoi(arguments[2]);
  const int repeats = atoi(arguments[3]);
  const int64_t channels[] = {32, 64, 64, 128, 128};
  Candidate gemm{"sgemm", [] {
                   static float *a = floats(1 << 20), *b = floats(1 << 20), *c = floats(1 << 20);
                   sgemm('N', 'N', 1024, 1024, 1024, 1, a, 1024, b, 1024, 0, c, 1024);
                 }};
  std::vector<Seconds> sums(2, 0);
  double total = 0;
  for (int level = 1; level < 5; level++) {
    const Level l = {samples,         channels[level - 1], channels[level],
                     depth >> level, height >> level,     width >> level};
    for (const std::string pass : {"forward", "input", "weights"}) {
      std::vector<Candidate> list{ours(l, pass)};
      std::string refused;
      oneDNN(l, pass, Tag::any, "any", list, refused);
      oneDNN(l, pass, Tag::nCdhw16c, "nCdhw16c", list, refused);
      oneDNN(l, pass, Tag::nCdhw8c, "nCdhw8c", list, refused);
      oneDNN(l, pass, Tag::ndhwc, "ndhwc", list, refused);
      oneDNN(l, pass, Tag::ncdhw, "ncdhw", list, refused);
      for (int r = 0; r <= repeats; r++) {
        for (Candidate &c : list) {
          const Seconds start = now();
          c.run();
          if (r) c.times.push_back(now() - start);
        }
        const Seconds start = now();
        gemm.run();
        if (r) gemm.times.push_back(now() - start);
      }
      printf("%lld > %lld at %lldx%lldx%lld, %s\n", (long long)l.fine, (long long)l.coarse,
             (long long)l.depth, (long long)l.height, (long long)l.width, pass.c_str());
      Seconds best = 1e9;
      for (size_t i = 0; i < list.size(); i++) {
        const Seconds m = list[i].median();
        printf("  %-34s %8.2f ms %6.1f GFLOP/s\n", list[i].name.c_str(), m * 1e3,
               l.flop() / m * 1e-9);
        if (i) best = std::min(best, m);
      }
      if (!refused.empty()) printf("  reference implementation only:%s\n", refused.c_str());
      sums[0] += list[0].median();
      sums[1] += best;
      total += l.flop();
    }
  }
  printf("all: ours %.1f ms, %.1f GFLOP/s; the best of oneDNN for each %.1f ms, %.1f GFLOP/s; "
         "sgemm %.1f GFLOP/s\n",
         sums[0] * 1e3, total / sums[0] * 1e-9, sums[1] * 1e3, total / sums[1] * 1e-9,
         2.0 * (1 << 30) / gemm.median() * 1e-9);
}
