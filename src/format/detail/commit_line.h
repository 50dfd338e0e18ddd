// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "format/detail/inline_content.h"

namespace mirfa::format {

/// One line of a commit while it is read: a JSON object {"key": …, "value": {…}}. It takes the events of a JSON parser
/// and remembers the fields it knows; inline content goes on at once.
class CommitLine {
public:
    enum Field {
        kKey,
        kPath,
        kEncoding,
        kOldPath,
        kSummary,
        kDescription,
        kParentCommit,
        kAlgo,
        kOid,
        kSourcePath,
        kSourceRevision,
        kTextFields,
        kContent,
        kSize,
        kValue,
        kUnknown
    };

    explicit CommitLine(InlineContent& content) : content_(content) {}
    /// Forgets the line before. Content is refused in the line of the header and before it.
    void start(bool content_allowed);

    const std::optional<std::string>& text(Field field) const { return texts_[field]; }
    std::optional<std::int64_t> size() const { return size_; }
    bool has_content() const { return has_content_; }
    /// Why an event was refused.
    const std::optional<Error>& error() const { return error_; }

    // Events; false means that error() is set.
    void open_object();
    void open_array() { ++depth_; }
    void close() { --depth_; }
    void key_part(std::string_view part);
    bool key_end();
    bool text_part(std::string_view part);
    bool text_end();
    bool number(std::optional<std::int64_t> number);

private:
    bool fail(Error error);
    bool fail(std::string_view message) { return fail(Error{Code::kInvalidArgument, std::string(message)}); }
    bool check(const Result<void>& result) { return result.has_value() || fail(result.error()); }
    /// The field that the next value belongs to; kUnknown at depths where none is known.
    Field current() const;
    bool begin_content();

    InlineContent& content_;
    std::array<std::optional<std::string>, kTextFields> texts_;
    std::optional<std::int64_t> size_;
    bool content_allowed_ = false;
    bool has_content_ = false;
    std::optional<Error> error_;
    int depth_ = 0;
    bool in_value_ = false;
    Field field_ = kUnknown;
    std::string key_;
};

}  // namespace mirfa::format
