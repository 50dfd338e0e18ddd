// SPDX-License-Identifier: Apache-2.0
// Source: Keras's serialization_lib: {"module": "keras.layers", "class_name": "Dense", "config": {…}, "registered_name": null}; a
// function is {"module": …, "class_name": "function", "config": "its name", "registered_name": …}. A registered class is called
// "Package>Class", in the files of Keras 2 as class_name. Members may stand in any order: only Keras's own order joins the class
// to its module here, and a module counts without one.
#include "checkpoint/detail/keras_layers.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

#include "base/ascii.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kMostSpaces = 64;   // between a key and its value; more of them are put there to hide it
constexpr std::size_t kMostIndent = 500;  // before a key
constexpr std::size_t kMostName = 200;
constexpr std::string_view kClass = "\"class_name\"", kModule = "\"module\"", kRegistered = "\"registered_name\"";
constexpr std::string_view kSpaces = " \t\r\n";

constexpr std::string_view kOwnPackages[] = {"keras", "tf_keras",  "keras_core", "tensorflow",
                                             "tf",    "keras_hub", "keras_nlp",  "keras_cv"};
/// What Keras writes of Python's own.
constexpr std::string_view kBuiltins[] = {"type",  "slice", "list", "dict",  "set",     "tuple", "int",
                                          "float", "bool",  "str",  "bytes", "complex", "range", "NoneType"};
/// Keras's own that reach out of the model when they are called.
constexpr std::string_view kDangerousOwn[] = {"get_file", "load_model", "enable_unsafe_deserialization"};

template <std::size_t N>
bool is_one_of(std::string_view word, const std::string_view (&words)[N]) {
    return std::ranges::find(words, word) != std::end(words);
}

bool is_own_package(std::string_view package) { return is_one_of(ascii_lower(package), kOwnPackages); }

/// Goes on behind a key.
class Behind {
public:
    explicit Behind(std::string_view text) : text_(text) {}

    bool take(std::string_view wanted, std::size_t most_spaces) {
        const std::size_t at = std::min(text_.find_first_not_of(kSpaces), text_.size());
        is_far_ = is_far_ || at > most_spaces;
        if (!text_.substr(at).starts_with(wanted)) return false;
        text_.remove_prefix(at + wanted.size());
        return true;
    }
    /// `: "text"`; nothing for a value of another kind.
    std::optional<std::string_view> value() {
        if (!take(":", kMostSpaces) || !take("\"", kMostSpaces)) return std::nullopt;
        const std::size_t end = text_.find('"');
        if (end == text_.npos) return std::nullopt;
        const std::string_view found = text_.substr(0, end);
        text_.remove_prefix(end + 1);
        return found.substr(0, kMostName);
    }
    /// The same of the member that comes next, when it has this key.
    std::optional<std::string_view> next(std::string_view key) {
        if (!take(",", kMostSpaces) || !take(key, kMostIndent)) return std::nullopt;
        return value();
    }
    bool is_far() const { return is_far_; }

private:
    std::string_view text_;
    bool is_far_ = false;
};

/// Of the texts that JSON is made of: what can stand before a letter of a key or of a class.
bool is_plain(char c) { return (c >= 0x20 && c < 0x7f) || kSpaces.find(c) != kSpaces.npos; }

/// A letter by its number, as no writer of JSON spells it: `\u004c` for L. Behind other text: octets of numbers look like
/// anything, given enough of them.
bool has_letter_by_number(std::string_view text) {
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

}  // namespace

void KerasLayers::look(std::string_view text, bool is_last) {
    // What begins later is whole in the next window.
    const std::size_t end = is_last ? text.size() : text.size() - std::min(text.size(), kOverlap);
    const auto each = [&](std::string_view key, auto visit) {
        for (std::size_t at = text.find(key); at < end; at = text.find(key, at + 1)) visit(text.substr(at + key.size()));
    };
    each(kClass, [&](std::string_view behind) { look_at_class(behind); });
    each(kModule, [&](std::string_view behind) { look_at_module(behind); });
    each(kRegistered, [&](std::string_view behind) { look_at_registered(behind); });
    spells_letters_ = spells_letters_ || has_letter_by_number(text);
}

void KerasLayers::look_at_class(std::string_view text) {
    has_class_ = true;
    Behind behind(text);
    const std::string_view name = behind.value().value_or("");
    has_lambda_ = has_lambda_ || name == "Lambda" || name == "__lambda__";
    has_far_ = has_far_ || behind.is_far();
    add_registered(name);
}

void KerasLayers::look_at_module(std::string_view text) {
    Behind behind(text);
    const auto module = behind.value();
    if (!module || module->empty()) return;
    auto name = behind.next(kClass);
    const bool is_function = name == "function";
    if (is_function) {
        const auto function = behind.next("\"config\"");
        if (function) name = function;
    }
    const std::string_view last = name.value_or("");
    const std::string whole = std::string(*module) + (last.empty() ? "" : "." + std::string(last));
    if (is_own_package(module->substr(0, module->find('.')))) {
        if (is_one_of(last, kDangerousOwn)) add(Safety::kDangerous, whole, last);
        return;
    }
    if (classify_import(*module, last) == Safety::kDangerous) return add(Safety::kDangerous, whole, last);
    // Losses and metrics that are functions are said to be Python's own, whosever they are.
    if (*module != "builtins" || !(is_function || is_one_of(last, kBuiltins))) add(Safety::kCaution, whole, last);
}

void KerasLayers::look_at_registered(std::string_view text) { add_registered(Behind(text).value().value_or("")); }

void KerasLayers::add_registered(std::string_view name) {
    const std::size_t mark = name.find('>');
    if (mark == name.npos || is_own_package(name.substr(0, mark))) return;
    if (registered_.size() < kMostImports) registered_.emplace(name.substr(mark + 1), name);
}

void KerasLayers::add(Safety safety, std::string name, std::string_view last) {
    // A danger takes the place of one that is none.
    if (imports_.size() >= kMostImports && safety == Safety::kDangerous)
        std::erase_if(imports_, [found = false](const auto& one) mutable {
            const bool goes = !found && one.second != Safety::kDangerous;
            found = found || goes;
            return goes;
        });
    if (imports_.size() >= kMostImports) return;
    imports_.emplace(std::move(name), safety);
    classes_.emplace(last);
}

std::vector<KerasLayers::Import> KerasLayers::imports() const {
    std::vector<Import> all;
    if (!has_class_) return all;  // another kind of file, whose texts have a module too
    for (const auto& [name, safety] : imports_) all.push_back({safety, name});
    for (const auto& [last, name] : registered_)
        if (!classes_.contains(last) && all.size() < kMostImports) all.push_back({Safety::kCaution, name});
    return all;
}

}  // namespace mirfa::checkpoint
