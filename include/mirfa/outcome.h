// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace mirfa::client {

/// What the caller can do next.
enum class Kind {
    kInvalidArgument,  ///< ask for something else
    kNotFound,
    kAlreadyExists,
    kConflict,         ///< it changed meanwhile: look again, then repeat
    kUnauthenticated,  ///< sign in
    kForbidden,
    kTooLarge,
    kUnavailable,  ///< repeat later: the hub or the way to it
    kOffline,      ///< not on this machine, and the network may not be asked or does not answer
    kCorrupt,      ///< what came is not what was named; nothing of it was kept
    kLocal,        ///< this machine: disk, permissions
    kInternal,
};

struct Failure {
    Kind kind = Kind::kInternal;
    std::string message;     ///< for a person: what, where, what to do
    std::string request_id;  ///< of the hub's answer, where there was one
};

/// A value or a Failure.
template <class T>
class [[nodiscard]] Outcome {
public:
    Outcome(T value) : state_(std::move(value)) {}
    Outcome(Failure failure) : state_(std::move(failure)) {}
    bool ok() const { return state_.index() == 0; }
    explicit operator bool() const { return ok(); }
    const T& operator*() const { return std::get<0>(state_); }
    T& operator*() { return std::get<0>(state_); }
    const T* operator->() const { return &std::get<0>(state_); }
    T* operator->() { return &std::get<0>(state_); }
    const Failure& failure() const { return std::get<1>(state_); }

private:
    std::variant<T, Failure> state_;
};

template <>
class [[nodiscard]] Outcome<void> {
public:
    Outcome() = default;
    Outcome(Failure failure) : failure_(std::move(failure)) {}
    bool ok() const { return !failure_.has_value(); }
    explicit operator bool() const { return ok(); }
    const Failure& failure() const {
        assert(failure_);
        return *failure_;
    }

private:
    std::optional<Failure> failure_;
};

}  // namespace mirfa::client
