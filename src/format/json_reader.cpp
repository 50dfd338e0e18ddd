// SPDX-License-Identifier: Apache-2.0
#include "format/json_reader.h"

#include <boost/json/parser.hpp>

namespace mirfa::format {
namespace {

Error bad_json(std::size_t offset, const boost::system::error_code& why) {
    return Error{Code::kInvalidArgument,
                 "The JSON text is not valid at octet " + std::to_string(offset) + ": " + why.message() + "."};
}

Error missing(std::string_view key, std::string_view kind) {
    return Error{Code::kInvalidArgument, "The field \"" + std::string(key) + "\" is missing or is not " + std::string(kind) + ".",
                 Reason::kFieldMissing, "", std::string(key)};
}

}  // namespace

Result<boost::json::value> parse_json(std::string_view text, std::size_t max_bytes) {
    if (text.size() > max_bytes)
        return Error{Code::kTooLarge, "The JSON text is longer than " + std::to_string(max_bytes) + " octets."};
    boost::json::parse_options options;
    options.max_depth = 32;
    boost::json::parser parser({}, options);
    boost::system::error_code why;
    const std::size_t parsed = parser.write(text.data(), text.size(), why);
    if (why) return bad_json(parsed, why);
    return parser.release();
}

const boost::json::value* find_member(const boost::json::value& value, std::string_view key) {
    const auto* object = value.if_object();
    return object ? object->if_contains(key) : nullptr;
}

std::optional<std::string_view> find_string(const boost::json::value& value, std::string_view key) {
    const auto* member = find_member(value, key);
    if (!member || !member->is_string()) return std::nullopt;
    const auto& text = member->get_string();
    return std::string_view(text.data(), text.size());
}

std::optional<std::int64_t> find_int(const boost::json::value& value, std::string_view key) {
    const auto* member = find_member(value, key);
    if (!member || !member->is_int64()) return std::nullopt;  // what fits 64 bits with a sign is always read as such
    return member->get_int64();
}

std::optional<bool> find_bool(const boost::json::value& value, std::string_view key) {
    const auto* member = find_member(value, key);
    if (!member || !member->is_bool()) return std::nullopt;
    return member->get_bool();
}

const boost::json::array* find_array(const boost::json::value& value, std::string_view key) {
    const auto* member = find_member(value, key);
    return member ? member->if_array() : nullptr;
}

const boost::json::object* find_object(const boost::json::value& value, std::string_view key) {
    const auto* member = find_member(value, key);
    return member ? member->if_object() : nullptr;
}

Result<std::string> need_string(const boost::json::value& value, std::string_view key) {
    if (const auto text = find_string(value, key)) return std::string(*text);
    return missing(key, "a text");
}

Result<std::int64_t> need_int(const boost::json::value& value, std::string_view key) {
    if (const auto number = find_int(value, key)) return *number;
    return missing(key, "a whole number");
}

Result<const boost::json::array*> need_array(const boost::json::value& value, std::string_view key) {
    if (const auto* list = find_array(value, key)) return list;
    return missing(key, "a list");
}

}  // namespace mirfa::format
