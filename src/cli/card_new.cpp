// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>

#include <charconv>
#include <cmath>
#include <filesystem>

#include "base/ascii.h"
#include "base/file.h"
#include "card/check.h"
#include "card/emissions.h"
#include "card/generate.h"
#include "card/training.h"
#include "cli/card.h"
#include "cli/exit_status.h"
#include "cli/output.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

namespace fs = std::filesystem;
using card::CardFacts;

struct NewWords {
    std::string to, from, model, emissions;
    CardFacts facts;
    std::vector<std::string> hyper_parameters, scores, versions;
    std::string score_dataset, score_dataset_name, score_config, score_split, training_type;
    bool all_runs = false, force = false, print = false, json = false;
};

/// `name=value` of a repeated option.
Result<std::pair<std::string, std::string>> split_pair(const std::string& option, const std::string& word) {
    const auto equals = word.find('=');
    if (equals == 0 || equals == word.npos || equals + 1 == word.size())
        return Error{Code::kInvalidArgument, option + " " + word + ": write it as name=value."};
    return std::pair(word.substr(0, equals), word.substr(equals + 1));
}

Result<double> read_number(const std::string& option, const std::string& text) {
    double number = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failed != std::errc{} || end != text.data() + text.size() || !std::isfinite(number))
        return Error{Code::kInvalidArgument, option + ": " + text + " is no number."};
    return number;
}

/// What the command line says; it counts before what files say.
Result<CardFacts> stated(const NewWords& words) {
    CardFacts facts = words.facts;
    (card::is_repo_id_form(words.model) ? facts.repository : facts.name) = words.model;
    for (const auto& word : words.hyper_parameters) {
        TRY(auto pair, split_pair("--hyper-parameter", word));
        facts.hyper_parameters.push_back(std::move(pair));
    }
    for (const auto& word : words.versions) {
        TRY(auto pair, split_pair("--software", word));
        facts.versions.push_back(std::move(pair));
    }
    for (const auto& word : words.scores) {
        TRY(const auto pair, split_pair("--score", word));
        TRY(const double number, read_number("--score", pair.second));
        facts.scores.push_back({pair.first, number, {}, {}, {}, {}, {}});
    }
    return facts;
}

Result<card::Emissions> read_emissions(const NewWords& words) {
    TRY(const auto csv, read_small_file(words.emissions));
    return card::read_emissions_csv(csv, words.all_runs ? card::EmissionRows::kAllOfRuns : card::EmissionRows::kLast);
}

Result<CardFacts> gather(const NewWords& words, std::vector<std::string>& read) {
    TRY(auto facts, stated(words));
    if (!words.emissions.empty()) {
        TRY(facts.emissions, read_emissions(words));
        read.push_back(words.emissions);
    }
    if (!words.from.empty()) {
        TRY(const auto files, card::read_training_folder(words.from, facts));
        read.insert(read.end(), files.begin(), files.end());
    }
    for (auto& score : facts.scores) {
        score.dataset = words.score_dataset;
        score.dataset_name = words.score_dataset_name;
        score.config = words.score_config;
        score.split = words.score_split;
    }
    if (facts.emissions && !words.training_type.empty()) facts.emissions->training_type = words.training_type;
    return facts;
}

fs::path target_of(const NewWords& words) {
    if (!words.to.empty()) return readme_path(words.to);
    return (words.from.empty() ? fs::path(".") : fs::path(words.from)) / "README.md";
}

int make(const NewWords& words) {
    std::vector<std::string> read;
    const auto facts = gather(words, read);
    if (!facts.has_value()) return fail(facts.error());
    const auto readme = card::make_card(facts.value());
    if (!readme.has_value()) return fail(readme.error());
    if (words.print) {
        say(readme.value().substr(0, readme.value().size() - 1));
        return kOk;
    }
    const fs::path path = target_of(words);
    std::error_code ignored;
    if (fs::exists(path, ignored) && !words.force)
        return fail(
            Error{Code::kAlreadyExists,
                  path.string() + " is there already. --force writes over it; `mirfa card edit` changes its metadata alone."});
    if (const auto written = replace_text(path, readme.value()); !written.has_value()) return fail(written.error());
    Report report(words.json);
    report.field("file", path.string());
    report.list("read", read);
    std::vector<std::string> advice;
    for (const auto& remark : card::check_card(card::RepoKind::kModel, readme.value())) advice.push_back(remark.message);
    report.list("advice", advice);
    report.print();
    return kOk;
}

void declare_facts(CLI::App& leaf, NewWords& words) {
    auto& facts = words.facts;
    const auto list = [&](const char* name, std::vector<std::string>& values, const char* help) {
        leaf.add_option(name, values, help)->allow_extra_args(false);
    };
    leaf.add_option("--model", words.model, "Its name, or owner/name of its repository");
    leaf.add_option("--summary", facts.summary, "What it does, and for whom, in a sentence");
    list("--license", facts.licenses, "Id of its licence, as apache-2.0; repeat for several");
    leaf.add_option("--license-name", facts.license_name, "With --license other: its name");
    leaf.add_option("--license-link", facts.license_link, "With --license other: its file or address");
    list("--language", facts.languages, "Code of a language, as en; repeat for several");
    leaf.add_option("--library", facts.library, "That loads it, as transformers");
    leaf.add_option("--task", facts.task, "As text-classification");
    list("--base-model", facts.base_models, "What it was made from, as owner/name; repeat for several");
    leaf.add_option("--relation", facts.relation, "How")->check(CLI::IsMember({"adapter", "merge", "quantized", "finetune"}));
    list("--dataset", facts.datasets, "What it was trained on, as owner/name; repeat for several");
    list("--tag", facts.tags, "A tag; repeat for several");
    list("--hyper-parameter", words.hyper_parameters, "name=value; repeat for several");
    list("--software", words.versions, "name=version; repeat for several");
}

}  // namespace

void describe_card_new(CLI::App& app) {
    auto* leaf = app.add_subcommand("new", "Write a model card from a training's files and what you say");
    const auto words = std::make_shared<NewWords>();
    leaf->add_option("TO", words->to, "The README to write, or its folder; that of --from, or this one");
    leaf->add_option("--from", words->from,
                     "Folder of a training or a model: its configuration, log, results and emissions are read");
    declare_facts(*leaf, *words);
    leaf->add_option("--score", words->scores, "metric=number of the evaluation; repeat for several")->allow_extra_args(false);
    leaf->add_option("--score-dataset", words->score_dataset, "What it was evaluated on, as owner/name");
    leaf->add_option("--score-dataset-name", words->score_dataset_name, "The same for people");
    leaf->add_option("--score-config", words->score_config, "Its configuration");
    leaf->add_option("--score-split", words->score_split, "Its split, as test");
    leaf->add_option("--emissions", words->emissions, "The emissions.csv that CodeCarbon wrote");
    leaf->add_flag("--emissions-of-all-runs", words->all_runs, "Add up all runs in it, for a training that was resumed");
    leaf->add_option("--training-type", words->training_type, "For emissions")
        ->check(CLI::IsMember({"pre-training", "fine-tuning"}));
    leaf->add_flag("--force", words->force, "Write over a card that is there");
    leaf->add_flag("--print", words->print, "Print the card and write nothing");
    leaf->add_flag("--json", words->json, "Print the result as JSON");
    does(*leaf, [words] { return make(*words); });
}

}  // namespace mirfa::cli
