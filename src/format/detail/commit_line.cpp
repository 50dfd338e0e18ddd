// SPDX-License-Identifier: Apache-2.0
#include "format/detail/commit_line.h"

namespace mirfa::format {
namespace {

constexpr std::size_t kLongestKey = 32;
constexpr std::size_t kLongestText = 4'096;           ///< of paths, and of all that is not listed below
constexpr std::size_t kLongestHeaderText = 1u << 20;  ///< of summary and description

struct KnownKey {
    std::string_view name;
    CommitLine::Field field;
};
constexpr KnownKey kOuterKeys[] = {{"key", CommitLine::kKey}, {"value", CommitLine::kValue}};
constexpr KnownKey kValueKeys[] = {
    {"path", CommitLine::kPath},
    {"content", CommitLine::kContent},
    {"encoding", CommitLine::kEncoding},
    {"oldPath", CommitLine::kOldPath},
    {"summary", CommitLine::kSummary},
    {"description", CommitLine::kDescription},
    {"parentCommit", CommitLine::kParentCommit},
    {"algo", CommitLine::kAlgo},
    {"oid", CommitLine::kOid},
    {"size", CommitLine::kSize},
    {"srcPath", CommitLine::kSourcePath},
    {"srcRevision", CommitLine::kSourceRevision},
};

template <std::size_t N>
CommitLine::Field find_field(const KnownKey (&keys)[N], std::string_view name) {
    for (const auto& key : keys)
        if (key.name == name) return key.field;
    return CommitLine::kUnknown;
}

std::size_t longest(CommitLine::Field field) {
    return field == CommitLine::kSummary || field == CommitLine::kDescription ? kLongestHeaderText : kLongestText;
}

}  // namespace

void CommitLine::start(bool content_allowed) {
    content_allowed_ = content_allowed;
    texts_.fill(std::nullopt);
    size_.reset();
    has_content_ = false;
    error_.reset();
    depth_ = 0;
    in_value_ = false;
    field_ = kUnknown;
    key_.clear();
}

CommitLine::Field CommitLine::current() const {
    if (depth_ == 1) return field_ == kKey ? kKey : kUnknown;
    return depth_ == 2 && in_value_ ? field_ : kUnknown;
}

void CommitLine::open_object() {
    if (depth_ == 1) in_value_ = field_ == kValue;
    ++depth_;
}

void CommitLine::key_part(std::string_view part) {
    if (key_.size() <= kLongestKey) key_ += part.substr(0, kLongestKey + 1);
}

bool CommitLine::key_end() {
    if (depth_ == 1) field_ = find_field(kOuterKeys, key_);
    if (depth_ == 2 && in_value_) field_ = find_field(kValueKeys, key_);
    key_.clear();
    const Field field = current();
    if (field < kTextFields) texts_[field].reset();  // of equal keys the last counts
    if (field == kContent && has_content_) return fail("The content of a file is given twice.");
    return true;
}

bool CommitLine::text_part(std::string_view part) {
    const Field field = current();
    if (field == kContent) return begin_content() && check(content_.append(part));
    if (field >= kTextFields) return true;
    auto& text = texts_[field];
    if (!text) text.emplace();
    if (text->size() + part.size() > longest(field))
        return fail("A path or another text is longer than " + std::to_string(longest(field)) + " octets.");
    *text += part;
    return true;
}

bool CommitLine::text_end() {
    const Field field = current();
    if (field < kTextFields && !texts_[field]) texts_[field].emplace();
    if (field == kContent && !begin_content()) return false;
    if (depth_ <= 2) field_ = kUnknown;
    return true;
}

bool CommitLine::number(std::optional<std::int64_t> number) {
    if (current() != kSize) return true;
    if (!number || *number < 0) return fail("The size of a file must be a whole number that is not negative.");
    size_ = number;
    return true;
}

bool CommitLine::begin_content() {
    if (has_content_) return true;
    if (!content_allowed_) return fail("A commit must begin with its header line.");
    if (texts_[kKey].value_or("file") != "file") return fail("Only a \"file\" may have content.");
    has_content_ = true;
    return check(content_.begin(texts_[kEncoding]));
}

bool CommitLine::fail(Error error) {
    error_ = std::move(error);
    return false;
}

}  // namespace mirfa::format
