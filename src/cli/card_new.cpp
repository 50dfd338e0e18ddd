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
#include "card/generate_others.h"
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
    std::string to, type = "model", name;
    // Of several kinds of repositories.
    std::string summary, license_name, license_link;
    std::vector<std::string> licenses, languages, tags, tasks, datasets;
    // Of models.
    std::string from, emissions;
    CardFacts facts;
    std::vector<std::string> hyper_parameters, scores, versions;
    std::string score_dataset, score_dataset_name, score_config, score_split, training_type;
    bool all_runs = false;
    // Of datasets and of Spaces.
    card::DatasetFacts dataset;
    std::vector<std::string> files;
    card::SpaceFacts space;
    bool force = false, print = false, json = false;
    std::vector<std::pair<CLI::Option*, std::string>> only;  ///< options, and the types that have them

    card::RepoKind kind() const {
        if (type == "dataset") return card::RepoKind::kDataset;
        return type == "space" ? card::RepoKind::kSpace : card::RepoKind::kModel;
    }
};

/// What every card can say.
template <class Facts>
void take_common(const NewWords& words, Facts& facts) {
    (card::is_repo_id_form(words.name) ? facts.repository : facts.name) = words.name;
    facts.summary = words.summary;
    facts.licenses = words.licenses;
    facts.license_name = words.license_name;
    facts.license_link = words.license_link;
    facts.tags = words.tags;
}

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
    take_common(words, facts);
    facts.languages = words.languages;
    facts.datasets = words.datasets;
    if (words.tasks.size() > 1) return Error{Code::kInvalidArgument, "A model has one --task. Put the others into --tag."};
    if (!words.tasks.empty()) facts.task = words.tasks.front();
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

Result<std::string> dataset_card(const NewWords& words) {
    auto facts = words.dataset;
    take_common(words, facts);
    facts.languages = words.languages;
    facts.tasks = words.tasks;
    for (const auto& word : words.files) {
        TRY(auto pair, split_pair("--files", word));
        facts.files.push_back(std::move(pair));
    }
    return card::make_dataset_card(facts);
}

Result<std::string> space_card(const NewWords& words) {
    auto facts = words.space;
    take_common(words, facts);
    facts.datasets = words.datasets;
    return card::make_space_card(facts);
}

/// Takes: where to note the files that were read.
Result<std::string> card_text(const NewWords& words, std::vector<std::string>& read) {
    for (const auto& [option, types] : words.only)
        if (option->count() > 0 && types.find(words.type) == types.npos)
            return Error{Code::kInvalidArgument, option->get_name() + " is not for the card of a " + words.type + "."};
    switch (words.kind()) {
        case card::RepoKind::kModel: break;
        case card::RepoKind::kDataset: return dataset_card(words);
        case card::RepoKind::kSpace: return space_card(words);
    }
    TRY(const auto facts, gather(words, read));
    return card::make_card(facts);
}

int make(const NewWords& words) {
    std::vector<std::string> read;
    const auto readme = card_text(words, read);
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
    for (const auto& remark : card::check_card(words.kind(), readme.value())) advice.push_back(remark.message);
    report.list("advice", advice);
    report.print();
    return kOk;
}

/// Adds options, each with the types of repositories that have it.
class Declared {
public:
    Declared(CLI::App& leaf, NewWords& words) : leaf_(leaf), words_(words) {}

    template <class Value>
    CLI::Option* add(const std::string& types, const std::string& name, Value& value, const std::string& help) {
        return note(types, leaf_.add_option(name, value, help));
    }
    CLI::Option* list(const std::string& types, const std::string& name, std::vector<std::string>& values,
                      const std::string& help) {
        return note(types, leaf_.add_option(name, values, help)->allow_extra_args(false));
    }
    CLI::Option* note(const std::string& types, CLI::Option* option) {
        words_.only.emplace_back(option, types);
        return option->group(types == "model"     ? "Models"
                             : types == "dataset" ? "Datasets"
                             : types == "space"   ? "Spaces"
                                                  : "What it says");
    }

private:
    CLI::App& leaf_;
    NewWords& words_;
};

constexpr const char* kAll = "model dataset space";
constexpr const char* kModelAndDataset = "model dataset";

void declare_common(Declared& options, NewWords& words) {
    options.add(kAll, "--name,--model", words.name, "Its name, or owner/name of its repository");
    options.add(kAll, "--summary", words.summary, "What it is, and for whom, in a sentence");
    options.list(kAll, "--license", words.licenses, "Id of its licence, as apache-2.0; repeat for several");
    options.add(kAll, "--license-name", words.license_name, "With --license other: its name");
    options.add(kAll, "--license-link", words.license_link, "With --license other: its file or address");
    options.list(kAll, "--tag", words.tags, "A tag; repeat for several");
    options.list(kModelAndDataset, "--language", words.languages, "Code of a language, as en; repeat for several");
    options.list(kModelAndDataset, "--task", words.tasks, "As text-classification; of a dataset several");
    options.list("model space", "--dataset", words.datasets,
                 "What it was trained on, or uses, as owner/name; repeat for several");
}

void declare_model(Declared& options, CLI::App& leaf, NewWords& words) {
    constexpr const char* kModel = "model";
    auto& facts = words.facts;
    options.add(kModel, "--from", words.from,
                "Folder of a training or a model: its configuration, log, results and emissions are read");
    options.add(kModel, "--library", facts.library, "That loads it, as transformers");
    options.list(kModel, "--base-model", facts.base_models, "What it was made from, as owner/name; repeat for several");
    options.add(kModel, "--relation", facts.relation, "How")->check(CLI::IsMember({"adapter", "merge", "quantized", "finetune"}));
    options.list(kModel, "--hyper-parameter", words.hyper_parameters, "name=value; repeat for several");
    options.list(kModel, "--software", words.versions, "name=version; repeat for several");
    options.list(kModel, "--score", words.scores, "metric=number of the evaluation; repeat for several");
    options.add(kModel, "--score-dataset", words.score_dataset, "What it was evaluated on, as owner/name");
    options.add(kModel, "--score-dataset-name", words.score_dataset_name, "The same for people");
    options.add(kModel, "--score-config", words.score_config, "Its configuration");
    options.add(kModel, "--score-split", words.score_split, "Its split, as test");
    options.add(kModel, "--emissions", words.emissions, "The emissions.csv that CodeCarbon wrote");
    options.note(kModel, leaf.add_flag("--emissions-of-all-runs", words.all_runs,
                                       "Add up all runs in it, for a training that was resumed"));
    options.add(kModel, "--training-type", words.training_type, "For emissions")
        ->check(CLI::IsMember({"pre-training", "fine-tuning"}));
}

void declare_dataset(Declared& options, NewWords& words) {
    constexpr const char* kDataset = "dataset";
    options.list(kDataset, "--source-dataset", words.dataset.sources, "What it was made from, as owner/name; repeat for several");
    options.list(kDataset, "--annotated-by", words.dataset.annotators, "Who made the annotations; repeat for several")
        ->check(CLI::IsMember({"found", "crowdsourced", "expert-generated", "machine-generated", "no-annotation", "other"}));
    options.add(kDataset, "--rows", words.dataset.rows, "How many rows it has in all");
    options.list(kDataset, "--files", words.files, "split=pattern, as train=data/train-*; repeat for several");
}

void declare_space(Declared& options, NewWords& words) {
    constexpr const char* kSpace = "space";
    auto& space = words.space;
    options.add(kSpace, "--sdk", space.sdk, "What it runs on")->check(CLI::IsMember({"gradio", "docker", "static", "streamlit"}));
    options.add(kSpace, "--sdk-version", space.sdk_version, "Its version");
    options.add(kSpace, "--app-file", space.app_file, "What is run, as app.py");
    options.add(kSpace, "--app-port", space.app_port, "With --sdk docker: where it listens")->check(CLI::Range(1, 65535));
    options.add(kSpace, "--emoji", space.emoji, "Stands beside its title");
    const CLI::IsMember color({"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"});
    options.add(kSpace, "--color-from", space.color_from, "Of its thumbnail")->check(color);
    options.add(kSpace, "--color-to", space.color_to, "Of its thumbnail")->check(color);
    options.list(kSpace, "--uses-model", space.models, "A model that it uses, as owner/name; repeat for several");
}

}  // namespace

void describe_card_new(CLI::App& app) {
    auto* leaf = app.add_subcommand("new", "Write the card of a model, a dataset or a Space from what you say and files know");
    const auto words = std::make_shared<NewWords>();
    leaf->add_option("TO", words->to, "The README to write, or its folder; that of --from, or this one");
    leaf->add_option("--type", words->type, "What it is the card of")
        ->check(CLI::IsMember({"model", "dataset", "space"}))
        ->capture_default_str();
    Declared options(*leaf, *words);
    declare_common(options, *words);
    declare_model(options, *leaf, *words);
    declare_dataset(options, *words);
    declare_space(options, *words);
    leaf->add_flag("--force", words->force, "Write over a card that is there");
    leaf->add_flag("--print", words->print, "Print the card and write nothing");
    leaf->add_flag("--json", words->json, "Print the result as JSON");
    does(*leaf, [words] { return make(*words); });
}

}  // namespace mirfa::cli
