// A sum over processes as an operator with a gradient. What a process makes of the sum enters the whole loss beside what the
// others make of it, so the gradient of a summand is the sum of theirs.

#include "process_group.hpp"

#include <torch/csrc/autograd/custom_function.h>
#include <torch/library.h>

namespace {

class AllReduceSum : public torch::autograd::Function<AllReduceSum> {
 public:
  static at::Tensor forward(torch::autograd::AutogradContext* context, const at::Tensor& x, int64_t group) {
    context->saved_data["group"] = group;
    at::Tensor sum = x.contiguous().clone();
    sinew::all_reduce(group, sum);
    return sum;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list gradients) {
    at::Tensor sum = gradients[0].contiguous().clone();
    sinew::all_reduce(context->saved_data["group"].toInt(), sum);
    return {sum, at::Tensor()};
  }
};

at::Tensor all_reduce_sum(const at::Tensor& x, int64_t group) {
  return AllReduceSum::apply(x, group);
}

} // namespace

TORCH_LIBRARY_FRAGMENT(sinew, library) {
  library.def("all_reduce_sum(Tensor x, int group) -> Tensor");
}

TORCH_LIBRARY_IMPL(sinew, Autograd, library) {
  library.impl("all_reduce_sum", all_reduce_sum);
}
