// Batch normalisation with SiLU as one operator for images in channels-last float on the processor.
//
// libtorch runs the two as separate passes, and its channels-last batch norm is not vectorised for few channels: together
// they took 40% of a training step of RTMPose-t. Fused, the forward pass reads the input twice and writes once, and backward
// needs the input alone: neither the normalised map nor the sigmoid is kept.
//
// The sums are formed in a fixed number of groups, whatever the number of threads, so that results do not depend on it. Where
// several processes train together, moments and gradients are those of all their images (PyTorch's SyncBatchNorm).

#include "process_group.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define SINEW_VECTORISED __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default"), noinline))
#else
#define SINEW_VECTORISED __attribute__((noinline))
#endif

namespace {

constexpr int64_t kGroups = 16;
// Floats that are summed in single precision before they go into doubles: few, as their rounding errors would show.
constexpr int64_t kBlock = 1 << 12;
constexpr int64_t kLane = 16;

// e^x within 2 ulp for |x| <= 60, in operations that a compiler vectorises. Beyond, a sigmoid is 0 or 1 to the last bit that
// matters; a wider range would let a compiler multiply by the limit's tiny value for every element, and denormals are slow.
__attribute__((always_inline)) inline float exponential(float x) {
  x = x < -60.0f ? -60.0f : x;
  x = x > 60.0f ? 60.0f : x;
  // Adding 1.5 * 2^23 leaves the nearest integer in the low bits.
  const float shifted = x * 1.44269504f + 12582912.0f;
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t power = (__builtin_bit_cast(int32_t, shifted) - 0x4B400000 + 127) << 23;
  return p * __builtin_bit_cast(float, power);
}

__attribute__((always_inline)) inline float sigmoid(float z) {
  return 1.0f / (1.0f + exponential(-z));
}

// sum += x - shift, squares += (x - shift)^2, column by column.
SINEW_VECTORISED void add_moments(const float* __restrict x, int64_t rows, int64_t width, const float* __restrict shift,
                                  float* __restrict sum, float* __restrict squares) {
  for (int64_t row = 0; row < rows; row++, x += width) {
    for (int64_t i = 0; i < width; i++) {
      const float d = x[i] - shift[i];
      sum[i] += d;
      squares[i] += d * d;
    }
  }
}

SINEW_VECTORISED void normalise(const float* __restrict x, int64_t rows, int64_t width, const float* __restrict mean,
                                const float* __restrict factor, const float* __restrict bias, float* __restrict y) {
  for (int64_t row = 0; row < rows; row++, x += width, y += width) {
    for (int64_t i = 0; i < width; i++) {
      const float z = (x[i] - mean[i]) * factor[i] + bias[i];
      y[i] = z * sigmoid(z);
    }
  }
}

// The gradient before the activation: g = dy * silu'(z).
__attribute__((always_inline)) inline float through_silu(float dy, float z) {
  const float s = sigmoid(z);
  return dy * (s + z * s * (1.0f - s));
}

// sum += g, products += g * (x - mean).
SINEW_VECTORISED void add_gradients(const float* __restrict x, const float* __restrict dy, int64_t rows, int64_t width,
                                    const float* __restrict mean, const float* __restrict factor,
                                    const float* __restrict bias, float* __restrict sum, float* __restrict products) {
  for (int64_t row = 0; row < rows; row++, x += width, dy += width) {
    for (int64_t i = 0; i < width; i++) {
      const float centred = x[i] - mean[i];
      const float g = through_silu(dy[i], centred * factor[i] + bias[i]);
      sum[i] += g;
      products[i] += g * centred;
    }
  }
}

SINEW_VECTORISED void differentiate(const float* __restrict x, const float* __restrict dy, int64_t rows, int64_t width,
                                    const float* __restrict mean, const float* __restrict factor,
                                    const float* __restrict bias, const float* __restrict slope,
                                    const float* __restrict shift, float* __restrict dx) {
  for (int64_t row = 0; row < rows; row++, x += width, dy += width, dx += width) {
    for (int64_t i = 0; i < width; i++) {
      const float centred = x[i] - mean[i];
      const float g = through_silu(dy[i], centred * factor[i] + bias[i]);
      dx[i] = g * factor[i] - shift[i] - centred * slope[i];
    }
  }
}

// The rows of a channels-last tensor, several side by side where that fills whole vectors: 12 channels become rows of 48.
struct Rows {
  int64_t channels;
  int64_t repeats;
  int64_t width;
  int64_t full;
  int64_t rest;
  int64_t per_block;
  int64_t blocks;

  Rows(int64_t positions, int64_t channel_count) : channels(channel_count), repeats(1) {
    while (repeats < kLane && channels * repeats % kLane != 0) {
      repeats++;
    }
    width = channels * repeats;
    full = positions / repeats;
    rest = positions % repeats * channels;
    per_block = std::max<int64_t>(1, kBlock / width);
    blocks = std::max<int64_t>(1, (full + per_block - 1) / per_block);
  }

  std::vector<float> repeated(const float* values) const {
    std::vector<float> all(static_cast<size_t>(width));
    for (int64_t i = 0; i < width; i++) {
      all[static_cast<size_t>(i)] = values[i % channels];
    }
    return all;
  }

  // body(offset of the first float, rows, width of a row); the rest of the positions, fewer than a row, comes with the last block.
  template <typename Body>
  void block(int64_t index, Body&& body) const {
    const int64_t first = index * per_block;
    const int64_t count = std::min(per_block, full - first);
    if (count > 0) {
      body(first * width, count, width);
    }
    if (index == blocks - 1 && rest > 0) {
      body(full * width, 1, rest);
    }
  }

  template <typename Body>
  void each(Body&& body) const {
    at::parallel_for(0, blocks, 1, [&](int64_t begin, int64_t end) {
      for (int64_t index = begin; index < end; index++) {
        block(index, body);
      }
    });
  }

  // Adds up two quantities per channel: body(offset, rows, width, first sums, second sums), sums in double per group of blocks.
  template <typename Body>
  void sum(std::vector<double>& first, std::vector<double>& second, Body&& body) const {
    std::vector<double> partial(static_cast<size_t>(kGroups * 2 * channels), 0.0);
    at::parallel_for(0, kGroups, 1, [&](int64_t begin, int64_t end) {
      std::vector<float> sums(static_cast<size_t>(2 * width));
      for (int64_t group = begin; group < end; group++) {
        double* into = partial.data() + group * 2 * channels;
        for (int64_t index = group * blocks / kGroups; index < (group + 1) * blocks / kGroups; index++) {
          std::fill(sums.begin(), sums.end(), 0.0f);
          block(index, [&](int64_t offset, int64_t rows, int64_t columns) {
            body(offset, rows, columns, sums.data(), sums.data() + width);
          });
          for (int64_t repeat = 0; repeat < repeats; repeat++) {
            const float* from = sums.data() + repeat * channels;
            for (int64_t c = 0; c < channels; c++) {
              into[c] += from[c];
              into[channels + c] += from[width + c];
            }
          }
        }
      }
    });
    first.assign(static_cast<size_t>(channels), 0.0);
    second.assign(static_cast<size_t>(channels), 0.0);
    for (int64_t group = 0; group < kGroups; group++) {
      const double* from = partial.data() + group * 2 * channels;
      for (int64_t c = 0; c < channels; c++) {
        first[static_cast<size_t>(c)] += from[c];
        second[static_cast<size_t>(c)] += from[channels + c];
      }
    }
  }
};

// Adds the sums of all processes of a group, and returns how many positions they have together; 0 is no group.
double add_processes(int64_t group, double positions, std::vector<double>& first, std::vector<double>& second) {
  if (group == 0) {
    return positions;
  }
  const auto channels = static_cast<int64_t>(first.size());
  at::Tensor all = at::empty({2 * channels + 1}, at::kDouble);
  double* values = all.data_ptr<double>();
  std::copy(first.begin(), first.end(), values);
  std::copy(second.begin(), second.end(), values + channels);
  values[2 * channels] = positions;
  sinew::all_reduce(group, all);
  std::copy(values, values + channels, first.begin());
  std::copy(values + channels, values + 2 * channels, second.begin());
  return values[2 * channels];
}

void check(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& running_mean,
           const at::Tensor& running_var) {
  TORCH_CHECK(x.dim() == 4 && x.numel() > 0, "batch_norm_silu takes images [N, C, H, W], not ", x.sizes());
  TORCH_CHECK(x.device().is_cpu() && x.scalar_type() == at::kFloat, "batch_norm_silu takes float on the processor, not ",
              x.scalar_type(), " on ", x.device());
  for (const at::Tensor* values : {&weight, &bias, &running_mean, &running_var}) {
    TORCH_CHECK(values->is_contiguous() && values->numel() == x.size(1) && values->scalar_type() == at::kFloat &&
                    values->device().is_cpu(),
                "batch_norm_silu: the input has ", x.size(1), " channels, a parameter is ", values->sizes());
  }
  TORCH_CHECK(x.numel() / x.size(1) > 1, "batch_norm_silu: one value per channel has no variance");
}

// z = (x - mean) * factor + bias, for whole rows. Folding the mean into the bias would cost digits where it is large.
struct Line {
  std::vector<float> mean;
  std::vector<float> factor;
  std::vector<float> bias;

  Line(const Rows& rows, const float* means, const float* inverse_deviations, const float* weights, const float* biases)
      : mean(rows.repeated(means)), factor(rows.repeated(weights)), bias(rows.repeated(biases)) {
    for (int64_t i = 0; i < rows.width; i++) {
      factor[static_cast<size_t>(i)] *= inverse_deviations[i % rows.channels];
    }
  }
};

class BatchNormSilu : public torch::autograd::Function<BatchNormSilu> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& input, const at::Tensor& weight,
                            const at::Tensor& bias, const at::Tensor& running_mean, const at::Tensor& running_var,
                            double momentum, double eps, int64_t group) {
    check(input, weight, bias, running_mean, running_var);
    const at::Tensor x = input.contiguous(at::MemoryFormat::ChannelsLast);
    const int64_t positions = x.numel() / x.size(1);
    const Rows rows(positions, x.size(1));
    const float* from = x.data_ptr<float>();

    // Sums of differences from one position's values, so that a large mean does not drown a small variance.
    const std::vector<float> shift = rows.repeated(from);
    std::vector<double> sums;
    std::vector<double> squares;
    rows.sum(sums, squares, [&](int64_t offset, int64_t count, int64_t width, float* first, float* second) {
      add_moments(from + offset, count, width, shift.data(), first, second);
    });

    at::Tensor mean = at::empty_like(weight);
    at::Tensor inverse = at::empty_like(weight);
    float* means = mean.data_ptr<float>();
    float* inverses = inverse.data_ptr<float>();
    float* running_means = running_mean.data_ptr<float>();
    float* running_vars = running_var.data_ptr<float>();
    // Every process shifts by values of its own: their sums are comparable once the shift is taken out again, in double.
    double n = static_cast<double>(positions);
    if (group != 0) {
      for (int64_t c = 0; c < rows.channels; c++) {
        const double own = from[c];
        double& sum = sums[static_cast<size_t>(c)];
        squares[static_cast<size_t>(c)] += 2 * own * sum + n * own * own;
        sum += n * own;
      }
      n = add_processes(group, n, sums, squares);
    }
    for (int64_t c = 0; c < rows.channels; c++) {
      const double difference = sums[static_cast<size_t>(c)] / n;
      const double average = group == 0 ? from[c] + difference : difference;
      const double variance = std::max(0.0, squares[static_cast<size_t>(c)] / n - difference * difference);
      means[c] = static_cast<float>(average);
      inverses[c] = static_cast<float>(1.0 / std::sqrt(variance + eps));
      running_means[c] = static_cast<float>(momentum * average + (1 - momentum) * running_means[c]);
      running_vars[c] = static_cast<float>(momentum * variance * n / (n - 1) + (1 - momentum) * running_vars[c]);
    }

    const Line line(rows, means, inverses, weight.data_ptr<float>(), bias.data_ptr<float>());
    at::Tensor y = at::empty_like(x);
    float* to = y.data_ptr<float>();
    rows.each([&](int64_t offset, int64_t count, int64_t width) {
      normalise(from + offset, count, width, line.mean.data(), line.factor.data(), line.bias.data(), to + offset);
    });
    context->save_for_backward({x, weight, bias, mean, inverse});
    context->saved_data["group"] = group;
    return y;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const at::Tensor& x = saved[0];
    const at::Tensor& weight = saved[1];
    const at::Tensor dy = gradients[0].contiguous(at::MemoryFormat::ChannelsLast);
    const Rows rows(x.numel() / x.size(1), x.size(1));
    const float* means = saved[3].data_ptr<float>();
    const float* inverses = saved[4].data_ptr<float>();
    const float* from = x.data_ptr<float>();
    const float* above = dy.data_ptr<float>();
    const Line line(rows, means, inverses, weight.data_ptr<float>(), saved[2].data_ptr<float>());

    std::vector<double> sums;
    std::vector<double> products;
    rows.sum(sums, products, [&](int64_t offset, int64_t count, int64_t width, float* first, float* second) {
      add_gradients(from + offset, above + offset, count, width, line.mean.data(), line.factor.data(), line.bias.data(),
                    first, second);
    });

    // The parameters' gradients are this process's share, which the trainer adds to the others'; the input's needs the sums of all.
    at::Tensor weight_gradient = at::empty_like(weight);
    at::Tensor bias_gradient = at::empty_like(weight);
    for (int64_t c = 0; c < rows.channels; c++) {
      weight_gradient.data_ptr<float>()[c] = static_cast<float>(products[static_cast<size_t>(c)] * inverses[c]);
      bias_gradient.data_ptr<float>()[c] = static_cast<float>(sums[static_cast<size_t>(c)]);
    }
    const double n = add_processes(context->saved_data["group"].toInt(), static_cast<double>(x.numel() / x.size(1)), sums, products);
    std::vector<float> slopes(static_cast<size_t>(rows.channels));
    std::vector<float> shifts(static_cast<size_t>(rows.channels));
    for (int64_t c = 0; c < rows.channels; c++) {
      const double inverse = inverses[c];
      const double factor = weight.data_ptr<float>()[c] * inverse;
      slopes[static_cast<size_t>(c)] = static_cast<float>(factor * inverse * inverse * products[static_cast<size_t>(c)] / n);
      shifts[static_cast<size_t>(c)] = static_cast<float>(factor * sums[static_cast<size_t>(c)] / n);
    }

    at::Tensor dx;
    if (context->needs_input_grad(0)) {
      const std::vector<float> slope = rows.repeated(slopes.data());
      const std::vector<float> shift = rows.repeated(shifts.data());
      dx = at::empty_like(x);
      float* to = dx.data_ptr<float>();
      rows.each([&](int64_t offset, int64_t count, int64_t width) {
        differentiate(from + offset, above + offset, count, width, line.mean.data(), line.factor.data(), line.bias.data(),
                      slope.data(), shift.data(), to + offset);
      });
    }
    return {dx, weight_gradient, bias_gradient, at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor(), at::Tensor()};
  }
};

at::Tensor batch_norm_silu(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias, const at::Tensor& running_mean,
                           const at::Tensor& running_var, double momentum, double eps, int64_t group) {
  return BatchNormSilu::apply(x, weight, bias, running_mean, running_var, momentum, eps, group);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(sinew, library) {
  library.def(
      "batch_norm_silu(Tensor x, Tensor weight, Tensor bias, Tensor(a!) running_mean, Tensor(b!) running_var, "
      "float momentum, float eps, int group=0) -> Tensor");
}

TORCH_LIBRARY_IMPL(sinew, Autograd, library) {
  library.impl("batch_norm_silu", batch_norm_silu);
}
