// Processes that train together: the one thing that operators need of them.

#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace sinew {

// Adds up a tensor over all processes of a group, in place; `group` is what sinew_group_join gave. Throws where one of them is gone.
void all_reduce(int64_t group, at::Tensor values);

} // namespace sinew
