// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mirfa::format {

/// Writes JSON text from front to back; commas are its business.
///
///     JsonWriter json;
///     json.object().field("id", id).field("private", true).field("sha", optional_sha);
///     json.array("siblings");
///     for (const auto& file : files) json.object().field("rfilename", file.path).end();
///     json.end();                       // the array
///     return std::move(json).take();    // closes what is still open
///
/// Inside an object every call names a key; inside an array (and at the top) none does. An optional without a value
/// leaves its field out. Text that is not UTF-8 gets U+FFFD in place of each bad octet. Threads: one at a time.
class JsonWriter {
public:
    JsonWriter& object();
    JsonWriter& object(std::string_view key);
    JsonWriter& array();
    JsonWriter& array(std::string_view key);
    /// Closes the innermost object or array.
    JsonWriter& end();

    JsonWriter& value(std::string_view text);
    JsonWriter& value(const char* text) { return value(std::string_view(text)); }
    JsonWriter& value(const std::string& text) { return value(std::string_view(text)); }
    JsonWriter& value(bool truth) { return raw(truth ? "true" : "false"); }
    JsonWriter& value(std::signed_integral auto number) { return integer(static_cast<std::int64_t>(number)); }
    JsonWriter& value(std::unsigned_integral auto number) { return integer(static_cast<std::uint64_t>(number)); }
    /// Not a number and infinity become null.
    JsonWriter& value(double number);
    JsonWriter& null() { return raw("null"); }
    /// JSON that is ready: it must be one complete value.
    JsonWriter& raw(std::string_view json);

    JsonWriter& null(std::string_view key) { return name(key).null(); }
    JsonWriter& raw(std::string_view key, std::string_view json) { return name(key).raw(json); }
    template <class T>
    JsonWriter& field(std::string_view key, const T& member) {
        return name(key).value(member);
    }
    template <class T>
    JsonWriter& field(std::string_view key, const std::optional<T>& member) {
        return member ? field(key, *member) : *this;
    }

    /// What is written so far; complete when nothing is open.
    const std::string& text() const { return text_; }
    std::string take() &&;

private:
    JsonWriter& name(std::string_view key);
    JsonWriter& integer(std::int64_t number);
    JsonWriter& integer(std::uint64_t number);
    JsonWriter& open(char bracket, char closing);
    void separate();

    std::string text_;
    std::string open_;  ///< the closing brackets still to come, innermost last
    bool needs_comma_ = false;
};

/// `text` as a JSON string, quotes included.
std::string json_quoted(std::string_view text);

}  // namespace mirfa::format
