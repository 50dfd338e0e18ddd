// SPDX-License-Identifier: Apache-2.0
#include "card/detail/known_keys.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/ascii.h"

namespace mirfa::card::detail {
namespace {

constexpr bool kYes = true;
constexpr bool kNo = false;

constexpr auto kKeys = std::to_array<KnownKey>({
    {"license", Shape::kTexts, kYes, kYes, kYes},
    {"license_name", Shape::kText, kYes, kYes, kYes},
    {"license_link", Shape::kText, kYes, kYes, kYes},
    {"language", Shape::kTexts, kYes, kYes, kYes},
    {"language_bcp47", Shape::kTexts, kYes, kYes, kNo},
    {"tags", Shape::kTexts, kYes, kYes, kYes},
    {"thumbnail", Shape::kText, kYes, kYes, kYes},
    {"viewer", Shape::kBool, kNo, kYes, kNo},
    {"extra_gated_prompt", Shape::kText, kYes, kYes, kNo},
    {"extra_gated_heading", Shape::kText, kYes, kYes, kNo},
    {"extra_gated_description", Shape::kText, kYes, kYes, kNo},
    {"extra_gated_button_content", Shape::kText, kYes, kYes, kNo},
    {"extra_gated_fields", Shape::kMap, kYes, kYes, kNo},
    {"extra_gated_eu_disallowed", Shape::kBool, kYes, kYes, kNo},
    {"library_name", Shape::kText, kYes, kNo, kNo},
    {"pipeline_tag", Shape::kText, kYes, kNo, kNo},
    {"base_model", Shape::kTexts, kYes, kNo, kNo},
    {"base_model_relation", Shape::kText, kYes, kNo, kNo},
    {"new_version", Shape::kText, kYes, kNo, kNo},
    {"datasets", Shape::kTexts, kYes, kNo, kYes},
    {"buckets", Shape::kTexts, kYes, kNo, kNo},
    {"metrics", Shape::kTexts, kYes, kNo, kNo},
    {"co2_eq_emissions", Shape::kAny, kYes, kNo, kNo},
    {"widget", Shape::kList, kYes, kNo, kNo},
    {"inference", Shape::kAny, kYes, kNo, kNo},
    {"model-index", Shape::kList, kYes, kNo, kNo},
    {"model_name", Shape::kText, kYes, kNo, kNo},
    {"prior_model", Shape::kAny, kYes, kNo, kNo},
    {"eval_results", Shape::kAny, kYes, kNo, kNo},
    {"instance_prompt", Shape::kText, kYes, kNo, kNo},
    {"pretty_name", Shape::kText, kYes, kYes, kNo},
    {"task_categories", Shape::kTexts, kNo, kYes, kNo},
    {"task_ids", Shape::kTexts, kNo, kYes, kNo},
    {"size_categories", Shape::kTexts, kNo, kYes, kNo},
    {"multilinguality", Shape::kTexts, kNo, kYes, kNo},
    {"annotations_creators", Shape::kTexts, kNo, kYes, kNo},
    {"language_creators", Shape::kTexts, kNo, kYes, kNo},
    {"source_datasets", Shape::kTexts, kNo, kYes, kNo},
    {"paperswithcode_id", Shape::kText, kNo, kYes, kNo},
    {"train-eval-index", Shape::kList, kNo, kYes, kNo},
    {"config_names", Shape::kTexts, kNo, kYes, kNo},
    {"configs", Shape::kList, kNo, kYes, kNo},
    {"dataset_info", Shape::kAny, kNo, kYes, kNo},
    {"title", Shape::kText, kNo, kNo, kYes},
    {"emoji", Shape::kText, kNo, kNo, kYes},
    {"colorFrom", Shape::kText, kNo, kNo, kYes},
    {"colorTo", Shape::kText, kNo, kNo, kYes},
    {"sdk", Shape::kText, kNo, kNo, kYes},
    {"sdk_version", Shape::kText, kNo, kNo, kYes},
    {"python_version", Shape::kText, kNo, kNo, kYes},
    {"app_file", Shape::kText, kNo, kNo, kYes},
    {"app_port", Shape::kInteger, kNo, kNo, kYes},
    {"app_build_command", Shape::kText, kNo, kNo, kYes},
    {"base_path", Shape::kText, kNo, kNo, kYes},
    {"short_description", Shape::kText, kNo, kNo, kYes},
    {"models", Shape::kTexts, kNo, kNo, kYes},
    {"pinned", Shape::kBool, kNo, kNo, kYes},
    {"fullWidth", Shape::kBool, kNo, kNo, kYes},
    {"header", Shape::kText, kNo, kNo, kYes},
    {"suggested_hardware", Shape::kText, kNo, kNo, kYes},
    {"suggested_storage", Shape::kText, kNo, kNo, kYes},
    {"startup_duration_timeout", Shape::kText, kNo, kNo, kYes},
    {"disable_embedding", Shape::kBool, kNo, kNo, kYes},
    {"custom_headers", Shape::kMap, kNo, kNo, kYes},
    {"preload_from_hub", Shape::kTexts, kNo, kNo, kYes},
    {"hf_oauth", Shape::kBool, kNo, kNo, kYes},
    {"hf_oauth_scopes", Shape::kTexts, kNo, kNo, kYes},
    {"hf_oauth_expiration_minutes", Shape::kInteger, kNo, kNo, kYes},
});

/// What people write, and what they mean.
constexpr std::pair<std::string_view, std::string_view> kOtherNames[] = {
    {"licence", "license"},
    {"licenses", "license"},
    {"languages", "language"},
    {"lang", "language"},
    {"tag", "tags"},
    {"metric", "metrics"},
    {"dataset", "datasets"},
    {"library", "library_name"},
    {"task", "pipeline_tag"},
    {"pipeline", "pipeline_tag"},
    {"base_models", "base_model"},
    {"co2_emissions", "co2_eq_emissions"},
    {"emissions", "co2_eq_emissions"},
    {"widgets", "widget"},
    {"task_category", "task_categories"},
    {"config", "configs"},
};

constexpr std::string_view kTwoLetters =
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo es et "
    "eu fa ff fi "
    "fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr "
    "ks ku kv kw "
    "ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt "
    "qu rm rn ro "
    "ru rw sa sc sd se sg sh si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi "
    "vo wa wo xh "
    "yi yo za zh zu ";

/// Codes of countries that stand where those of their languages should.
constexpr std::pair<std::string_view, std::string_view> kCountries[] = {
    {"jp", "ja"}, {"cn", "zh"}, {"gr", "el"}, {"cz", "cs"}, {"dk", "da"}, {"ua", "uk"}, {"vn", "vi"}, {"ir", "fa"}, {"us", "en"},
    {"gb", "en"}, {"in", "hi"}, {"iw", "he"}, {"kz", "kk"}, {"rs", "sr"}, {"al", "sq"}, {"at", "de"}, {"pk", "ur"},
};

/// Lower case, one kind of hyphen: how people compare names.
std::string folded(std::string_view name) {
    std::string out = ascii_lower(name);
    std::replace(out.begin(), out.end(), '-', '_');
    std::replace(out.begin(), out.end(), ' ', '_');
    return out;
}

/// Letters put in, left out, exchanged or swapped with their neighbour between two words.
std::size_t mistakes(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), now(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, now);
    }
    return last[b.size()];
}

constexpr std::size_t kLongestName = 64;

}  // namespace

bool KnownKey::in(RepoKind kind) const {
    switch (kind) {
        case RepoKind::kModel: return model;
        case RepoKind::kDataset: return dataset;
        case RepoKind::kSpace: return space;
    }
    return false;
}

std::span<const KnownKey> known_keys() { return kKeys; }

const KnownKey* find_key(std::string_view name) {
    const auto found = std::ranges::find(kKeys, name, &KnownKey::name);
    return found == kKeys.end() ? nullptr : &*found;
}

std::string_view words_for(Shape shape) {
    switch (shape) {
        case Shape::kText: return "a text";
        case Shape::kTexts: return "a text or a list of texts";
        case Shape::kBool: return "true or false";
        case Shape::kInteger: return "a whole number";
        case Shape::kList: return "a list";
        case Shape::kMap: return "a mapping";
        case Shape::kAny: return "anything";
    }
    return "anything";
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> names) {
    if (name.empty() || name.size() > kLongestName) return {};
    const std::string own = folded(name);
    std::string_view best;
    std::size_t least = own.size() < 5 ? 2 : 3;  // one more than is forgiven
    for (const auto& candidate : names) {
        const std::size_t found = mistakes(own, folded(candidate));
        if (found < least) {
            least = found;
            best = candidate;
        }
    }
    return best;
}

std::string_view near_key(std::string_view name, RepoKind kind) {
    const std::string own = folded(name);
    for (const auto& [other, meant] : kOtherNames)
        if (own == other && find_key(meant)->in(kind)) return meant;
    std::vector<std::string_view> names;
    for (const auto& key : kKeys)
        if (key.in(kind)) names.push_back(key.name);
    return nearest(name, names);
}

bool is_two_letter_language(std::string_view code) {
    return code.size() == 2 && kTwoLetters.find(std::string(code) + " ") != kTwoLetters.npos;
}

std::string_view language_hint(std::string_view code) {
    for (const auto& [country, language] : kCountries)
        if (code == country) return language;
    return {};
}

}  // namespace mirfa::card::detail
