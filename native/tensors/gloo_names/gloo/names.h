// The names of Gloo that libtorch's header of its process groups mentions, and nothing behind them.
//
// Gloo itself is inside libtorch; official builds carry it without its headers. Nothing here makes an object of these types or
// calls one: they are held by pointers that libtorch fills and frees, so their names are all that a compiler needs.

#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace gloo {

class Context {
 public:
  void setTimeout(std::chrono::milliseconds timeout);
};

namespace transport {

class Device;
class UnboundBuffer;

} // namespace transport

namespace rendezvous {

// libtorch's header derives a store from it, which names these.
class Store {
 public:
  static constexpr std::chrono::milliseconds kDefaultTimeout = std::chrono::seconds(30);

  virtual ~Store() = default;
  virtual void set(const std::string& key, const std::vector<char>& value) = 0;
  virtual std::vector<char> get(const std::string& key) = 0;
  virtual void wait(const std::vector<std::string>& keys) = 0;
  virtual void wait(const std::vector<std::string>& keys, const std::chrono::milliseconds& timeout) = 0;
};

} // namespace rendezvous
} // namespace gloo
