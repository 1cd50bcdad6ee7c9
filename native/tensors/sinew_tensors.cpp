// A C ABI over libtorch. One boxed call through the dispatcher serves every operator, with autograd; beside it stand only
// the things that are no operators: handles, gradients, backward, threads and random state. Anything that C# can do, C# does.

#include "abi.hpp"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <ATen/autocast_mode.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/GradMode.h>
#include <c10/core/impl/LocalDispatchKeySet.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/version.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

namespace {

using sinew::guarded;
using sinew::last_error;
using sinew::tensor_of;

enum Kind : int32_t {
  kNone = 0,
  kTensor = 1,
  kDouble = 2,
  kLong = 3,
  kBool = 4,
  kLongList = 5,
  kDoubleList = 6,
  kBoolList = 7,
  kTensorList = 8,
  kOptionalTensorList = 9,
  kDevice = 10,
  kString = 11,
  kDefault = 12,
};

// One argument or result. `length` counts the elements of a list or the bytes of a string, and is a device's index.
struct Value {
  int32_t kind;
  int32_t length;
  union {
    int64_t integer;
    double real;
    void* pointer;
  };
};
static_assert(sizeof(Value) == 16, "C# lays this out by hand");

// What a number has to become before the schema takes it: a boxed call does not convert integers to floats by itself.
enum class Widen : uint8_t { kNothing, kDouble, kDoubleList };

struct Operator {
  c10::OperatorHandle handle;
  std::vector<Widen> widen;
};

thread_local std::vector<Value> results_of_last_call;
thread_local torch::jit::Stack stack_of_this_thread;
std::atomic<int64_t> live_handles{0};

void* handle_of(at::Tensor tensor) {
  if (!tensor.defined()) {
    return nullptr;
  }
  auto* handle = new at::Tensor(std::move(tensor));
  live_handles.fetch_add(1, std::memory_order_relaxed);
  return handle;
}

Widen widen_for(const c10::TypePtr& declared) {
  c10::TypePtr type = declared;
  if (type->kind() == c10::TypeKind::OptionalType) {
    type = type->castRaw<c10::OptionalType>()->getElementType();
  }
  if (type->kind() == c10::TypeKind::FloatType) {
    return Widen::kDouble;
  }
  if (type->kind() == c10::TypeKind::ListType &&
      type->castRaw<c10::ListType>()->getElementType()->kind() == c10::TypeKind::FloatType) {
    return Widen::kDoubleList;
  }
  return Widen::kNothing;
}

template <typename Element>
c10::List<Element> list_of(const Value& value) {
  c10::List<Element> list;
  list.reserve(value.length);
  const auto* elements = static_cast<const Element*>(value.pointer);
  for (int32_t i = 0; i < value.length; i++) {
    list.push_back(elements[i]);
  }
  return list;
}

c10::IValue ivalue_of(const Value& value, Widen widen) {
  switch (value.kind) {
    case kNone:
      return c10::IValue();
    case kTensor:
      return value.pointer == nullptr ? c10::IValue() : c10::IValue(tensor_of(value.pointer));
    case kDouble:
      return c10::IValue(value.real);
    case kLong:
      return widen == Widen::kDouble ? c10::IValue(static_cast<double>(value.integer)) : c10::IValue(value.integer);
    case kBool:
      return c10::IValue(value.integer != 0);
    case kLongList: {
      if (widen == Widen::kDoubleList) {
        c10::List<double> list;
        const auto* elements = static_cast<const int64_t*>(value.pointer);
        for (int32_t i = 0; i < value.length; i++) {
          list.push_back(static_cast<double>(elements[i]));
        }
        return c10::IValue(std::move(list));
      }
      return c10::IValue(list_of<int64_t>(value));
    }
    case kDoubleList:
      return c10::IValue(list_of<double>(value));
    case kBoolList:
      return c10::IValue(list_of<bool>(value));
    case kTensorList: {
      c10::List<at::Tensor> list;
      list.reserve(value.length);
      auto* const* handles = static_cast<void* const*>(value.pointer);
      for (int32_t i = 0; i < value.length; i++) {
        list.push_back(tensor_of(handles[i]));
      }
      return c10::IValue(std::move(list));
    }
    case kOptionalTensorList: {
      c10::impl::GenericList list(c10::OptionalType::create(c10::TensorType::get()));
      list.reserve(value.length);
      auto* const* handles = static_cast<void* const*>(value.pointer);
      for (int32_t i = 0; i < value.length; i++) {
        list.push_back(handles[i] == nullptr ? c10::IValue() : c10::IValue(tensor_of(handles[i])));
      }
      return c10::IValue(std::move(list));
    }
    case kDevice:
      return c10::IValue(c10::Device(static_cast<c10::DeviceType>(value.integer),
                                     static_cast<c10::DeviceIndex>(value.length)));
    case kString:
      return c10::IValue(std::string(static_cast<const char*>(value.pointer), static_cast<size_t>(value.length)));
    default:
      TORCH_CHECK(false, "argument of unknown kind ", value.kind);
  }
}

void push_tensor(at::Tensor tensor) {
  Value value{};
  value.kind = kTensor;
  value.pointer = handle_of(std::move(tensor));
  results_of_last_call.push_back(value);
}

void push_result(c10::IValue&& result) {
  Value value{};
  if (result.isTensor()) {
    push_tensor(std::move(result).toTensor());
    return;
  }
  if (result.isTensorList()) {
    for (const at::Tensor& tensor : result.toTensorVector()) {
      push_tensor(tensor);
    }
    return;
  }
  if (result.isNone()) {
    value.kind = kNone;
  } else if (result.isBool()) {
    value.kind = kBool;
    value.integer = result.toBool() ? 1 : 0;
  } else if (result.isInt()) {
    value.kind = kLong;
    value.integer = result.toInt();
  } else if (result.isDouble()) {
    value.kind = kDouble;
    value.real = result.toDouble();
  } else {
    TORCH_CHECK(false, "a result of type ", result.tagKind(), " has no form here");
  }
  results_of_last_call.push_back(value);
}

void release(void* handle) {
  if (handle != nullptr) {
    delete static_cast<at::Tensor*>(handle);
    live_handles.fetch_sub(1, std::memory_order_relaxed);
  }
}

void drop_results() {
  for (const Value& value : results_of_last_call) {
    if (value.kind == kTensor) {
      release(value.pointer);
    }
  }
  results_of_last_call.clear();
}

} // namespace

SINEW_API const char* sinew_last_error() {
  return last_error().c_str();
}

SINEW_API const char* sinew_version() {
  return TORCH_VERSION;
}

// ---- operators

// Finds an operator once; the answer is good for the life of the process.
SINEW_API void* sinew_operator(const char* name, const char* overload) {
  return guarded([&]() -> void* {
    auto handle = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(handle.has_value(), "this libtorch (", TORCH_VERSION, ") has no such operator");
    auto found = std::make_unique<Operator>(Operator{*handle, {}});
    for (const auto& argument : found->handle.schema().arguments()) {
      found->widen.push_back(widen_for(argument.type()));
    }
    return found.release();
  }, nullptr);
}

// Calls an operator. Trailing arguments that are not given, and those of kind kDefault, take the schema's defaults. The
// results lie in memory of this thread until its next call; their tensors belong to the caller. A list of tensors among the
// results is flattened. Returns how many results there are.
SINEW_API int32_t sinew_call(const void* operation, const Value* arguments, int32_t count, const Value** results) {
  const auto& found = *static_cast<const Operator*>(operation);
  // A nested call on this thread (from a backward hook) must not see this call's stack.
  torch::jit::Stack stack = std::move(stack_of_this_thread);
  stack.clear();
  // The tensors of the call before belong to the caller since.
  results_of_last_call.clear();
  const int32_t status = guarded([&]() -> int32_t {
    const auto& declared = found.handle.schema().arguments();
    TORCH_CHECK(static_cast<size_t>(count) <= declared.size(), "takes at most ", declared.size(), " arguments, got ", count);
    for (size_t i = 0; i < declared.size(); i++) {
      if (i < static_cast<size_t>(count) && arguments[i].kind != kDefault) {
        stack.push_back(ivalue_of(arguments[i], found.widen[i]));
      } else {
        TORCH_CHECK(declared[i].default_value().has_value(), "argument '", declared[i].name(), "' is missing");
        stack.push_back(*declared[i].default_value());
      }
    }
    found.handle.callBoxed(stack);
    for (auto& result : stack) {
      push_result(std::move(result));
    }
    return static_cast<int32_t>(results_of_last_call.size());
  }, -1);
  stack.clear();
  stack_of_this_thread = std::move(stack);
  if (status < 0) {
    drop_results();
  }
  *results = results_of_last_call.data();
  return status;
}

// ---- handles

SINEW_API void sinew_release(void* const* handles, int32_t count) {
  for (int32_t i = 0; i < count; i++) {
    release(handles[i]);
  }
}

SINEW_API int64_t sinew_live_handles() {
  return live_handles.load(std::memory_order_relaxed);
}

struct Description {
  int64_t count;
  int32_t rank;
  int32_t dtype;
  int32_t device_type;
  int32_t device_index;
  int32_t contiguous;
  int32_t requires_grad;
  int32_t channels_last;
};

SINEW_API void sinew_describe(void* handle, Description* description) {
  const at::Tensor& tensor = tensor_of(handle);
  description->count = tensor.numel();
  description->rank = static_cast<int32_t>(tensor.dim());
  description->dtype = static_cast<int32_t>(tensor.scalar_type());
  description->device_type = static_cast<int32_t>(tensor.device().type());
  description->device_index = tensor.device().index();
  description->contiguous = tensor.is_contiguous() ? 1 : 0;
  description->requires_grad = tensor.requires_grad() ? 1 : 0;
  description->channels_last = tensor.is_contiguous(at::MemoryFormat::ChannelsLast) ? 1 : 0;
}

// Copies the sizes and strides, `rank` of each.
SINEW_API void sinew_sizes(void* handle, int64_t* sizes, int64_t* strides) {
  const at::Tensor& tensor = tensor_of(handle);
  const size_t bytes = sizeof(int64_t) * static_cast<size_t>(tensor.dim());
  std::memcpy(sizes, tensor.sizes().data(), bytes);
  std::memcpy(strides, tensor.strides().data(), bytes);
}

SINEW_API void* sinew_data(void* handle) {
  return guarded([&]() -> void* { return tensor_of(handle).data_ptr(); }, nullptr);
}

SINEW_API int32_t sinew_same(void* left, void* right) {
  return tensor_of(left).is_same(tensor_of(right)) ? 1 : 0;
}

// ---- gradients

SINEW_API int32_t sinew_set_requires_grad(void* handle, int32_t value) {
  return guarded([&]() -> int32_t {
    tensor_of(handle).set_requires_grad(value != 0);
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_grad(void* handle, void** gradient) {
  return guarded([&]() -> int32_t {
    *gradient = handle_of(tensor_of(handle).grad());
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_set_grad(void* handle, void* gradient) {
  return guarded([&]() -> int32_t {
    tensor_of(handle).mutable_grad() = gradient == nullptr ? at::Tensor() : tensor_of(gradient);
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_backward(void* handle, void* gradient, int32_t retain_graph) {
  return guarded([&]() -> int32_t {
    std::vector<at::Tensor> gradients;
    if (gradient != nullptr) {
      gradients.push_back(tensor_of(gradient));
    }
    torch::autograd::backward({tensor_of(handle)}, gradients, retain_graph != 0);
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_grad_enabled() {
  return c10::GradMode::is_enabled() ? 1 : 0;
}

SINEW_API void sinew_set_grad_enabled(int32_t enabled) {
  c10::GradMode::set_enabled(enabled != 0);
}

// ---- automatic lower precision

namespace {

c10::DispatchKey autocast_key(int32_t device_type) {
  return static_cast<c10::DeviceType>(device_type) == c10::DeviceType::CUDA ? c10::DispatchKey::AutocastCUDA
                                                                            : c10::DispatchKey::AutocastCPU;
}

} // namespace

// The functions that libtorch has for this were renamed between its versions; the key that they set was not.
SINEW_API int32_t sinew_autocast(int32_t device_type) {
  return c10::impl::tls_is_dispatch_key_excluded(autocast_key(device_type)) ? 0 : 1;
}

SINEW_API int32_t sinew_set_autocast(int32_t device_type, int32_t enabled) {
  return guarded([&]() -> int32_t {
    c10::impl::tls_set_dispatch_key_excluded(autocast_key(device_type), enabled == 0);
    if (enabled == 0) {
      at::autocast::clear_cache();
    }
    return 0;
  }, -1);
}

// ---- random numbers, threads, devices

SINEW_API int32_t sinew_manual_seed(int64_t seed) {
  return guarded([&]() -> int32_t {
    at::manual_seed(static_cast<uint64_t>(seed));
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_random_state(int32_t device_type, int32_t device_index, void** state) {
  return guarded([&]() -> int32_t {
    auto generator = at::globalContext().defaultGenerator(
        c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index)));
    std::lock_guard<std::mutex> lock(generator.mutex());
    *state = handle_of(generator.get_state());
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_set_random_state(int32_t device_type, int32_t device_index, void* state) {
  return guarded([&]() -> int32_t {
    auto generator = at::globalContext().defaultGenerator(
        c10::Device(static_cast<c10::DeviceType>(device_type), static_cast<c10::DeviceIndex>(device_index)));
    std::lock_guard<std::mutex> lock(generator.mutex());
    generator.set_state(tensor_of(state));
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_threads() {
  return at::get_num_threads();
}

SINEW_API int32_t sinew_set_threads(int32_t threads) {
  return guarded([&]() -> int32_t {
    at::set_num_threads(threads);
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_interop_threads() {
  return at::get_num_interop_threads();
}

SINEW_API int32_t sinew_set_interop_threads(int32_t threads) {
  return guarded([&]() -> int32_t {
    at::set_num_interop_threads(threads);
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_cuda_available() {
  return guarded([]() -> int32_t { return at::hasCUDA() ? 1 : 0; }, 0);
}
