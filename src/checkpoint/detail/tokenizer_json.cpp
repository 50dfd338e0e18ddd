// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/tokenizer_json.h"

#include <fmt/format.h>

#include <algorithm>

#include "format/json_reader.h"

namespace mirfa::checkpoint::detail {
namespace {

using boost::json::value;

struct Splitting {
    std::string_view rule, word;
};
constexpr Splitting kSplittings[] = {
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     "llama-bpe"},
    {R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     "qwen2"},
    {R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|)"
     R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|)"
     R"(\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
     "tekken"},
};

// A step, or the steps of a sequence, in their order.
std::vector<const value*> steps_of(const value& tokenizer, std::string_view key, std::string_view list) {
    const value* step = format::find_member(tokenizer, key);
    if (step == nullptr || !step->is_object()) return {};
    if (format::find_string(*step, "type") != "Sequence") return {step};
    std::vector<const value*> steps;
    if (const auto* all = format::find_array(*step, list)) {
        for (const value& one : *all) steps.push_back(&one);
    }
    return steps;
}

std::vector<const value*> splitters_of(const value& tokenizer) { return steps_of(tokenizer, "pre_tokenizer", "pretokenizers"); }

const value* find_step(const std::vector<const value*>& steps, std::string_view type) {
    const auto found = std::ranges::find_if(steps, [&](const value* step) { return format::find_string(*step, "type") == type; });
    return found == steps.end() ? nullptr : *found;
}

}  // namespace

TokenizerKind kind_of(const value& tokenizer) {
    const value* model = format::find_member(tokenizer, "model");
    if (model == nullptr || format::find_object(*model, "vocab") == nullptr || format::find_array(*model, "merges") == nullptr)
        return TokenizerKind::kOther;
    if (!format::find_string(*model, "end_of_word_suffix").value_or("").empty()) return TokenizerKind::kOther;
    if (format::find_bool(*model, "byte_fallback").value_or(false)) return TokenizerKind::kPieces;
    return find_step(splitters_of(tokenizer), "ByteLevel") != nullptr ? TokenizerKind::kOctets : TokenizerKind::kOther;
}

Result<std::vector<Merge>> merges_of(const value& tokenizer) {
    const value* model = format::find_member(tokenizer, "model");
    const auto* merges = model == nullptr ? nullptr : format::find_array(*model, "merges");
    std::vector<Merge> pairs;
    if (merges == nullptr) return pairs;
    for (const value& merge : *merges) {
        if (merge.is_string()) {
            const std::string_view text = merge.get_string();
            const std::size_t space = text.find(' ', 1);
            if (text.empty() || space == text.npos) return broken_tokenizer("a merge is not a pair of texts");
            pairs.emplace_back(text.substr(0, space), text.substr(space + 1));
        } else if (merge.is_array() && merge.get_array().size() == 2 && merge.get_array()[0].is_string() &&
                   merge.get_array()[1].is_string()) {
            pairs.emplace_back(merge.get_array()[0].get_string(), merge.get_array()[1].get_string());
        } else {
            return broken_tokenizer("a merge is not a pair of texts");
        }
    }
    return pairs;
}

std::string_view splitting_of(const value& tokenizer) {
    const auto steps = splitters_of(tokenizer);
    const value* split = find_step(steps, "Split");
    if (split == nullptr) {
        if (find_step(steps, "ByteLevel") == nullptr) return {};
        const value* digits = find_step(steps, "Digits");
        if (steps.size() == 1) return "gpt-2";
        const bool single = digits != nullptr && format::find_bool(*digits, "individual_digits").value_or(false);
        return steps.size() == 2 && single ? "smollm" : std::string_view{};
    }
    const value* pattern = format::find_member(*split, "pattern");
    const auto rule = pattern == nullptr ? std::nullopt : format::find_string(*pattern, "Regex");
    const auto* known = std::ranges::find(kSplittings, rule.value_or(""), &Splitting::rule);
    return known == std::end(kSplittings) ? std::string_view{} : known->word;
}

bool adds_space(const value& tokenizer) {
    if (find_step(steps_of(tokenizer, "normalizer", "normalizers"), "Prepend") != nullptr) return true;
    const value* spaces = find_step(splitters_of(tokenizer), "Metaspace");
    if (spaces == nullptr) return false;
    if (const auto scheme = format::find_string(*spaces, "prepend_scheme")) return scheme != "never";
    return format::find_bool(*spaces, "add_prefix_space").value_or(true);
}

std::string_view first_of_template(const value& tokenizer) {
    for (const value* step : steps_of(tokenizer, "post_processor", "processors")) {
        const auto* single = format::find_array(*step, "single");
        if (single == nullptr || single->empty()) continue;
        const value* token = format::find_member(single->front(), "SpecialToken");
        if (token != nullptr) return format::find_string(*token, "id").value_or("");
    }
    return {};
}

Error broken_tokenizer(std::string_view what) {
    return Error{Code::kInvalidArgument, fmt::format("tokenizer.json is broken: {}.", what)};
}

}  // namespace mirfa::checkpoint::detail
