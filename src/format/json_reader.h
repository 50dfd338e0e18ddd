// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace mirfa::format {

/// Reads one JSON value: strict, valid UTF-8 only, nested at most 32 deep; of equal keys the last counts.
/// Fails: kTooLarge above `max_bytes`; kInvalidArgument with the offset of what is wrong.
Result<boost::json::value> parse_json(std::string_view text, std::size_t max_bytes = 16u << 20);

/// A member of an object, or nothing when `value` is no object, has no such member, or has one of another type.
/// Pointers and views live as long as `value`.
const boost::json::value* find_member(const boost::json::value& value, std::string_view key);
std::optional<std::string_view> find_string(const boost::json::value& value, std::string_view key);
std::optional<std::int64_t> find_int(const boost::json::value& value, std::string_view key);
std::optional<bool> find_bool(const boost::json::value& value, std::string_view key);
const boost::json::array* find_array(const boost::json::value& value, std::string_view key);
const boost::json::object* find_object(const boost::json::value& value, std::string_view key);

/// The same for a member that must be there. Fails: kInvalidArgument naming `key` and what it should be.
Result<std::string> need_string(const boost::json::value& value, std::string_view key);
Result<std::int64_t> need_int(const boost::json::value& value, std::string_view key);
Result<const boost::json::array*> need_array(const boost::json::value& value, std::string_view key);

}  // namespace mirfa::format
