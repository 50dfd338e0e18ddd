// SPDX-License-Identifier: Apache-2.0
// Advice on the keys of datasets and Spaces.
#include <algorithm>
#include <set>

#include "card/detail/advice.h"
#include "card/detail/known_keys.h"
#include "card/tables.h"

namespace mirfa::card::detail {
namespace {

namespace json = boost::json;

constexpr std::string_view kSizes[] = {"n<1K",      "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M",
                                       "100M<n<1B", "1B<n<10B", "10B<n<100B", "100B<n<1T", "n>1T"};
constexpr std::string_view kAnnotators[] = {"found",         "crowdsourced", "expert-generated", "machine-generated",
                                            "no-annotation", "other"};
constexpr std::string_view kWriters[] = {"found", "crowdsourced", "expert-generated", "machine-generated", "other"};
constexpr std::string_view kLinguality[] = {"monolingual", "multilingual", "translation", "other"};
constexpr std::size_t kShortDescription = 60;

std::string at(std::string_view path, std::size_t index) { return std::string(path) + "[" + std::to_string(index) + "]"; }

template <class Take>
void each_text(const json::object& card, const char* key, Take take) {
    const auto* value = card.if_contains(key);
    if (!value) return;
    if (const auto* text = value->if_string()) take(std::string(key), std::string_view(*text));
    if (const auto* list = value->if_array())
        for (std::size_t i = 0; i < list->size(); ++i)
            if (const auto* text = (*list)[i].if_string()) take(at(key, i), std::string_view(*text));
}

void one_of(const json::object& card, const char* key, std::span<const std::string_view> names, std::vector<Advice>& out) {
    each_text(card, key, [&](const std::string& path, std::string_view text) {
        if (std::ranges::find(names, text) != names.end()) return;
        const auto near = nearest(text, names);
        std::string all;
        for (const auto& name : names) all += (all.empty() ? "" : ", ") + std::string(name);
        say(out, path, near.empty() ? "should be one of " + all + "." : "is not known. Is " + std::string(near) + " meant?");
    });
}

bool is_texts(const json::value& value) {
    return value.is_string() ||
           (value.is_array() && std::ranges::all_of(value.get_array(), [](const auto& one) { return one.is_string(); }));
}

/// A text, texts, or a list of `split` and `path`.
void data_files(const json::value& files, const std::string& path, std::vector<Advice>& out) {
    if (is_texts(files)) return;
    if (!files.is_array()) return say(out, path, "should be a pattern, a list of patterns, or a list of split and path.");
    std::set<std::string, std::less<>> splits;
    for (std::size_t i = 0; i < files.get_array().size(); ++i) {
        const auto* map = files.get_array()[i].if_object();
        const auto* split = map ? map->if_contains("split") : nullptr;
        const auto* where = map ? map->if_contains("path") : nullptr;
        if (!split || !split->is_string()) {
            say(out, at(path, i), "should name its split, as in `split: train`.");
        } else if (!splits.insert(std::string(split->get_string())).second) {
            say(out, at(path, i) + ".split", "is there twice: list all paths of a split together.");
        }
        if (!where || !is_texts(*where))
            say(out, at(path, i), "should say by `path` where its files are, as in `path: data/train-*`.");
    }
}

void configs(const json::value& list, std::vector<Advice>& out) {
    if (!list.is_array()) return;
    std::set<std::string, std::less<>> names;
    int defaults = 0;
    for (std::size_t i = 0; i < list.get_array().size(); ++i) {
        const std::string path = at("configs", i);
        const auto* map = list.get_array()[i].if_object();
        if (!map) {
            say(out, path, "should be a mapping with config_name and data_files.");
            continue;
        }
        const auto* name = map->if_contains("config_name");
        if (!name || !name->is_string())
            say(out, path, "should have a config_name, as in `config_name: default`.");
        else if (!names.insert(std::string(name->get_string())).second)
            say(out, path + ".config_name", "is there twice.");
        if (const auto* files = map->if_contains("data_files")) data_files(*files, path + ".data_files", out);
        if (const auto* first = map->if_contains("default"); first && first->is_bool() && first->get_bool() && ++defaults == 2)
            say(out, path + ".default", "is true for a second one; only one can be.");
    }
}

void one_info(const json::object& info, const std::string& path, bool needs_name, std::vector<Advice>& out) {
    if (const auto* name = info.if_contains("config_name"); needs_name && (!name || !name->is_string()))
        say(out, path, "should have the config_name that it is about.");
    const auto* features = info.if_contains("features");
    if (features && !features->is_array()) say(out, path + ".features", "should be a list, each with name and dtype.");
    if (features && features->is_array())
        for (std::size_t i = 0; i < features->get_array().size(); ++i)
            if (const auto* map = features->get_array()[i].if_object(); !map || !map->contains("name"))
                say(out, at(path + ".features", i), "should have a name.");
    const auto* splits = info.if_contains("splits");
    if (!splits || !splits->is_array()) return;
    for (std::size_t i = 0; i < splits->get_array().size(); ++i) {
        const auto* map = splits->get_array()[i].if_object();
        if (!map || !map->contains("name")) say(out, at(path + ".splits", i), "should have a name, as in `name: train`.");
        for (const char* number : {"num_bytes", "num_examples"})
            if (const auto* value = map ? map->if_contains(number) : nullptr; value && !value->is_number())
                say(out, at(path + ".splits", i) + "." + number, "should be a number.");
    }
}

}  // namespace

void advise_dataset(const json::object& card, std::vector<Advice>& out) {
    std::vector<std::string_view> names;
    for (const auto& task : tasks()) names.push_back(task.id);
    each_text(card, "task_categories", [&](const std::string& path, std::string_view id) {
        if (is_task(id)) return;
        const auto near = nearest(id, names);
        say(out, path, near.empty() ? "is not a known task." : "is not a known task. Is " + std::string(near) + " meant?");
    });
    one_of(card, "size_categories", kSizes, out);
    one_of(card, "annotations_creators", kAnnotators, out);
    one_of(card, "language_creators", kWriters, out);
    one_of(card, "multilinguality", kLinguality, out);
    if (const auto* list = card.if_contains("configs")) configs(*list, out);
    const auto* info = card.if_contains("dataset_info");
    if (!info) return;
    if (info->is_object()) return one_info(info->get_object(), "dataset_info", false, out);
    if (!info->is_array()) return say(out, "dataset_info", "should be a mapping, or a list of one for each configuration.");
    for (std::size_t i = 0; i < info->get_array().size(); ++i) {
        if (const auto* map = info->get_array()[i].if_object())
            one_info(*map, at("dataset_info", i), info->get_array().size() > 1, out);
        else
            say(out, at("dataset_info", i), "should be a mapping.");
    }
}

void advise_space(const json::object& card, std::vector<Advice>& out) {
    const auto text_of = [&](std::string_view key) {
        const auto* value = card.if_contains(key);
        return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
    };
    if (!card.contains("title")) say(out, "", "The Space has no title. Add one, as in `title: My demo`.");
    const auto sdk = text_of("sdk");
    if ((sdk == "gradio" || sdk == "streamlit") && !card.contains("sdk_version"))
        say(out, "sdk", "is " + std::string(sdk) + " in whatever version is new: fix it by sdk_version.");
    if (card.contains("app_port") && sdk != "docker") say(out, "app_port", "counts for `sdk: docker` only.");
    if (const auto* port = card.if_contains("app_port");
        port && port->is_int64() && (port->get_int64() < 1 || port->get_int64() > 65535))
        say(out, "app_port", "should be between 1 and 65535.");
    if (text_of("short_description").size() > kShortDescription)
        say(out, "short_description", "is cut behind " + std::to_string(kShortDescription) + " characters.");
    if (const auto header = text_of("header"); !header.empty() && header != "mini" && header != "default")
        say(out, "header", "should be mini or default.");
}

}  // namespace mirfa::card::detail
