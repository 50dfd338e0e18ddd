// SPDX-License-Identifier: Apache-2.0
#include "card/training.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "base/file.h"
#include "card/detail/architectures.h"
#include "card/detail/markdown_text.h"
#include "card/emissions.h"
#include "card/validate.h"
#include "format/json_reader.h"

namespace mirfa::card {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using format::find_member;
using format::find_string;

constexpr std::size_t kMaxBytes = 64u << 20;
constexpr std::size_t kMaxRows = 100'000;
constexpr std::size_t kMaxMeasured = 64;
constexpr std::size_t kMaxText = 1'000;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// Python writes NaN, Infinity and -Infinity, which JSON does not have: they become null.
std::string without_python_numbers(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool in_text = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char c = text[at];
        if (in_text && c == '\\' && at + 1 < text.size()) {
            out += c;
            out += text[++at];
            continue;
        }
        if (c == '"') in_text = !in_text;
        const auto rest = text.substr(at);
        const bool starts = !in_text && (at == 0 || !is_word(text[at - 1]));
        std::size_t length = 0;
        for (const std::string_view word : {"NaN", "Infinity", "-Infinity"})
            if (starts && rest.starts_with(word) && (rest.size() == word.size() || !is_word(rest[word.size()])))
                length = word.size();
        if (length == 0) {
            out += c;
        } else {
            out += "null";
            at += length - 1;
        }
    }
    return out;
}

Result<json::value> parse(std::string_view text) {
    if (text.size() > kMaxBytes) return Error{Code::kTooLarge, "The file is longer than 64 MiB."};
    return format::parse_json(without_python_numbers(text), 2 * kMaxBytes);
}

std::optional<double> number_in(const json::value& value, std::string_view key) {
    const auto* member = find_member(value, key);
    if (!member || !member->is_number()) return std::nullopt;
    return member->to_number<double>();
}
std::optional<std::int64_t> integer_in(const json::value& value, std::string_view key) {
    const auto number = number_in(value, key);
    if (!number || *number != std::floor(*number) || std::abs(*number) > 9e15) return std::nullopt;
    return static_cast<std::int64_t>(*number);
}

/// How fast it went says nothing about how good it is.
bool is_about_speed(std::string_view name) {
    return name == "runtime" || name.ends_with("_runtime") || name.ends_with("_per_second") ||
           name.ends_with("compilation_time") || name == "samples" || name == "model_preparation_time" || name == "epoch" ||
           name == "step";
}

/// `eval_f1` as `f1`; empty for what is no measurement.
std::string_view measured_name(std::string_view key) {
    constexpr std::string_view kPrefix = "eval_";
    if (!key.starts_with(kPrefix) || key.size() > 200) return {};
    key.remove_prefix(kPrefix.size());
    return is_about_speed(key) ? std::string_view() : key;
}

std::vector<std::pair<std::string, double>> measured_in(const json::value& entry) {
    std::vector<std::pair<std::string, double>> measured;
    if (const auto* map = entry.if_object())
        for (const auto& [key, value] : *map) {
            const auto name = measured_name(key);
            if (!name.empty() && value.is_number() && measured.size() < kMaxMeasured)
                measured.emplace_back(name, value.to_number<double>());
        }
    // The loss is in the first column of measurements.
    std::stable_partition(measured.begin(), measured.end(), [](const auto& one) { return one.first == "loss"; });
    return measured;
}

void add_scores(const std::vector<std::pair<std::string, double>>& measured, CardFacts& facts) {
    for (const auto& [name, value] : measured)
        if (std::ranges::find(facts.scores, name, &Score::metric) == facts.scores.end())
            facts.scores.push_back({name, value, {}, {}, {}, {}, {}});
}

void add_text(std::string& place, std::optional<std::string_view> text) {
    if (place.empty() && text && text->size() <= kMaxText) place = *text;
}
void add_fact(std::vector<std::pair<std::string, std::string>>& list, const std::string& name, std::string value) {
    using Pair = std::pair<std::string, std::string>;
    if (!value.empty() && std::ranges::find(list, name, &Pair::first) == list.end()) list.emplace_back(name, std::move(value));
}

/// The row that training itself called best; else that of the lowest loss.
void mark_best(const json::value& state, std::vector<TrainingRow>& rows) {
    if (rows.size() < 2) return;
    const auto step = integer_in(state, "best_global_step");
    const auto metric = number_in(state, "best_metric");
    TrainingRow* best = nullptr;
    double lowest = std::numeric_limits<double>::infinity();
    for (auto& row : rows) {
        if (step && row.step == step) {
            best = &row;
            break;
        }
        for (const auto& [name, value] : row.measured) {
            if (metric && value == *metric) {
                best = &row;
                lowest = -std::numeric_limits<double>::infinity();
            } else if (name == "loss" && value < lowest) {
                best = &row;
                lowest = value;
            }
        }
    }
    if (best) best->best = true;
}

/// A value of an argument as text; empty for lists and mappings, and what is not set.
std::string argument_text(const json::value& value) {
    if (const auto* text = value.if_string()) return text->size() <= kMaxText ? std::string(*text) : std::string();
    if (value.is_bool()) return value.get_bool() ? "true" : "false";
    if (value.is_int64()) return std::to_string(value.get_int64());
    if (value.is_number()) return detail::exact_number(value.to_number<double>());
    return {};
}

struct Argument {
    std::string_view key;      ///< of the arguments
    std::string_view shown;    ///< in the card
    std::string_view neutral;  ///< not shown when it is this
};
constexpr Argument kArguments[] = {
    {"learning_rate", "learning_rate", ""},
    {"per_device_train_batch_size", "train_batch_size", ""},
    {"train_batch_size", "train_batch_size", ""},
    {"per_device_eval_batch_size", "eval_batch_size", ""},
    {"eval_batch_size", "eval_batch_size", ""},
    {"seed", "seed", ""},
    {"gradient_accumulation_steps", "gradient_accumulation_steps", "1"},
    {"optim", "optimizer", ""},
    {"optimizer", "optimizer", ""},
    {"adam_beta1", "adam_beta1", ""},
    {"adam_beta2", "adam_beta2", ""},
    {"adam_epsilon", "adam_epsilon", ""},
    {"weight_decay", "weight_decay", "0"},
    {"max_grad_norm", "max_grad_norm", ""},
    {"lr_scheduler_type", "lr_scheduler_type", ""},
    {"warmup_ratio", "lr_scheduler_warmup_ratio", "0"},
    {"warmup_steps", "lr_scheduler_warmup_steps", "0"},
    {"label_smoothing_factor", "label_smoothing_factor", "0"},
};

bool is_zero(const json::value& value) { return value.is_number() && value.to_number<double>() == 0; }

Result<std::optional<std::string>> read_if_there(const fs::path& path) {
    auto text = read_small_file(path, kMaxBytes);
    if (text.has_value()) return std::optional(std::move(text).value());
    if (text.error().code == Code::kNotFound) return std::optional<std::string>();
    return text.error();
}

/// `checkpoint-500` of the highest number that holds a state; empty for none.
fs::path newest_checkpoint(const fs::path& folder) {
    constexpr std::string_view kPrefix = "checkpoint-";
    std::int64_t highest = -1;
    fs::path found;
    std::error_code failed;
    for (fs::directory_iterator it(folder, failed), end; !failed && it != end; it.increment(failed)) {
        const std::string name = it->path().filename().string();
        std::int64_t step = 0;
        if (!name.starts_with(kPrefix)) continue;
        const auto [rest, bad] = std::from_chars(name.data() + kPrefix.size(), name.data() + name.size(), step);
        std::error_code ignored;
        if (bad != std::errc{} || rest != name.data() + name.size() || step <= highest ||
            !fs::is_regular_file(it->path() / "trainer_state.json", ignored))
            continue;
        highest = step;
        found = name;
    }
    return found;
}

}  // namespace

bool could_be_model_id(std::string_view name) {
    std::error_code ignored;
    return is_repo_id_form(name) && !name.starts_with("checkpoint-") && name.find("/checkpoint-") == name.npos &&
           !fs::exists(fs::path(name), ignored);
}

Result<void> read_trainer_state(std::string_view text, CardFacts& facts) {
    TRY(const json::value state, parse(text));
    std::vector<TrainingRow> rows;
    std::optional<double> loss;
    std::vector<std::pair<std::string, double>> last;
    const auto* history = format::find_array(state, "log_history");
    bool trained = false;  // behind the summary of the training: what is measured now is of the model as it is kept
    for (const auto& entry : history ? *history : json::array()) {
        if (rows.size() > kMaxRows) return Error{Code::kTooLarge, "There are more than 100000 evaluations."};
        trained = trained || find_member(entry, "train_runtime");
        if (const auto now = number_in(entry, "loss")) loss = now;
        auto measured = measured_in(entry);
        if (measured.empty()) continue;
        last = measured;
        if (trained) continue;
        // Several datasets are evaluated one after another: they share a row.
        const auto step = integer_in(entry, "step");
        if (!rows.empty() && step && rows.back().step == step) {
            for (auto& one : measured)
                if (std::ranges::find(rows.back().measured, one.first, &std::pair<std::string, double>::first) ==
                    rows.back().measured.end())
                    rows.back().measured.push_back(one);
            last = rows.back().measured;
        } else {
            rows.push_back({step, number_in(entry, "epoch"), loss, std::move(measured), false});
        }
    }
    mark_best(state, rows);
    if (facts.training.empty()) facts.training = std::move(rows);
    add_scores(last, facts);
    if (const auto batch = integer_in(state, "train_batch_size"))
        add_fact(facts.hyper_parameters, "train_batch_size", std::to_string(*batch));
    const auto* epochs = find_member(state, "num_train_epochs");
    if (epochs) add_fact(facts.hyper_parameters, "num_epochs", argument_text(*epochs));
    return ok();
}

Result<void> read_results(std::string_view text, CardFacts& facts) {
    TRY(const json::value results, parse(text));
    add_scores(measured_in(results), facts);
    return ok();
}

Result<void> read_training_arguments(std::string_view text, CardFacts& facts) {
    TRY(const json::value arguments, parse(text));
    for (const auto& [key, shown, neutral] : kArguments) {
        const auto* value = find_member(arguments, key);
        if (!value) continue;
        const std::string words = argument_text(*value);
        if (words == neutral || (neutral == "0" && is_zero(*value))) continue;
        add_fact(facts.hyper_parameters, std::string(shown), words);
    }
    const auto steps = integer_in(arguments, "max_steps");
    const auto* epochs = find_member(arguments, "num_train_epochs");
    if (steps && *steps > 0)
        add_fact(facts.hyper_parameters, "training_steps", std::to_string(*steps));
    else if (epochs)
        add_fact(facts.hyper_parameters, "num_epochs", argument_text(*epochs));
    for (const char* precision : {"bf16", "fp16"})
        if (format::find_bool(arguments, precision).value_or(false))
            add_fact(facts.hyper_parameters, "mixed_precision_training", precision);
    if (const auto id = find_string(arguments, "hub_model_id"); id && facts.repository.empty() && is_repo_id_form(*id))
        facts.repository = *id;
    return ok();
}

Result<void> read_model_config(std::string_view text, CardFacts& facts) {
    TRY(const json::value config, parse(text));
    add_text(facts.model_type, find_string(config, "model_type"));
    if (const auto* names = format::find_array(config, "architectures"); names && !names->empty() && names->front().is_string())
        add_text(facts.architecture, std::string_view(names->front().get_string()));
    if (const auto group = detail::find_architecture(facts.architecture, facts.model_type); group && facts.task.empty()) {
        // The former name of this task is not written into new cards: which of its heirs it is nobody says.
        if (group->task != "text2text-generation") facts.task = group->task;
    }
    if (facts.library.empty() && find_member(config, "transformers_version")) facts.library = "transformers";
    if (const auto version = find_string(config, "transformers_version"); version && version->size() <= kMaxText)
        add_fact(facts.versions, "Transformers", std::string(*version));
    if (const auto from = find_string(config, "_name_or_path");
        from && facts.base_models.empty() && could_be_model_id(*from) && *from != facts.repository)
        facts.base_models.emplace_back(*from);
    return ok();
}

Result<void> read_adapter_config(std::string_view text, CardFacts& facts) {
    TRY(const json::value config, parse(text));
    if (facts.library.empty()) facts.library = "peft";
    if (const auto base = find_string(config, "base_model_name_or_path");
        base && facts.base_models.empty() && could_be_model_id(*base)) {
        facts.base_models.emplace_back(*base);
        if (facts.relation.empty()) facts.relation = "adapter";
    }
    if (facts.task.empty() && find_string(config, "task_type") == "CAUSAL_LM") facts.task = "text-generation";
    if (facts.task.empty() && find_string(config, "task_type") == "SEQ_CLS") facts.task = "text-classification";
    if (facts.task.empty() && find_string(config, "task_type") == "TOKEN_CLS") facts.task = "token-classification";
    if (const auto* rank = find_member(config, "r")) add_fact(facts.hyper_parameters, "lora_rank", argument_text(*rank));
    if (const auto* alpha = find_member(config, "lora_alpha"))
        add_fact(facts.hyper_parameters, "lora_alpha", argument_text(*alpha));
    return ok();
}

Result<std::vector<std::string>> read_training_folder(const fs::path& folder, CardFacts& facts) {
    std::error_code ignored;
    if (!fs::is_directory(folder, ignored)) return Error{Code::kNotFound, "There is no folder " + folder.string() + "."};
    const fs::path checkpoint = newest_checkpoint(folder);
    const bool has_state = fs::exists(folder / "trainer_state.json", ignored);
    struct Part {
        fs::path name;
        Result<void> (*read)(std::string_view, CardFacts&);
    };
    // The adapter's own file says more than the configuration of what it was made from; results that were written at the
    // end count before those of the log.
    const Part parts[] = {
        {"adapter_config.json", read_adapter_config},
        {"config.json", read_model_config},
        {"training_args.json", read_training_arguments},
        {"eval_results.json", read_results},
        {"all_results.json", read_results},
        {has_state || checkpoint.empty() ? fs::path("trainer_state.json") : checkpoint / "trainer_state.json",
         read_trainer_state},
    };
    std::vector<std::string> read;
    for (const auto& [name, reader] : parts) {
        TRY(const auto text, read_if_there(folder / name));
        if (!text) continue;
        if (const auto done = reader(*text, facts); !done.has_value())
            return Error{done.error().code, name.string() + ": " + done.error().message};
        read.push_back(name.string());
    }
    TRY(const auto csv, read_if_there(folder / "emissions.csv"));
    if (csv && !facts.emissions) {
        TRY(facts.emissions, read_emissions_csv(*csv));
        read.emplace_back("emissions.csv");
    }
    return read;
}

}  // namespace mirfa::card
