// SPDX-License-Identifier: Apache-2.0
#include "format/detail/inline_content.h"

namespace mirfa::format {
namespace {

constexpr std::size_t kDecodeAtOnce = 64u << 10;  ///< characters; bounds what is decoded but not handed on

Error bad_content(std::string_view message) { return Error{Code::kInvalidArgument, std::string(message)}; }

Error bad_base64() { return bad_content("The content is not valid base64."); }

}  // namespace

Result<InlineContent::Form> InlineContent::form_of(const std::optional<std::string>& encoding, Form otherwise) {
    if (!encoding) return otherwise;
    if (*encoding == "base64") return Form::kBase64;
    if (*encoding == "utf-8" || *encoding == "utf8") return Form::kPlain;
    return bad_content("The encoding of a file must be \"base64\" or \"utf-8\".");
}

Result<void> InlineContent::begin(const std::optional<std::string>& encoding) {
    form_ = Form::kUndecided;
    undecided_.clear();
    base64_ = {};
    size_ = 0;
    TRY(const auto form, form_of(encoding, Form::kUndecided));
    TRY(sink_.begin_content());
    return form == Form::kUndecided ? Result<void>(ok()) : decide(form);
}

Result<void> InlineContent::append(std::string_view text) {
    if (form_ != Form::kUndecided) return decode(text);
    if (undecided_.size() + text.size() <= kUndecidedBytes) {
        undecided_ += text;
        return ok();
    }
    TRY(decide(Form::kBase64));
    return decode(text);
}

Result<std::uint64_t> InlineContent::finish(const std::optional<std::string>& encoding) {
    TRY(const auto form, form_of(encoding, Form::kBase64));
    if (form_ == Form::kUndecided) {
        TRY(decide(form));
    }
    if (form != form_) return bad_content("A long content that is not base64 must follow its \"encoding\".");
    if (form_ == Form::kBase64) {
        decoded_.clear();
        if (!base64_.finish(decoded_)) return bad_base64();
        TRY(hand_on(decoded_));
    }
    return size_;
}

Result<void> InlineContent::decide(Form form) {
    form_ = form;
    TRY(decode(undecided_));
    undecided_.clear();
    return ok();
}

Result<void> InlineContent::decode(std::string_view text) {
    if (form_ == Form::kPlain) return hand_on(as_bytes(text));
    for (; !text.empty(); text.remove_prefix(std::min(kDecodeAtOnce, text.size()))) {
        decoded_.clear();
        if (!base64_.decode(text.substr(0, kDecodeAtOnce), decoded_)) return bad_base64();
        TRY(hand_on(decoded_));
    }
    return ok();
}

Result<void> InlineContent::hand_on(ByteView bytes) {
    if (bytes.empty()) return ok();
    if (bytes.size() > budget_)
        return Error{Code::kTooLarge,
                     "The files written into this commit are too large together. Upload large files by "
                     "Xet or git-lfs, or make several commits."};
    budget_ -= bytes.size();
    size_ += bytes.size();
    return sink_.content(bytes);
}

}  // namespace mirfa::format
