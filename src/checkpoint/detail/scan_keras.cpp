// SPDX-License-Identifier: Apache-2.0
// A layer of the class Lambda brings code of its own: Python's octets in base64, which Keras runs when it loads the model. Models
// say their layers as JSON, in config.json of a .keras archive, or in the attribute model_config of an HDF5 file. There the text
// is looked for in the octets, since attributes are never compressed and the library would have to be trusted with the file. All
// octets are looked at, those of weights too: an attribute may lie anywhere, and whoever skips what some datasets claim as theirs
// gives a place to hide one.
// Keras reads JSON of UTF-16 and UTF-32 too: without its zeros what is looked for reads as in UTF-8.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "base/ascii.h"
#include "checkpoint/detail/file_scan.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kWindow = 1u << 20;
constexpr std::size_t kOverlap = 256;    // more than what is looked for takes, kMostSpaces twice included
constexpr std::size_t kMostSpaces = 64;  // between a key and its value; more of them are put there to hide it
constexpr std::string_view kKey = "\"class_name\"";
constexpr std::string_view kSpaces = " \t\r\n";

struct Value {
    std::string_view text;  ///< without its marks
    bool is_far = false;    ///< behind more than kMostSpaces
};

/// What stands behind the key.
Value value_behind(std::string_view text) {
    Value value;
    const auto skip = [&](char wanted) {
        const std::size_t at = std::min(text.find_first_not_of(kSpaces), text.size());
        value.is_far = value.is_far || at > kMostSpaces;
        if (at == text.size() || text[at] != wanted) return false;
        text.remove_prefix(at + 1);
        return true;
    };
    if (!skip(':') || !skip('"')) return value;
    const std::size_t end = text.find('"');
    if (end != text.npos) value.text = text.substr(0, end);
    return value;
}

struct Classes {
    bool has_lambda = false;
    bool has_far = false;
};

Classes classes_in(std::string_view text) {
    Classes classes;
    for (std::size_t at = text.find(kKey); at != text.npos; at = text.find(kKey, at + 1)) {
        const Value value = value_behind(text.substr(at + kKey.size()));
        classes.has_lambda = classes.has_lambda || value.text == "Lambda" || value.text == "__lambda__";
        classes.has_far = classes.has_far || value.is_far;
    }
    return classes;
}

/// Of the texts that JSON is made of: what can stand before a letter of a key or of a class.
bool is_plain(char c) { return (c >= 0x20 && c < 0x7f) || kSpaces.find(c) != kSpaces.npos; }

/// A letter by its number, as no writer of JSON spells it: `\u004c` for L. Behind other text: octets of numbers look like
/// anything, given enough of them.
bool spells_letters(std::string_view text) {
    constexpr std::size_t kBefore = 2;  // the mark that a text begins with, and what JSON has before that
    for (std::size_t at = text.find("\\u00"); at != text.npos; at = text.find("\\u00", at + 1)) {
        if (at + 6 > text.size()) return false;
        unsigned letter = 0;
        const char* const digits = text.data() + at + 4;
        const auto [end, failed] = std::from_chars(digits, digits + 2, letter, 16);
        if (failed != std::errc{} || end != digits + 2 || letter >= 0x80) continue;
        const char c = static_cast<char>(letter);
        const std::string_view before = text.substr(at - std::min(at, kBefore), std::min(at, kBefore));
        if ((is_ascii_alnum(c) || c == '_') && std::ranges::all_of(before, is_plain)) return true;
    }
    return false;
}

/// What is read until this goes is part of a search.
class Searching {
public:
    explicit Searching(ScanBudget& budget) : budget_(budget) { budget_.searching = true; }
    ~Searching() { budget_.searching = false; }
    Searching(const Searching&) = delete;
    Searching& operator=(const Searching&) = delete;

private:
    ScanBudget& budget_;
};

}  // namespace

Result<void> FileScan::look_at_keras(const Source& source, const Place& place) {
    std::string text;
    std::optional<Error> failed;
    bool lambda = false, far = false, hidden = false;
    const Searching searching(*budget_);
    for (std::uint64_t at = 0; at < source->size();) {
        const std::size_t kept = std::min(text.size(), kOverlap);
        text.erase(0, text.size() - kept);
        const auto more = static_cast<std::size_t>(std::min<std::uint64_t>(kWindow, source->size() - at));
        text.resize(kept + more);
        if (auto read = source->read_at(at, {reinterpret_cast<Byte*>(text.data()) + kept, more}); !read.has_value()) {
            failed = std::move(read).error();  // what stands before counts
            break;
        }
        at += more;
        std::erase(text, '\0');
        const Classes classes = classes_in(text);
        lambda = lambda || classes.has_lambda;
        far = far || classes.has_far;
        hidden = hidden || spells_letters(text);
    }
    if (lambda)
        find(Safety::kDangerous, place, "It has a layer of the class Lambda, whose code Keras runs when it loads the model.");
    if (far)
        find(Safety::kSuspicious, place, "It has more spaces before the class of a layer than any writer of JSON puts there.");
    if (hidden) find(Safety::kSuspicious, place, "It spells letters by their numbers, which hides what classes its layers have.");
    if (failed) return *std::move(failed);
    return ok();
}

}  // namespace mirfa::checkpoint
