// SPDX-License-Identifier: Apache-2.0
#include "card/generate_others.h"

#include <algorithm>

#include "card/detail/card_parts.h"
#include "card/detail/markdown_text.h"

namespace mirfa::card {
namespace {

namespace json = boost::json;
using detail::codes;
using detail::fact;
using detail::kNotStated;
using detail::licence_words;
using detail::markdown_code;
using detail::markdown_text;
using detail::put_text;
using detail::put_texts;
using detail::section;
using detail::task_words;

constexpr std::pair<std::uint64_t, std::string_view> kSizes[] = {{1'000, "n<1K"},
                                                                 {10'000, "1K<n<10K"},
                                                                 {100'000, "10K<n<100K"},
                                                                 {1'000'000, "100K<n<1M"},
                                                                 {10'000'000, "1M<n<10M"},
                                                                 {100'000'000, "10M<n<100M"},
                                                                 {1'000'000'000, "100M<n<1B"},
                                                                 {10'000'000'000, "1B<n<10B"},
                                                                 {100'000'000'000, "10B<n<100B"},
                                                                 {1'000'000'000'000, "100B<n<1T"}};

std::string head(const std::string& name, const std::string& summary) {
    return "# " + markdown_text(name) + "\n" + (summary.empty() ? "" : "\n> " + markdown_text(summary) + "\n");
}

/// A section whose content only a person can write: what belongs there.
std::string to_fill_in(std::string_view line, std::string_view what) {
    return section(line) + "Not stated: " + std::string(what) + "\n";
}

// Datasets

/// One configuration: of each split the patterns, in the order in which they were given.
json::array configs_of(const DatasetFacts& facts) {
    json::array files;
    for (const auto& [split, pattern] : facts.files) {
        const auto known =
            std::ranges::find_if(files, [&name = split](const json::value& one) { return one.at("split") == name.c_str(); });
        if (known == files.end()) {
            files.push_back({{"split", split}, {"path", pattern}});
            continue;
        }
        auto& path = known->get_object()["path"];
        if (path.is_string()) path = json::array{path};
        path.get_array().emplace_back(pattern);
    }
    if (files.empty()) return {};
    return {json::object{{"config_name", "default"}, {"data_files", std::move(files)}}};
}

json::object metadata(const DatasetFacts& facts) {
    json::object card;
    detail::put_licence(card, facts.licenses, facts.license_name, facts.license_link);
    put_texts(card, "language", facts.languages, true);
    put_text(card, "pretty_name", facts.name);
    put_texts(card, "task_categories", facts.tasks, true);
    if (facts.rows) put_texts(card, "size_categories", {std::string(size_category(*facts.rows))}, true);
    put_texts(card, "annotations_creators", facts.annotators, true);
    put_texts(card, "source_datasets", facts.sources, true);
    detail::put_tags(card, facts.tags);
    if (auto configs = configs_of(facts); !configs.empty()) card["configs"] = std::move(configs);
    return card;
}

std::string at_a_glance(const DatasetFacts& facts) {
    std::string tasks;
    for (const auto& task : facts.tasks) tasks += (tasks.empty() ? "" : ", ") + task_words(task);
    return section("## At a glance") + fact("Repository", markdown_code(facts.repository)) + fact("Tasks", tasks) +
           fact("Languages", codes(facts.languages)) +
           fact("Licence", licence_words(facts.licenses, facts.license_name, facts.license_link)) +
           fact("Rows", facts.rows ? std::to_string(*facts.rows) : "") + fact("Made from", codes(facts.sources));
}

std::string use_it(const DatasetFacts& facts) {
    if (!is_repo_id_form(facts.repository)) return section("## Use it") + std::string(kNotStated);
    return section("## Use it") + "```python\nfrom datasets import load_dataset\n\ndata = load_dataset(\"" + facts.repository +
           "\")\n```\n";
}

std::string structure(const DatasetFacts& facts) {
    std::string out = section("## Structure");
    if (!facts.files.empty()) {
        std::vector<std::vector<std::string>> cells{{"Split", "Files"}};
        for (const auto& [split, pattern] : facts.files) cells.push_back({markdown_text(split), markdown_text(pattern)});
        out += detail::table(cells) + "\n";
    }
    return out + "Not stated: of each field its name, its type and what it means; how the splits were made.\n";
}

std::string making(const DatasetFacts& facts) {
    return section("## How it was made") + fact("Why", "Not stated") +
           fact("Sources",
                facts.sources.empty() ? "Not stated: where the data comes from, and who made it there" : codes(facts.sources)) +
           fact("Collection and processing", "Not stated: how it was chosen, filtered and cleaned, and with which tools") +
           fact("Annotations", facts.annotators.empty() ? "Not stated: by whom, by which rules, how they were checked"
                                                        : codes(facts.annotators));
}

std::string body(const DatasetFacts& facts) {
    return head(detail::heading_name(facts.name, facts.repository, "Dataset"), facts.summary) + at_a_glance(facts) +
           use_it(facts) +
           to_fill_in("## Intended use and limits", "what the data is made for, and what it must not be used for.") +
           structure(facts) + making(facts) +
           to_fill_in("## People in it", "personal or sensitive data, whether those people agreed, how it was made anonymous.") +
           to_fill_in("## Biases and risks", "whom or what the data shows too much, too little or wrongly, and what follows.") +
           section("## Contact and citation") + std::string(kNotStated);
}

// Spaces

json::object metadata(const SpaceFacts& facts) {
    json::object card;
    put_text(card, "title", detail::heading_name(facts.name, facts.repository, ""));
    put_text(card, "emoji", facts.emoji);
    put_text(card, "colorFrom", facts.color_from);
    put_text(card, "colorTo", facts.color_to);
    put_text(card, "sdk", facts.sdk);
    put_text(card, "sdk_version", facts.sdk_version);
    put_text(card, "app_file", facts.app_file);
    if (facts.app_port) card["app_port"] = *facts.app_port;
    detail::put_licence(card, facts.licenses, facts.license_name, facts.license_link);
    put_text(card, "short_description", facts.summary);
    put_texts(card, "models", facts.models, true);
    put_texts(card, "datasets", facts.datasets, true);
    detail::put_tags(card, facts.tags);
    return card;
}

/// How to try it on one's own machine. The app's name could be anything, so it is not put into a line to be typed.
std::string run_here(const SpaceFacts& facts) {
    const std::string port = std::to_string(facts.app_port.value_or(7860));
    if (facts.sdk == "docker") return "```sh\ndocker build -t space . && docker run -p " + port + ":" + port + " space\n```\n";
    if (facts.sdk == "static") return "Open `index.html` in a browser.\n";
    const std::string app = facts.app_file.empty() ? "its app file" : markdown_code(facts.app_file);
    if (facts.sdk == "gradio") return "Install what `requirements.txt` names and `gradio`, and run " + app + " with Python.\n";
    if (facts.sdk == "streamlit") return "Install what `requirements.txt` names, and run " + app + " with `streamlit run`.\n";
    return std::string(kNotStated);
}

std::string body(const SpaceFacts& facts) {
    return head(detail::heading_name(facts.name, facts.repository, "Space"), facts.summary) +
           to_fill_in("## What it does", "what goes in, what comes out, and for whom it is.") + section("## Models and data") +
           fact("Models", facts.models.empty() ? "Not stated" : codes(facts.models)) +
           fact("Datasets", facts.datasets.empty() ? "Not stated" : codes(facts.datasets)) +
           fact("Licence", licence_words(facts.licenses, facts.license_name, facts.license_link)) +
           section("## Run it yourself") + run_here(facts) +
           to_fill_in("## Limits and privacy", "where it is known to fail, and what is kept of what people put in.") +
           section("## Contact") + std::string(kNotStated);
}

}  // namespace

std::string_view size_category(std::uint64_t rows) {
    for (const auto& [below, name] : kSizes)
        if (rows < below) return name;
    return "n>1T";
}

Result<std::string> make_dataset_card(const DatasetFacts& facts) {
    return detail::join_card(RepoKind::kDataset, facts.repository, metadata(facts), body(facts));
}

Result<std::string> make_space_card(const SpaceFacts& facts) {
    return detail::join_card(RepoKind::kSpace, facts.repository, metadata(facts), body(facts));
}

}  // namespace mirfa::card
