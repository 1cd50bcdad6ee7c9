// Process groups over TCP: libtorch's own store, where processes meet, and its own Gloo, which adds up their tensors.

#define USE_C10D_GLOO

#include "abi.hpp"
#include "process_group.hpp"

#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace {

using sinew::guarded;

struct Store {
  c10::intrusive_ptr<c10d::TCPStore> server;
  // What these processes write has a prefix: a launcher's store has keys of its own, and those of the attempt before.
  c10::intrusive_ptr<c10d::Store> keys;
};
using Group = c10::intrusive_ptr<c10d::ProcessGroupGloo>;

// What goes wrong between processes begins with these words, by which C# tells it from an operator's own errors.
template <typename Body>
auto between_processes(Body&& body) -> decltype(body()) {
  try {
    return body();
  } catch (const c10::Error& error) {
    TORCH_CHECK(false, "process group: ", error.what_without_backtrace());
  } catch (const std::exception& error) {
    TORCH_CHECK(false, "process group: ", error.what());
  }
}

// From 2.4 on the store's server would be libuv's, which not every libtorch is built with; it speaks the same language.
template <typename Options>
auto without_libuv(Options& options, int) -> decltype(options.useLibUV, void()) {
  options.useLibUV = false;
}

template <typename Options>
void without_libuv(Options&, long) {
}

Group& group_of(void* handle) {
  return *static_cast<Group*>(handle);
}

} // namespace

namespace sinew {

void all_reduce(int64_t group, at::Tensor values) {
  between_processes([&] {
    std::vector<at::Tensor> list{std::move(values)};
    group_of(reinterpret_cast<void*>(group))->allreduce(list)->wait();
  });
}

} // namespace sinew

// Opens the store: its one server listens on the port (0: any that is free), the others connect to it.
SINEW_API void* sinew_store_open(const char* host, int32_t port, int32_t is_server, const char* prefix, int64_t timeout_ms) {
  return guarded([&]() -> void* {
    return between_processes([&]() -> void* {
      c10d::TCPStoreOptions options;
      options.port = static_cast<uint16_t>(port);
      options.isServer = is_server != 0;
      options.waitWorkers = false;
      options.timeout = std::chrono::milliseconds(timeout_ms);
      without_libuv(options, 0);
      auto server = c10::make_intrusive<c10d::TCPStore>(host, options);
      return new Store{server, c10::make_intrusive<c10d::PrefixStore>(prefix, server)};
    });
  }, nullptr);
}

SINEW_API int32_t sinew_store_port(void* store) {
  return static_cast<Store*>(store)->server->getPort();
}

// Adds to a counter and returns what it came to; 0 only looks.
SINEW_API int64_t sinew_store_add(void* store, const char* key, int64_t amount) {
  return guarded([&]() -> int64_t {
    return between_processes([&] { return static_cast<Store*>(store)->keys->add(key, amount); });
  }, INT64_MIN);
}

SINEW_API void sinew_store_close(void* store) {
  delete static_cast<Store*>(store);
}

// Joins the group: returns when all processes are there. It listens on the network interface of that name, or else on the
// one that the address belongs to, or else on the one of the machine's own name.
SINEW_API void* sinew_group_join(void* store, int32_t rank, int32_t size, const char* interface, const char* address, int64_t timeout_ms) {
  return guarded([&]() -> void* {
    return between_processes([&]() -> void* {
      auto options = c10d::ProcessGroupGloo::Options::create(std::chrono::milliseconds(timeout_ms));
      if (*interface != '\0') {
        options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(interface));
      } else if (*address != '\0') {
        options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname(address));
      } else {
        options->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
      }
      return new Group(c10::make_intrusive<c10d::ProcessGroupGloo>(static_cast<Store*>(store)->keys, rank, size, options));
    });
  }, nullptr);
}

SINEW_API int32_t sinew_group_all_reduce(void* group, void* tensor) {
  return guarded([&]() -> int32_t {
    sinew::all_reduce(reinterpret_cast<int64_t>(group), sinew::tensor_of(tensor));
    return 0;
  }, -1);
}

SINEW_API int32_t sinew_group_broadcast(void* group, void* tensor, int32_t from) {
  return guarded([&]() -> int32_t {
    between_processes([&] {
      std::vector<at::Tensor> list{sinew::tensor_of(tensor)};
      c10d::BroadcastOptions options;
      options.rootRank = from;
      group_of(group)->broadcast(list, options)->wait();
    });
    return 0;
  }, -1);
}

SINEW_API void sinew_group_close(void* group) {
  delete static_cast<Group*>(group);
}
