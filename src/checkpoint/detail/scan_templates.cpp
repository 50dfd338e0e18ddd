// SPDX-License-Identifier: Apache-2.0
// Chat templates are Jinja, and GGUF files carry them in `tokenizer.chat_template` and `tokenizer.chat_template.NAME`.
// GGUF: magic, version u32, tensors u64, keys u64; each key a text (u64 length), a type u32, a value.
#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/little_endian.h"
#include "checkpoint/detail/file_scan.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::uint64_t kMaxKeys = 100'000, kMaxKey = 65'535, kMaxTemplate = 4u << 20;
constexpr std::uint64_t kString = 8, kArray = 9;
constexpr std::string_view kTemplateKey = "tokenizer.chat_template";

/// Octets of a value of a fixed width; 0 for another type.
std::uint64_t width_of(std::uint64_t type) {
    constexpr std::uint64_t kWidths[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return type < std::size(kWidths) ? kWidths[type] : 0;
}

class Keys {
public:
    explicit Keys(const RandomSource& source) : source_(source) {}

    Result<std::vector<std::string>> templates() {
        at_ = 16;
        TRY(const std::uint64_t count, number(8));
        if (count > kMaxKeys) return broken();
        std::vector<std::string> found;
        for (std::uint64_t i = 0; i < count; ++i) {
            TRY(const std::string key, text(kMaxKey));
            TRY(const std::uint64_t type, number(4));
            if (type == kString && key.starts_with(kTemplateKey)) {
                TRY(found.emplace_back(), text(kMaxTemplate));
            } else {
                TRY(skip(type));
            }
        }
        return found;
    }

private:
    static Error broken() { return Error{Code::kInvalidArgument, "The keys of the GGUF file are broken. Fetch the file again."}; }

    Result<std::uint64_t> number(std::size_t width) {
        Byte octets[8];
        if (at_ > source_.size() || source_.size() - at_ < width) return broken();
        TRY(source_.read_at(at_, {octets, width}));
        at_ += width;
        return load_le(octets, 0, width);
    }
    Result<std::string> text(std::uint64_t most) {
        TRY(const std::uint64_t size, number(8));
        if (size > most || size > source_.size() - at_) return broken();
        std::string read(static_cast<std::size_t>(size), '\0');
        TRY(source_.read_at(at_, {reinterpret_cast<Byte*>(read.data()), read.size()}));
        at_ += size;
        return read;
    }
    Result<void> move(std::uint64_t octets) {
        if (octets > source_.size() - at_) return broken();
        at_ += octets;
        return ok();
    }
    Result<void> skip_text() {
        TRY(const std::uint64_t size, number(8));
        return move(size);
    }
    Result<void> skip(std::uint64_t type) {
        if (type == kString) return skip_text();
        if (type != kArray) return width_of(type) == 0 ? Result<void>(broken()) : move(width_of(type));
        TRY(const std::uint64_t element, number(4));
        TRY(const std::uint64_t count, number(8));
        if (element != kString && width_of(element) == 0) return broken();
        if (count > source_.size()) return broken();
        if (element != kString) return move(count * width_of(element));
        for (std::uint64_t i = 0; i < count; ++i) {
            TRY(skip_text());
        }
        return ok();
    }

    const RandomSource& source_;
    std::uint64_t at_ = 0;
};

/// `__class__` and the like: two underscores, letters, two underscores.
std::string find_inner_name(std::string_view text) {
    for (std::size_t at = text.find("__"); at != text.npos; at = text.find("__", at + 1)) {
        std::size_t end = at + 2;
        while (end < text.size() && (is_ascii_alnum(text[end]) || text[end] == '_')) ++end;
        const std::string_view word = text.substr(at, end - at);
        if (word.size() > 4 && word.ends_with("__") && is_ascii_alnum(word[2])) return std::string(word.substr(0, 40));
    }
    return {};
}

/// `{% import`, `{%- include`: the first word of a statement.
std::string find_statement(std::string_view text) {
    for (std::size_t at = text.find("{%"); at != text.npos; at = text.find("{%", at + 2)) {
        std::size_t begin = at + 2;
        while (begin < text.size() && (text[begin] == '-' || text[begin] == '+' || text[begin] == ' ' || text[begin] == '\n'))
            ++begin;
        for (const std::string_view word : {"import", "from", "include", "extends"})
            if (text.substr(begin).starts_with(word) &&
                (begin + word.size() == text.size() || !is_ascii_alnum(text[begin + word.size()])))
                return std::string(word);
    }
    return {};
}

}  // namespace

std::vector<ScanFinding> scan_chat_template(std::string_view text) {
    std::vector<ScanFinding> found;
    const std::string inner = find_inner_name(text), statement = find_statement(text);
    if (!inner.empty())
        found.push_back(
            {Safety::kDangerous, "", fmt::format("Its chat template reaches the inside of Python's objects ({}).", inner)});
    if (!statement.empty())
        found.push_back({Safety::kSuspicious, "", fmt::format("Its chat template loads other templates ({}).", statement)});
    if (text.find("|attr(") != text.npos || text.find("| attr(") != text.npos || text.find("\\x5f") != text.npos)
        found.push_back({Safety::kDangerous, "", "Its chat template puts names of attributes together (attr)."});
    return found;
}

Result<void> FileScan::look_at_gguf(const Source& source, const Place& place) {
    const auto templates = Keys(*source).templates();
    if (!templates.has_value()) return tolerate(templates.error(), place);
    for (const std::string& text : templates.value())
        for (ScanFinding& finding : scan_chat_template(text)) find(finding.safety, place, std::move(finding.text));
    return ok();
}

}  // namespace mirfa::checkpoint
