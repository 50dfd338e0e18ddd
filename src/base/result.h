// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/all_narrow.hpp>

#include "base/error.h"

namespace mirfa {

/// A value or an Error; `[[nodiscard]]`. `r.has_value()`, `r.error()`, `r.value()` (asserts), or TRY.
template <class T>
using Result = BOOST_OUTCOME_V2_NAMESPACE::basic_result<T, Error, BOOST_OUTCOME_V2_NAMESPACE::policy::all_narrow>;

/// A failure is about this member of the request (Error::field).
template <class T>
Result<T> in_field(std::string_view name, Result<T> result) {
    if (result.has_value()) return result;
    return std::move(result).error().in_field(name);
}

/// `return ok();` from a function that gives Result<void>.
inline auto ok() { return BOOST_OUTCOME_V2_NAMESPACE::success(); }

}  // namespace mirfa

#define MIRFA_CONCAT_(a, b) a##b
#define MIRFA_CONCAT(a, b) MIRFA_CONCAT_(a, b)
#define MIRFA_TRY_2(keyword, name, declaration, expression) \
    auto name = (expression);                               \
    if (!name.has_value()) [[unlikely]]                     \
        keyword std::move(name).error();                    \
    declaration = std::move(name).value()
#define MIRFA_TRY_1(keyword, name, expression)                    \
    if (auto name = (expression); !name.has_value()) [[unlikely]] \
    keyword std::move(name).error()
#define MIRFA_TRY_PICK(_1, _2, macro, ...) macro

/// `TRY(auto x, f());` declares x or returns the error of f; `TRY(f());` only checks. One per line. The declaring form
/// is two statements: give it braces below an `if` or `for`.
#define TRY(...) MIRFA_TRY_PICK(__VA_ARGS__, MIRFA_TRY_DECLARE, MIRFA_TRY_CHECK)(return, __VA_ARGS__)
#define CO_TRY(...) MIRFA_TRY_PICK(__VA_ARGS__, MIRFA_TRY_DECLARE, MIRFA_TRY_CHECK)(co_return, __VA_ARGS__)
#define MIRFA_TRY_DECLARE(keyword, declaration, ...) \
    MIRFA_TRY_2(keyword, MIRFA_CONCAT(mirfa_try_, __COUNTER__), declaration, (__VA_ARGS__))
#define MIRFA_TRY_CHECK(keyword, ...) MIRFA_TRY_1(keyword, MIRFA_CONCAT(mirfa_try_, __COUNTER__), (__VA_ARGS__))
