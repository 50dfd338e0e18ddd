// SPDX-License-Identifier: Apache-2.0
#include "card/generate.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/ascii.h"
#include "card/detail/card_parts.h"
#include "card/detail/markdown_text.h"
#include "card/detail/snippet.h"
#include "card/tables.h"

namespace mirfa::card {
namespace {

namespace json = boost::json;
using detail::codes;
using detail::kNotStated;
using detail::licence_words;
using detail::markdown_code;
using detail::markdown_text;
using detail::put_text;
using detail::put_texts;
using detail::short_number;
using detail::task_words;
using detail::without_repeats;

constexpr std::size_t kMaxColumns = 20;
constexpr std::string_view kMetrics[] = {"accuracy",
                                         "bertscore",
                                         "bleu",
                                         "brier_score",
                                         "cer",
                                         "chrf",
                                         "code_eval",
                                         "exact_match",
                                         "f1",
                                         "glue",
                                         "mae",
                                         "mape",
                                         "matthews_correlation",
                                         "mean_iou",
                                         "meteor",
                                         "mse",
                                         "pearsonr",
                                         "perplexity",
                                         "precision",
                                         "r_squared",
                                         "recall",
                                         "roc_auc",
                                         "rouge",
                                         "sacrebleu",
                                         "seqeval",
                                         "smape",
                                         "spearmanr",
                                         "squad",
                                         "ter",
                                         "wer"};

std::string lower_id(std::string_view metric) {
    std::string id = ascii_lower(metric);
    std::replace(id.begin(), id.end(), ' ', '_');
    return id;
}
/// The id that readers know it by: the kinds of ROUGE are one metric.
std::string metric_id(std::string_view metric) {
    const std::string id = lower_id(metric);
    return id.starts_with("rouge") ? "rouge" : id;
}

std::string name_of(const CardFacts& facts) { return detail::heading_name(facts.name, facts.repository, "Model"); }
const std::string& task_of(const Score& score, const CardFacts& facts) { return score.task.empty() ? facts.task : score.task; }
const std::string& title_of(const Score& score) { return score.dataset_name.empty() ? score.dataset : score.dataset_name; }

// Metadata.

/// Results need a task, a dataset and a metric that readers know.
bool is_result(const Score& score, const CardFacts& facts) {
    return !task_of(score, facts).empty() && !score.dataset.empty() && is_known_metric(score.metric) &&
           std::isfinite(score.value);
}

json::object one_result(const Score& score, const CardFacts& facts) {
    json::object task{{"type", task_of(score, facts)}};
    for (const auto& known : tasks())
        if (known.id == task_of(score, facts)) task["name"] = known.name;
    json::object dataset{{"name", title_of(score)}, {"type", score.dataset}};
    put_text(dataset, "config", score.config);
    put_text(dataset, "split", score.split);
    return {{"task", std::move(task)}, {"dataset", std::move(dataset)}, {"metrics", json::array{}}};
}

/// One result for each task and dataset, in the order in which they first come.
json::array results_of(const CardFacts& facts) {
    json::array results;
    std::map<std::array<std::string, 4>, std::size_t> places;
    for (const auto& score : facts.scores) {
        if (!is_result(score, facts)) continue;
        const auto [place, is_new] =
            places.try_emplace({task_of(score, facts), score.dataset, score.config, score.split}, results.size());
        if (is_new) results.push_back(one_result(score, facts));
        auto& metrics = results[place->second].get_object()["metrics"].get_array();
        metrics.push_back({{"type", metric_id(score.metric)}, {"value", score.value}, {"name", metric_words(score.metric)}});
    }
    return results;
}

json::object emissions_of(const Emissions& emissions) {
    json::object map{{"emissions", emissions.grams}};
    put_text(map, "source", emissions.source);
    put_text(map, "training_type", emissions.training_type);
    put_text(map, "geographical_location", emissions.location);
    put_text(map, "hardware_used", emissions.hardware);
    return map;
}

// Text.

class Body {
public:
    explicit Body(const CardFacts& facts) : facts_(facts) {}

    std::string text() {
        out_ += "# " + markdown_text(name_of(facts_)) + "\n";
        if (!facts_.summary.empty()) out_ += "\n> " + markdown_text(facts_.summary) + "\n";
        at_a_glance();
        heading("## Use it");
        const auto code = detail::snippet(facts_);
        out_ += code.empty() ? std::string(kNotStated) : code;
        heading("## Intended use and limits");
        out_ += "Not stated: what the model is made for, what it must not be used for, and where it is known to fail.\n";
        data();
        training();
        evaluation();
        heading("## Contact and citation");
        out_ += kNotStated;
        return std::move(out_);
    }

private:
    void heading(std::string_view line) { out_ += detail::section(line); }
    void fact(std::string_view name, const std::string& markdown) { out_ += detail::fact(name, markdown); }

    void at_a_glance() {
        heading("## At a glance");
        const std::size_t before = out_.size();
        fact("Repository", markdown_code(facts_.repository));
        fact("Task", task_words(facts_.task));
        fact("Languages", codes(facts_.languages));
        fact("Licence", licence_words(facts_.licenses, facts_.license_name, facts_.license_link));
        fact("Made from",
             codes(facts_.base_models) +
                 (facts_.relation.empty() || facts_.base_models.empty() ? "" : " (" + markdown_text(facts_.relation) + ")"));
        fact("Library", markdown_text(facts_.library));
        fact("Architecture", markdown_text(facts_.architecture.empty() ? facts_.model_type : facts_.architecture));
        if (out_.size() == before) out_ += kNotStated;
    }

    void data() {
        heading("## Data");
        fact("Trained on", facts_.datasets.empty() ? "Not stated" : codes(facts_.datasets));
        std::vector<std::string> evaluated;
        for (const auto& score : facts_.scores)
            if (!score.dataset.empty()) evaluated.push_back(score.dataset);
        fact("Evaluated on", evaluated.empty() ? "Not stated" : codes(without_repeats(evaluated)));
        out_ += "- **Licences of the data, personal data in it:** Not stated\n";
    }

    void training() {
        heading("## Training");
        const std::size_t before = out_.size();
        if (!facts_.hyper_parameters.empty()) {
            out_ += "### Hyperparameters\n\n";
            for (const auto& [name, value] : facts_.hyper_parameters)
                out_ += "- " + markdown_code(name) + ": " + markdown_text(value) + "\n";
        }
        if (!facts_.training.empty()) training_table(before);
        if (facts_.emissions) emissions(before);
        if (!facts_.versions.empty()) {
            sub("### Software", before);
            for (const auto& [name, version] : facts_.versions)
                out_ += "- " + markdown_text(name) + " " + markdown_text(version) + "\n";
        }
        if (out_.size() == before) out_ += kNotStated;
    }
    void sub(std::string_view line, std::size_t section) {
        out_ += (out_.size() == section ? "" : "\n") + std::string(line) + "\n\n";
    }

    /// The rows that are shown: all of a few; else the first, the last, the best, and of the others every so manyth.
    std::vector<const TrainingRow*> chosen_rows() const {
        const auto& rows = facts_.training;
        std::set<std::size_t> places;
        const std::size_t even = std::min(rows.size(), kMaxTrainingRows - 1);
        for (std::size_t i = 0; i < even; ++i) places.insert(even == 1 ? 0 : i * (rows.size() - 1) / (even - 1));
        if (const auto best = std::ranges::find(rows, true, &TrainingRow::best); best != rows.end())
            places.insert(static_cast<std::size_t>(best - rows.begin()));
        if (rows.size() <= kMaxTrainingRows)
            for (std::size_t i = 0; i < rows.size(); ++i) places.insert(i);
        std::vector<const TrainingRow*> chosen;
        for (const std::size_t place : places) chosen.push_back(&rows[place]);
        return chosen;
    }

    void training_table(std::size_t section) {
        sub("### Results during training", section);
        const auto rows = chosen_rows();
        std::vector<std::string> metrics;
        for (const auto* row : rows)
            for (const auto& [name, value] : row->measured)
                if (metrics.size() < kMaxColumns && std::ranges::find(metrics, name) == metrics.end()) metrics.push_back(name);
        std::vector<std::vector<std::string>> cells{{"Step", "Epoch", "Training loss"}};
        for (const auto& name : metrics)
            cells[0].push_back(name == "loss" ? "Validation loss" : markdown_text(metric_words(name)));
        for (const auto* row : rows) {
            std::vector<std::string> line{row->step ? std::to_string(*row->step) : "",
                                          row->epoch ? short_number(*row->epoch) : "",
                                          row->training_loss ? short_number(*row->training_loss) : "no log"};
            for (const auto& name : metrics) {
                const auto found = std::ranges::find(row->measured, name, &std::pair<std::string, double>::first);
                line.push_back(found == row->measured.end() ? "" : short_number(found->second));
            }
            if (row->best)
                for (auto& cell : line) cell = cell.empty() ? cell : "**" + cell + "**";
            cells.push_back(std::move(line));
        }
        table(cells);
        if (rows.size() < facts_.training.size())
            out_ += "\n" + std::to_string(rows.size()) + " of " + std::to_string(facts_.training.size()) + " evaluations.\n";
    }

    void emissions(std::size_t section) {
        sub("### Energy and emissions", section);
        const Emissions& it = *facts_.emissions;
        const bool kilograms = it.grams >= 1000;
        fact("Emissions",
             short_number(kilograms ? it.grams / 1000 : it.grams) + (kilograms ? " kg" : " g") + " of CO2 equivalent");
        if (it.energy_kwh) fact("Energy", short_number(*it.energy_kwh) + " kWh");
        if (it.seconds) fact("Duration", short_number(*it.seconds / 3600) + " hours");
        fact("Hardware", markdown_text(it.hardware));
        fact("Place", markdown_text(it.location));
        fact("Measured by", markdown_text(it.source));
    }

    void evaluation() {
        heading("## Evaluation");
        if (facts_.scores.empty()) {
            out_ += kNotStated;
            return;
        }
        std::vector<std::vector<std::string>> cells{{"Task", "Dataset", "Metric", "Value"}};
        for (const auto& score : facts_.scores) {
            std::string dataset = title_of(score).empty() ? "Not stated" : markdown_text(title_of(score));
            for (const auto& part : {score.config, score.split})
                if (!part.empty()) dataset += ", " + markdown_text(part);
            const auto task = task_words(task_of(score, facts_));
            cells.push_back({task.empty() ? "Not stated" : task, std::move(dataset), markdown_text(metric_words(score.metric)),
                             short_number(score.value)});
        }
        table(cells);
    }

    void table(const std::vector<std::vector<std::string>>& cells) { out_ += detail::table(cells); }

    const CardFacts& facts_;
    std::string out_;
};

}  // namespace

bool is_known_metric(std::string_view metric) {
    const std::string id = metric_id(metric);
    return std::ranges::find(kMetrics, id) != std::end(kMetrics);
}

std::string metric_words(std::string_view id) {
    std::string words(id);
    std::replace(words.begin(), words.end(), '_', ' ');
    if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') words[0] = static_cast<char>(words[0] - 'a' + 'A');
    return words;
}

json::object card_metadata(const CardFacts& facts) {
    json::object card;
    detail::put_licence(card, facts.licenses, facts.license_name, facts.license_link);
    put_texts(card, "language", facts.languages, true);
    put_text(card, "library_name", facts.library);
    put_text(card, "pipeline_tag", facts.task);
    put_texts(card, "base_model", facts.base_models);
    if (!facts.base_models.empty()) put_text(card, "base_model_relation", facts.relation);
    put_texts(card, "datasets", facts.datasets, true);
    detail::put_tags(card, facts.tags);
    std::vector<std::string> metrics;
    for (const auto& score : facts.scores)
        if (is_known_metric(score.metric)) metrics.push_back(metric_id(score.metric));
    put_texts(card, "metrics", without_repeats(metrics), true);
    if (facts.emissions) card["co2_eq_emissions"] = emissions_of(*facts.emissions);
    if (auto results = results_of(facts); !results.empty())
        card["model-index"] = json::array{json::object{{"name", name_of(facts)}, {"results", std::move(results)}}};
    return card;
}

Result<std::string> make_card(const CardFacts& facts) {
    return detail::join_card(RepoKind::kModel, facts.repository, card_metadata(facts), Body(facts).text());
}

}  // namespace mirfa::card
