// SPDX-License-Identifier: Apache-2.0
#include "format/gitattributes.h"

#include <optional>

#include "base/ascii.h"

namespace mirfa::format {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kLfsAttributes = " filter=lfs diff=lfs merge=lfs -text\n";
constexpr std::size_t kLongestLine = 2'048;  ///< git ignores longer ones

/// Cuts the next word off the front of `line`; empty at its end.
std::string_view take_word(std::string_view& line) {
    const auto start = line.find_first_not_of(kBlanks);
    line.remove_prefix(start == std::string_view::npos ? line.size() : start);
    const auto word = line.substr(0, line.find_first_of(kBlanks));
    line.remove_prefix(word.size());
    return word;
}

bool is_octal(char c) { return c >= '0' && c <= '7'; }

/// The character that stands behind a backslash in a quoted pattern; takes it off `rest`.
std::optional<char> take_escape(std::string_view& rest) {
    constexpr std::string_view kNames = "abfnrtv\\\"";
    constexpr std::string_view kMeanings = "\a\b\f\n\r\t\v\\\"";
    if (rest.empty()) return std::nullopt;
    const auto named = kNames.find(rest[0]);
    if (named != std::string_view::npos) {
        rest.remove_prefix(1);
        return kMeanings[named];
    }
    if (rest.size() < 3 || rest[0] > '3' || !is_octal(rest[0]) || !is_octal(rest[1]) || !is_octal(rest[2])) return std::nullopt;
    const int code = (rest[0] - '0') * 64 + (rest[1] - '0') * 8 + (rest[2] - '0');
    rest.remove_prefix(3);
    return static_cast<char>(code);
}

/// A pattern in double quotes, taken off the front of `line`; nothing when the quotes are not closed.
std::optional<std::string> take_quoted(std::string_view& line) {
    std::string_view rest = line.substr(1);
    std::string pattern;
    while (!rest.empty()) {
        const char c = rest.front();
        rest.remove_prefix(1);
        if (c == '"') {
            line = rest;
            return pattern;
        }
        if (c != '\\') {
            pattern += c;
            continue;
        }
        const auto escaped = take_escape(rest);
        if (!escaped) return std::nullopt;
        pattern += *escaped;
    }
    return std::nullopt;
}

/// What the attributes of a line say about the filter; the last of several counts.
LfsRule filter_rule(std::string_view attributes) {
    LfsRule says = LfsRule::kNone;
    for (auto word = take_word(attributes); !word.empty(); word = take_word(attributes)) {
        if (word == "filter=lfs")
            says = LfsRule::kLfs;
        else if (word == "filter" || word == "-filter" || word == "!filter" || word.starts_with("filter="))
            says = LfsRule::kNotLfs;
    }
    return says;
}

std::string lines_for(std::string_view patterns) {
    std::string text;
    for (auto word = take_word(patterns); !word.empty(); word = take_word(patterns)) text.append(word).append(kLfsAttributes);
    return text;
}

/// File name patterns of weights, archives and arrays; models and spaces start with them.
constexpr std::string_view kWeights =
    "*.7z *.arrow *.bin *.bz2 *.ckpt *.ftz *.ggml *.gguf *.gz *.h5 *.joblib *.lfs.* *.mlmodel *.model *.msgpack "
    "*.npy *.npz *.onnx *.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors saved_model/**/* *.tar.* "
    "*.tar *.tflite *.tgz *.wasm *.xz *.zip *.zst *tfevents*";
constexpr std::string_view kDatasetFiles =
    "*.7z *.arrow *.avro *.bin *.bz2 *.ckpt *.ftz *.ggml *.gguf *.gz *.h5 *.joblib *.lfs.* *.lz4 *.mds *.mlmodel "
    "*.model *.msgpack *.npy *.npz *.onnx *.ot *.parquet *.pb *.pickle *.pkl *.pt *.pth *.rar *.safetensors "
    "saved_model/**/* *.tar.* *.tar *.tflite *.tgz *.wasm *.xz *.zip *.zst *tfevents*";

std::string dataset_attributes() {
    return lines_for(kDatasetFiles) + "# Audio files - uncompressed\n" + lines_for("*.pcm *.sam *.raw") +
           "# Audio files - compressed\n" + lines_for("*.aac *.flac *.mp3 *.ogg *.wav") + "# Image files - uncompressed\n" +
           lines_for("*.bmp *.gif *.png *.tiff") + "# Image files - compressed\n" + lines_for("*.jpg *.jpeg *.webp") +
           "# Video files - compressed\n" + lines_for("*.mp4 *.webm");
}

}  // namespace

void GitAttributes::add(std::string_view text, std::string_view folder) {
    if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
    for (const auto line : split(text, '\n'))
        if (line.size() <= kLongestLine) add_line(line, folder);
}

void GitAttributes::add_line(std::string_view line, std::string_view folder) {
    const auto start = line.find_first_not_of(kBlanks);
    if (start == std::string_view::npos || line[start] == '#') return;
    line.remove_prefix(start);
    std::optional<std::string> pattern;
    if (line[0] == '"')
        pattern = take_quoted(line);
    else
        pattern = std::string(take_word(line));
    // Macros are not expanded; a negative pattern, or one for folders only, never matches a file.
    if (!pattern || pattern->empty() || pattern->starts_with("[attr]") || pattern->front() == '!' || pattern->back() == '/')
        return;
    const LfsRule says = filter_rule(line);
    if (says == LfsRule::kNone) return;
    if (is_literal(*pattern))
        add_literal(*pattern, folder, says);
    else
        rules_.push_back({count_, std::string(folder), std::move(*pattern), says});
    ++count_;
}

void GitAttributes::add_literal(std::string_view pattern, std::string_view folder, LfsRule says) {
    if (pattern.find('/') == std::string_view::npos) {
        names_[std::string(folder)].insert_or_assign(std::string(pattern), Literal{count_, says});
        return;
    }
    if (pattern.front() == '/') pattern.remove_prefix(1);
    std::string path(folder);
    if (!path.empty()) path += '/';
    paths_.insert_or_assign(path.append(pattern), Literal{count_, says});
}

LfsRule GitAttributes::lfs_rule(std::string_view path) const {
    MatchBudget unlimited;
    return lfs_rule(path, unlimited);
}

LfsRule GitAttributes::lfs_rule(std::string_view path, MatchBudget& budget) const {
    std::optional<Literal> last;
    const auto take = [&last](const Literals& literals, std::string_view key) {
        const auto found = literals.find(std::string(key));
        if (found != literals.end() && (!last || last->number < found->second.number)) last = found->second;
    };
    take(paths_, path);
    const auto name = path.substr(path.rfind('/') + 1);
    for (const auto& [folder, names] : names_) {
        --budget.steps;
        const bool below = folder.empty() || (path.starts_with(folder) && path.substr(folder.size()).starts_with('/'));
        if (below) take(names, name);
    }
    for (auto rule = rules_.rbegin(); rule != rules_.rend() && !budget.spent(); ++rule) {
        if (last && rule->number < last->number) break;
        if (matches_below(rule->folder, rule->pattern, path, budget)) return rule->says;
    }
    return last ? last->says : LfsRule::kNone;
}

const std::string& default_gitattributes(AttributesFor kind) {
    static const std::string weights = lines_for(kWeights);
    static const std::string dataset = dataset_attributes();
    return kind == AttributesFor::kDataset ? dataset : weights;
}

std::string gitattributes_pattern(std::string_view path) {
    std::string pattern;
    for (const char c : path) {
        const bool blank = kBlanks.find(c) != std::string_view::npos;
        const bool leads = pattern.empty() && (c == '!' || c == '#' || c == '"' || c == kByteOrderMark[0]);
        const bool wild = c == '*' || c == '?' || c == '[' || c == '\\';
        if (leads || wild) pattern += '\\';
        if (blank)
            pattern += "[[:space:]]";
        else
            pattern += c;
    }
    return pattern;
}

std::string with_lfs_lines(std::string_view text, const std::vector<std::string_view>& paths) {
    std::string longer(text);
    if (!longer.empty() && longer.back() != '\n') longer += '\n';
    for (const auto path : paths) longer.append(gitattributes_pattern(path)).append(kLfsAttributes);
    return longer;
}

}  // namespace mirfa::format
