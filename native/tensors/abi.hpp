// What the files of the C ABI share: every function that can fail returns -1 (or null) and leaves its message for
// sinew_last_error() on the same thread.

#pragma once

#include <ATen/ATen.h>

#include <exception>
#include <string>

#define SINEW_API extern "C" __attribute__((visibility("default")))

namespace sinew {

inline std::string& last_error() {
  thread_local std::string message;
  return message;
}

inline at::Tensor& tensor_of(void* handle) {
  return *static_cast<at::Tensor*>(handle);
}

template <typename Body>
auto guarded(Body&& body, decltype(body()) failed) noexcept -> decltype(body()) {
  try {
    return body();
  } catch (const c10::Error& error) {
    last_error() = error.what_without_backtrace();
  } catch (const std::exception& error) {
    last_error() = error.what();
  } catch (...) {
    last_error() = "unknown error";
  }
  return failed;
}

} // namespace sinew
