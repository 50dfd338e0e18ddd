// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <coroutine>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

namespace mirfa::http::detail {

/// What both kinds of Task share: who waits for it, and the exception that left it.
///
/// A task is started inside the await of its parent. One that ends without waiting never resumes the parent from its own
/// stack, so a loop of a million such awaits needs no more stack than one, also where the compiler makes no tail calls.
struct TaskPromise {
    struct End {
        bool await_ready() const noexcept { return false; }
        template <class Promise>
        void await_suspend(std::coroutine_handle<Promise> self) const noexcept {
            if (const auto waiting = self.promise().parent) waiting.resume();
        }
        void await_resume() const noexcept {}
    };

    std::suspend_always initial_suspend() const noexcept { return {}; }
    End final_suspend() const noexcept { return {}; }
    void unhandled_exception() noexcept { thrown = std::current_exception(); }
    void rethrow() const {
        if (thrown) std::rethrow_exception(thrown);
    }

    std::coroutine_handle<> parent;
    std::exception_ptr thrown;
};

template <class T>
struct ValuePromise : TaskPromise {
    template <class U>
    void return_value(U&& given) {
        value.emplace(std::forward<U>(given));
    }
    T take() {
        rethrow();
        return std::move(*value);
    }
    std::optional<T> value;
};

template <>
struct ValuePromise<void> : TaskPromise {
    void return_void() const noexcept {}
    void take() const { rethrow(); }
};

/// A coroutine that runs when it is awaited, once. Threads: those of one loop, which is one.
///
/// Callers give every argument that is not trivial a name of its own first: g++ 12 destroys braced temporaries inside a
/// co_await expression twice.
template <class T>
class [[nodiscard]] Task {
public:
    struct promise_type : ValuePromise<T> {
        Task get_return_object() { return Task(std::coroutine_handle<promise_type>::from_promise(*this)); }
    };

    explicit Task(std::coroutine_handle<promise_type> self) : self_(self) {}
    Task(Task&& other) noexcept : self_(std::exchange(other.self_, nullptr)) {}
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;
    ~Task() {
        if (self_) self_.destroy();
    }

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> parent) {
        self_.resume();
        if (self_.done()) return false;
        self_.promise().parent = parent;
        return true;
    }
    T await_resume() { return self_.promise().take(); }

private:
    std::coroutine_handle<promise_type> self_;
};

/// The root of a chain of tasks: starts at once, belongs to nobody, ends by itself. Nothing may leave it by exception.
struct Detached {
    struct promise_type {
        Detached get_return_object() const noexcept { return {}; }
        std::suspend_never initial_suspend() const noexcept { return {}; }
        std::suspend_never final_suspend() const noexcept { return {}; }
        void return_void() const noexcept {}
        [[noreturn]] void unhandled_exception() const noexcept { std::terminate(); }
    };
};

}  // namespace mirfa::http::detail
