// SPDX-License-Identifier: Apache-2.0
#include "format/lfs_pointer.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>

#include "base/ascii.h"

namespace mirfa::format {
namespace {

constexpr std::string_view kVersion = "https://git-lfs.github.com/spec/v1";
/// Versions that git-lfs still reads as its own.
constexpr std::string_view kOldVersions[] = {"https://hawser.github.com/spec/v1", "http://git-media.io/v/2"};

Error no_pointer() { return Error{Code::kInvalidArgument, "The file is not a git-lfs pointer."}; }

bool is_version(std::string_view text) {
    return text == kVersion || std::find(std::begin(kOldVersions), std::end(kOldVersions), text) != std::end(kOldVersions);
}

/// `ext-N-name`, with which filters of other programs describe themselves.
bool is_extension(std::string_view key) {
    return key.size() > 6 && key.starts_with("ext-") && key[4] >= '0' && key[4] <= '9' && key[5] == '-';
}

std::optional<Sha256> parse_oid(std::string_view text) {
    if (!text.starts_with("sha256:")) return std::nullopt;
    text.remove_prefix(7);
    const auto digest = Sha256::parse(text);
    if (!digest.has_value() || digest.value().hex() != text) return std::nullopt;  // lower case only
    return digest.value();
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t size = 0;
    const auto end = std::from_chars(text.data(), text.data() + text.size(), size);
    const bool whole = end.ec == std::errc{} && end.ptr == text.data() + text.size();
    if (!whole || size > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return size;
}

/// Takes the lines one after the other; the three keys must come in their order.
class PointerReader {
public:
    bool take(std::string_view line) {
        const auto blank = line.find(' ');
        if (blank == std::string_view::npos) return false;
        const auto key = line.substr(0, blank);
        const auto value = line.substr(blank + 1);
        if (seen_ == 0 && key == "version" && is_version(value)) return ++seen_ > 0;
        if (seen_ == 1 && key == "oid") return take_oid(value);
        if (seen_ == 2 && key == "size") return take_size(value);
        return seen_ > 0 && seen_ < 3 && is_extension(key);
    }
    std::optional<LfsPointer> result() const { return seen_ == 3 ? std::optional(pointer_) : std::nullopt; }

private:
    bool take_oid(std::string_view value) {
        const auto oid = parse_oid(value);
        pointer_.oid = oid.value_or(Sha256{});
        ++seen_;
        return oid.has_value();
    }
    bool take_size(std::string_view value) {
        const auto size = parse_size(value);
        pointer_.size = size.value_or(0);
        ++seen_;
        return size.has_value();
    }

    int seen_ = 0;
    LfsPointer pointer_;
};

}  // namespace

Result<LfsPointer> parse_lfs_pointer(std::string_view text) {
    if (text.size() > kMaxLfsPointerBytes || !text.starts_with("version ")) return no_pointer();
    PointerReader reader;
    for (auto line : split(text, '\n')) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (!line.empty() && !reader.take(line)) return no_pointer();
    }
    if (const auto pointer = reader.result()) return *pointer;
    return no_pointer();
}

std::string write_lfs_pointer(const LfsPointer& pointer) {
    std::string text = "version ";
    text.append(kVersion).append("\noid sha256:").append(pointer.oid.hex());
    text.append("\nsize ").append(std::to_string(pointer.size)).append("\n");
    return text;
}

}  // namespace mirfa::format
