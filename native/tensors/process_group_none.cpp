// Stands in for process groups where libtorch has none that can be used: everything else works, and each of these says what is missing.

#include "abi.hpp"
#include "process_group.hpp"

namespace {

template <typename Result>
Result missing(Result failed) {
  sinew::last_error() =
      "process group: this libtorch has none that native/tensors can use, so a training takes one process; the reason is in "
      ".sinew/build/tensors/process-groups.log of the checkout";
  return failed;
}

} // namespace

namespace sinew {

void all_reduce(int64_t, at::Tensor) {
  missing(0);
  TORCH_CHECK(false, last_error());
}

} // namespace sinew

SINEW_API void* sinew_store_open(const char*, int32_t, int32_t, const char*, int64_t) {
  return missing<void*>(nullptr);
}

SINEW_API int32_t sinew_store_port(void*) {
  return 0;
}

SINEW_API int64_t sinew_store_add(void*, const char*, int64_t) {
  return missing(INT64_MIN);
}

SINEW_API void sinew_store_close(void*) {}

SINEW_API void* sinew_group_join(void*, int32_t, int32_t, const char*, const char*, int64_t) {
  return missing<void*>(nullptr);
}

SINEW_API int32_t sinew_group_all_reduce(void*, void*) {
  return missing(-1);
}

SINEW_API int32_t sinew_group_broadcast(void*, void*, int32_t) {
  return missing(-1);
}

SINEW_API void sinew_group_close(void*) {}
