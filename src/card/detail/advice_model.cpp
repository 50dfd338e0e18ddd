// SPDX-License-Identifier: Apache-2.0
// Advice on the keys of models that have a structure of their own.
#include <algorithm>
#include <cctype>
#include <map>

#include "card/detail/advice.h"
#include "card/detail/known_keys.h"
#include "card/tables.h"

namespace mirfa::card::detail {
namespace {

namespace json = boost::json;

std::string at(std::string_view path, std::size_t index) { return std::string(path) + "[" + std::to_string(index) + "]"; }

const json::object* map_in(const json::object& map, std::string_view key) {
    const auto* value = map.if_contains(key);
    return value ? value->if_object() : nullptr;
}
std::string_view text_in(const json::object& map, std::string_view key) {
    const auto* value = map.if_contains(key);
    const auto* text = value ? value->if_string() : nullptr;
    return text ? std::string_view(*text) : std::string_view();
}

/// `take(item, path)` for each mapping of a list.
template <class Take>
void each_map(const json::value* list, const std::string& path, Take take) {
    if (!list || !list->is_array()) return;
    for (std::size_t i = 0; i < list->get_array().size(); ++i)
        if (const auto* map = list->get_array()[i].if_object()) take(*map, at(path, i));
}

/// Whether a text could be a number with a unit or a deviation, as `20.0 ± 1.2`.
bool begins_with_number(std::string_view text) {
    const auto first = text.find_first_not_of(" +-<>~=.");
    return first != text.npos && text[first] >= '0' && text[first] <= '9';
}

void one_metric(const json::object& metric, const std::string& path, std::vector<Advice>& out) {
    if (const auto* value = metric.if_contains("value")) {
        if (value->is_null()) say(out, path + ".value", "is empty. Give the number, or remove the metric.");
        if (const auto* text = value->if_string();
            text && begins_with_number(*text) && text->find_first_not_of("0123456789.eE+-") == text->npos)
            say(out, path + ".value", "is a number in quotes: without them, tables can sort it.");
        if (const auto* text = value->if_string(); text && !begins_with_number(*text))
            say(out, path + ".value", "should be a number.");
        if (value->is_object()) say(out, path + ".value", "should be a number; several are several metrics.");
    }
    if (const auto* verified = metric.if_contains("verified"); verified && !verified->is_bool())
        say(out, path + ".verified", "should be true or false.");
    if (const auto* args = metric.if_contains("args"); args && !args->is_object() && !args->is_null())
        say(out, path + ".args", "should be a mapping.");
}

void one_result(const json::object& result, const std::string& path, std::vector<Advice>& out) {
    if (const auto* task = map_in(result, "task")) {
        const auto type = text_in(*task, "type");
        if (!type.empty() && !is_task(type)) {
            std::vector<std::string_view> names;
            for (const auto& known : tasks()) names.push_back(known.id);
            const auto near = nearest(type, names);
            say(out, path + ".task.type",
                near.empty() ? "is not a known task." : "is not a known task. Is " + std::string(near) + " meant?");
        }
    }
    if (const auto* dataset = map_in(result, "dataset"))
        if (const auto type = text_in(*dataset, "type"); type.find(' ') != type.npos)
            say(out, path + ".dataset.type", "should be the id of a dataset; its name for people is `name`.");
    const auto* metrics = result.if_contains("metrics");
    if (metrics && metrics->is_array() && metrics->get_array().empty())
        say(out, path + ".metrics", "is empty, so the result says nothing.");
    each_map(metrics, path + ".metrics", [&](const auto& metric, const auto& where) { one_metric(metric, where, out); });
}

/// What a widget's example gives to a model of a task. Several sets: one of them is enough.
struct Inputs {
    std::string_view task;
    std::vector<std::vector<std::string_view>> sets;
};
const std::vector<Inputs>& inputs() {
    static const std::vector<Inputs> kInputs = [] {
        std::vector<Inputs> rows;
        for (const char* task :
             {"text-classification", "token-classification", "translation", "summarization", "feature-extraction",
              "text-to-speech", "text-to-audio", "text-to-image", "text-to-video", "fill-mask"})
            rows.push_back({task, {{"text"}}});
        for (const char* task : {"text-generation", "image-text-to-text"}) rows.push_back({task, {{"text"}, {"messages"}}});
        for (const char* task : {"automatic-speech-recognition", "audio-classification", "audio-to-audio",
                                 "voice-activity-detection", "image-classification", "object-detection", "image-segmentation",
                                 "image-to-text", "depth-estimation", "image-to-image", "image-to-video"})
            rows.push_back({task, {{"src"}}});
        rows.push_back({"question-answering", {{"text", "context"}}});
        rows.push_back({"zero-shot-classification", {{"text", "candidate_labels"}}});
        rows.push_back({"table-question-answering", {{"text", "table"}}});
        for (const char* task : {"sentence-similarity", "text-ranking"})
            rows.push_back({task, {{"source_sentence", "sentences"}}});
        for (const char* task : {"tabular-classification", "tabular-regression"}) rows.push_back({task, {{"structured_data"}}});
        for (const char* task : {"visual-question-answering", "document-question-answering"})
            rows.push_back({task, {{"src", "text"}}});
        for (const char* task : {"zero-shot-image-classification", "zero-shot-object-detection"})
            rows.push_back({task, {{"src", "candidate_labels"}}});
        return rows;
    }();
    return kInputs;
}

std::string listed(const std::vector<std::vector<std::string_view>>& sets) {
    std::string text;
    for (const auto& set : sets) {
        text += text.empty() ? "" : ", or ";
        for (std::size_t i = 0; i < set.size(); ++i) text += (i == 0 ? "" : " and ") + std::string(set[i]);
    }
    return text;
}

void one_example(const json::object& example, const std::string& path, std::string_view task, std::vector<Advice>& out) {
    const auto row = std::ranges::find(inputs(), task, &Inputs::task);
    if (row != inputs().end()) {
        const auto fits = [&](const auto& set) {
            return std::ranges::all_of(set, [&](auto key) { return example.contains(key); });
        };
        if (std::ranges::none_of(row->sets, fits) && !example.contains("output"))
            say(out, path, "does not give what " + std::string(task) + " needs: " + listed(row->sets) + ".");
    }
    if (const auto* labels = example.if_contains("candidate_labels"); labels && !labels->is_string())
        say(out, path + ".candidate_labels", "should be one text with commas between the labels.");
    if (const auto* messages = example.if_contains("messages")) {
        const auto is_turn = [](const json::value& turn) {
            return turn.is_object() && turn.get_object().contains("role") && turn.get_object().contains("content");
        };
        if (!messages->is_array() || !std::ranges::all_of(messages->get_array(), is_turn))
            say(out, path + ".messages", "should be a list of turns, each with role and content.");
    }
}

}  // namespace

void advise_results(const json::value& model_index, std::vector<Advice>& out) {
    each_map(&model_index, "model-index", [&](const json::object& entry, const std::string& path) {
        each_map(entry.if_contains("results"), path + ".results",
                 [&](const auto& result, const auto& where) { one_result(result, where, out); });
    });
    if (model_index.is_array() && model_index.get_array().size() > 1)
        say(out, "model-index", "has several entries; clients put all results under the name of the last. Put them into one.");
}

void advise_emissions(const json::value& emissions, std::vector<Advice>& out) {
    const std::string key = "co2_eq_emissions";
    const auto* map = emissions.if_object();
    const auto* grams = map ? map->if_contains("emissions") : &emissions;
    const std::string path = map ? key + ".emissions" : key;
    if (!grams) return say(out, key, "does not say how much: add `emissions`, in grams of CO2 equivalent.");
    if (grams->is_string())
        return say(out, path, "should be a number, in grams of CO2 equivalent, without a unit and without quotes.");
    if (!grams->is_number()) return say(out, path, "should be a number, in grams of CO2 equivalent.");
    if (grams->to_number<double>() < 0) say(out, path, "cannot be less than nothing.");
    if (!map) return;
    if (!map->contains("source"))
        say(out, key, "does not say where the number comes from: add `source`, as in `source: codecarbon`.");
    if (const auto type = text_in(*map, "training_type"); !type.empty() && type != "pre-training" && type != "fine-tuning")
        say(out, key + ".training_type", "should be pre-training or fine-tuning.");
    for (const char* text : {"source", "training_type", "geographical_location", "hardware_used"})
        if (const auto* value = map->if_contains(text); value && !value->is_string())
            say(out, key + "." + text, "should be a text.");
}

void advise_widget(const json::value& widget, std::string_view task, std::vector<Advice>& out) {
    if (!widget.is_array()) return;
    for (std::size_t i = 0; i < widget.get_array().size(); ++i) {
        const auto& example = widget.get_array()[i];
        if (example.is_object())
            one_example(example.get_object(), at("widget", i), task, out);
        else
            say(out, at("widget", i), "should be a mapping, as in `- text: …`.");
    }
}

}  // namespace mirfa::card::detail
