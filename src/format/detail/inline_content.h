// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "format/detail/base64_stream.h"
#include "format/ndjson_commit.h"

namespace mirfa::format {

/// The content of one file of a commit, decoded as it arrives and handed to the sink.
///
/// Clients name the encoding after the content. Up to kUndecidedBytes of text are kept until it is known; longer text
/// must be base64, as that of every client is.
class InlineContent {
public:
    static constexpr std::size_t kUndecidedBytes = 1u << 20;

    InlineContent(CommitSink& sink, std::uint64_t budget) : sink_(sink), budget_(budget) {}

    /// Takes: the encoding, when it was named before the content.
    Result<void> begin(const std::optional<std::string>& encoding);
    /// Fails: kInvalidArgument for what is no base64; kTooLarge beyond the budget; what the sink returns.
    Result<void> append(std::string_view text);
    /// Gives: the number of octets of the content, all of them handed on.
    Result<std::uint64_t> finish(const std::optional<std::string>& encoding);

private:
    enum class Form { kUndecided, kBase64, kPlain };
    static Result<Form> form_of(const std::optional<std::string>& encoding, Form otherwise);
    Result<void> decide(Form form);
    Result<void> decode(std::string_view text);
    Result<void> hand_on(ByteView bytes);

    CommitSink& sink_;
    std::uint64_t budget_;  ///< octets that the rest of the commit may still have
    Form form_ = Form::kUndecided;
    std::string undecided_;
    Base64Stream base64_;
    Bytes decoded_;
    std::uint64_t size_ = 0;
};

}  // namespace mirfa::format
