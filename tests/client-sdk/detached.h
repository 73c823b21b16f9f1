// A coroutine that nobody waits for.
#ifndef CHARTER_TESTS_CLIENT_SDK_DETACHED_H_
#define CHARTER_TESTS_CLIENT_SDK_DETACHED_H_

#include <coroutine>
#include <exception>

namespace charter::client {

struct Detached {
  struct promise_type {
    Detached get_return_object() { return {}; }
    std::suspend_never initial_suspend() { return {}; }
    std::suspend_never final_suspend() noexcept { return {}; }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
};

}  // namespace charter::client

#endif  // CHARTER_TESTS_CLIENT_SDK_DETACHED_H_
