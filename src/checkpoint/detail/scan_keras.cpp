// SPDX-License-Identifier: Apache-2.0
// A layer of the class Lambda brings code of its own: Python's octets in base64, which Keras runs when it loads the model. Models
// say their layers as JSON, in config.json of a .keras archive, or in the attribute model_config of an HDF5 file. There the text
// is looked for in the octets, since attributes are never compressed and the library would have to be trusted with the file.
#include <algorithm>

#include "checkpoint/detail/file_scan.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kWindow = 1u << 20;
constexpr std::size_t kOverlap = 256;  // more than what is looked for takes, spaces included
constexpr std::string_view kKey = "\"class_name\"";
constexpr std::string_view kSpaces = " \t\r\n";

/// What stands behind the key: the text itself, without its marks.
std::string_view value_behind(std::string_view text) {
    const auto skip = [&](char wanted) {
        const std::size_t at = text.find_first_not_of(kSpaces);
        if (at == text.npos || text[at] != wanted) return false;
        text.remove_prefix(at + 1);
        return true;
    };
    if (!skip(':') || !skip('"')) return {};
    return text.substr(0, text.find('"'));
}

bool names_lambda(std::string_view text) {
    for (std::size_t at = text.find(kKey); at != text.npos; at = text.find(kKey, at + 1))
        if (const auto name = value_behind(text.substr(at + kKey.size())); name == "Lambda" || name == "__lambda__") return true;
    return false;
}

bool is_printable(char c) { return c >= 0x20 && c < 0x7f; }

/// A letter by its number, as no writer of JSON spells it: `\u004c` for L. Behind other text: octets of numbers look like
/// anything, given enough of them.
bool spells_letters(std::string_view text) {
    for (std::size_t at = text.find("\\u00"); at != text.npos; at = text.find("\\u00", at + 1)) {
        if (at + 6 > text.size()) return false;
        const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); };
        const char first = text[at + 4];
        const std::string_view before = text.substr(at - std::min<std::size_t>(at, 4), std::min<std::size_t>(at, 4));
        if (first >= '4' && first <= '7' && hex(text[at + 5]) && std::ranges::all_of(before, is_printable)) return true;
    }
    return false;
}

}  // namespace

Result<void> FileScan::look_at_keras(const Source& source, const Place& place) {
    std::string text;
    bool lambda = false, hidden = false;
    for (std::uint64_t at = 0; at < source->size();) {
        const std::size_t kept = std::min(text.size(), kOverlap);
        text.erase(0, text.size() - kept);
        const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, source->size() - at));
        text.resize(kept + more);
        TRY(source->read_at(at, {reinterpret_cast<Byte*>(text.data()) + kept, more}));
        at += more;
        lambda = lambda || names_lambda(text);
        hidden = hidden || spells_letters(text);
    }
    if (lambda)
        find(Safety::kDangerous, place, "It has a layer of the class Lambda, whose code Keras runs when it loads the model.");
    if (hidden) find(Safety::kSuspicious, place, "It spells letters by their numbers, which hides what classes its layers have.");
    return ok();
}

}  // namespace mirfa::checkpoint
