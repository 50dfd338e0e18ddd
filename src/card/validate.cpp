// SPDX-License-Identifier: Apache-2.0
// The sentences have the form that a schema checker would give them, because people and scripts that use other hubs know
// and search for them: the quoted path first, then what must be.
#include "card/validate.h"

#include <algorithm>

#include "base/ascii.h"
#include "card/front_matter.h"
#include "card/tables.h"

namespace mirfa::card {
namespace {

namespace json = boost::json;

constexpr std::string_view kMissing = "empty or missing yaml metadata in repo card";
constexpr std::string_view kColors[] = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"};
constexpr std::string_view kSdks[] = {"gradio", "docker", "static", "streamlit"};
constexpr std::string_view kRelations[] = {"adapter", "merge", "quantized", "finetune"};
constexpr std::size_t kMaxIdPart = 96;

template <class Rows>
bool holds(const Rows& rows, std::string_view text) {
    return std::find(std::begin(rows), std::end(rows), text) != std::end(rows);
}

template <class Rows>
std::string listed(const Rows& rows) {
    std::string all;
    for (const auto& row : rows) all += (all.empty() ? "" : ", ") + std::string(row);
    return all;
}

std::string item(std::string_view path, std::size_t index) { return std::string(path) + "[" + std::to_string(index) + "]"; }

/// What a value looks like in a message.
std::string shown(std::string_view text) {
    return text.size() <= 100 ? std::string(text) : std::string(text.substr(0, 100)) + "…";
}

bool is_language_code(std::string_view code) {
    if (code == "code" || code == "multilingual") return true;
    return (code.size() == 2 || code.size() == 3) &&
           std::all_of(code.begin(), code.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

class Checker {
public:
    Checker(const Yaml& yaml, Verdict& verdict) : yaml_(yaml), card_(yaml.value.get_object()), verdict_(verdict) {}

    void check(RepoKind kind) {
        for (const auto& key : yaml_.repeated_keys)
            warn(key, "\"" + shown(key) + "\" is given more than once. The last one counts.");
        check_license();
        each_text("language", [this](auto& path, auto code) { check_language(path, code); });
        each_text("tags", [](auto&, auto) {});
        switch (kind) {
            case RepoKind::kModel: return check_model();
            case RepoKind::kDataset: return check_dataset();
            case RepoKind::kSpace: return check_space();
        }
    }

private:
    void check_license() {
        each_text("license", [this](auto& path, auto id) {
            if (is_license(id)) return;
            std::string all;
            for (const auto& license : licenses()) all += std::string(license.id) + ", ";
            fail("license", "\"" + path + "\" must be one of [" + all + "array]");
        });
        optional_text("license_name");
        optional_text("license_link");
    }

    void check_language(const std::string& path, std::string_view code) {
        if (is_language_code(code)) return;
        fail("language", "\"" + path + "\" with value \"" + shown(code) +
                             "\" is not valid. It must be an ISO 639-1, 639-2 or 639-3 code (two/three letters), or a special "
                             "value like \"code\", \"multilingual\". If you want to use BCP-47 identifiers, you can specify "
                             "them in language_bcp47.");
    }

    void check_model() {
        optional_text("library_name");
        optional_text("pipeline_tag");
        if (const auto* task = text_of("pipeline_tag"); task && !is_task(*task))
            warn("pipeline_tag",
                 "\"pipeline_tag\" with value \"" + shown(*task) + "\" is not a known task, so filters will not find it.");
        each_text("metrics", [](auto&, auto) {});
        check_ids("datasets", "dataset");
        check_ids("base_model", "model");
        if (const auto* relation = text_of("base_model_relation"); relation && !holds(kRelations, *relation))
            warn("base_model_relation", "\"base_model_relation\" should be one of [" + listed(kRelations) + "]");
        check_model_index();
    }

    void check_dataset() {
        optional_text("pretty_name");
        for (const char* key : {"task_categories", "task_ids", "size_categories", "multilinguality", "annotations_creators",
                                "language_creators", "source_datasets"})
            if (const auto* value = present(key); value && !is_text_or_list_of_texts(*value))
                warn(key, "\"" + std::string(key) + "\" should be a list of strings");
        if (const auto* configs = present("configs"); configs && !configs->is_array())
            warn("configs", "\"configs\" should be an array");
    }

    void check_space() {
        for (const char* key : {"title", "emoji", "app_file", "short_description"}) optional_text(key);
        one_of("sdk", kSdks);
        one_of("colorFrom", kColors);
        one_of("colorTo", kColors);
        if (!present("sdk")) warn("sdk", "\"sdk\" is missing: a Space says here what it runs on.");
        check_ids("models", "model");
        check_ids("datasets", "dataset");
    }

    void check_ids(const char* key, const std::string& what) {
        each_text(key, [&](auto& path, auto id) {
            if (!is_repo_id_form(id))
                fail(key, "\"" + path + "\" with value \"" + shown(id) + "\" is not valid. Use the id of a " + what +
                              ", as in owner/name, not a path or a sentence.");
        });
    }

    template <class Rows>
    void one_of(const char* key, const Rows& rows) {
        const auto* value = present(key);
        if (!value) return;
        if (!value->is_string() || !holds(rows, std::string_view(value->get_string())))
            fail(key, "\"" + std::string(key) + "\" must be one of [" + listed(rows) + "]");
    }

    /// `name` and `results` of each entry; of each result `task`, `dataset` and `metrics`.
    void check_model_index() {
        const auto* index = present("model-index");
        if (!index) return;
        if (!index->is_array()) return must_be("model-index", "an array");
        each_object(*index, "model-index", [this](const json::object& entry, const std::string& path) {
            require_text(entry, path, "name");
            const auto* results = require(entry, path, "results");
            if (!results) return;
            if (!results->is_array()) return must_be(path + ".results", "an array");
            each_object(*results, path + ".results", [this](const auto& result, const auto& at) { check_result(result, at); });
        });
    }

    void check_result(const json::object& result, const std::string& path) {
        if (const auto* task = find_object(result, path, "task")) {
            require_text(*task, path + ".task", "type");
            texts_if_given(*task, path + ".task", {"name"});
        }
        if (const auto* dataset = find_object(result, path, "dataset")) {
            require_text(*dataset, path + ".dataset", "type");
            require_text(*dataset, path + ".dataset", "name");
            texts_if_given(*dataset, path + ".dataset", {"config", "split", "revision"});
        }
        if (const auto* metrics = require(result, path, "metrics")) check_metrics(*metrics, path + ".metrics");
        const auto* source = result.if_contains("source");
        if (!source || source->is_null()) return;
        if (!source->is_object()) return must_be(path + ".source", "of type object");
        require_text(source->get_object(), path + ".source", "url");
    }

    void check_metrics(const json::value& metrics, const std::string& path) {
        if (!metrics.is_array()) return must_be(path, "an array");
        each_object(metrics, path, [this](const json::object& metric, const std::string& at) {
            require_text(metric, at, "type");
            if (!metric.contains("value")) fail("model-index", "\"" + at + ".value\" is required");
            texts_if_given(metric, at, {"name", "config"});
        });
    }

    // The forms below report under the top-level key that the path begins with.

    const json::value* present(std::string_view key) const {
        const auto* value = card_.if_contains(key);
        return value && !value->is_null() ? value : nullptr;
    }
    const json::string* text_of(std::string_view key) const {
        const auto* value = present(key);
        return value ? value->if_string() : nullptr;
    }
    void must_be(const std::string& path, std::string_view what) {
        fail(path.substr(0, path.find_first_of(".[")), "\"" + path + "\" must be " + std::string(what));
    }
    void optional_text(const char* key) {
        if (const auto* value = present(key); value && !value->is_string()) must_be(key, "a string");
    }
    static bool is_text_or_list_of_texts(const json::value& value) {
        if (!value.is_array()) return value.is_string();
        return std::all_of(value.get_array().begin(), value.get_array().end(), [](const auto& one) { return one.is_string(); });
    }
    /// A text, or a list of texts: `check(path, text)` for each.
    template <class Check>
    void each_text(const char* key, Check check) {
        const auto* value = present(key);
        if (!value) return;
        if (!value->is_array()) return one_text(*value, key, check);
        for (std::size_t i = 0; i < value->get_array().size(); ++i) one_text(value->get_array()[i], item(key, i), check);
    }
    template <class Check>
    void one_text(const json::value& value, const std::string& path, Check check) {
        if (const auto* text = value.if_string()) return check(path, std::string_view(*text));
        must_be(path, "a string");
    }
    template <class Check>
    void each_object(const json::value& list, const std::string& path, Check check) {
        for (std::size_t i = 0; i < list.get_array().size() && !is_full(); ++i) {
            const auto& one = list.get_array()[i];
            if (one.is_object())
                check(one.get_object(), item(path, i));
            else
                must_be(item(path, i), "of type object");
        }
    }
    const json::value* require(const json::object& object, const std::string& path, std::string_view key) {
        const auto* value = object.if_contains(key);
        if (value && !value->is_null()) return value;
        fail("model-index", "\"" + path + "." + std::string(key) + "\" is required");
        return nullptr;
    }
    void require_text(const json::object& object, const std::string& path, std::string_view key) {
        const auto* value = require(object, path, key);
        if (value && !value->is_string()) must_be(path + "." + std::string(key), "a string");
    }
    /// One that should be there: without it, readers skip the result.
    const json::object* find_object(const json::object& object, const std::string& path, std::string_view key) {
        const auto* value = object.if_contains(key);
        if (!value || value->is_null()) {
            warn("model-index", "\"" + path + "." + std::string(key) + "\" is missing");
            return nullptr;
        }
        if (!value->is_object()) must_be(path + "." + std::string(key), "of type object");
        return value->if_object();
    }
    void texts_if_given(const json::object& object, const std::string& path, std::initializer_list<std::string_view> keys) {
        for (const auto key : keys)
            if (const auto* value = object.if_contains(key); value && !value->is_string())
                must_be(path + "." + std::string(key), "a string");
    }

    bool is_full() const { return verdict_.errors.size() >= kMaxFindings; }
    int line_of(std::string_view key) const {
        const auto found = yaml_.lines.find(key);
        return found == yaml_.lines.end() ? 0 : found->second;
    }
    void fail(std::string_view key, std::string message) {
        if (!is_full()) verdict_.errors.push_back({std::move(message), line_of(key)});
    }
    void warn(std::string_view key, std::string message) {
        if (verdict_.warnings.size() < kMaxFindings) verdict_.warnings.push_back({std::move(message), line_of(key)});
    }

    const Yaml& yaml_;
    const json::object& card_;
    Verdict& verdict_;
};

Finding missing() { return {std::string(kMissing), 0}; }

bool is_id_part(std::string_view part) {
    const auto allowed = [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; };
    const auto edge = [](char c) { return c == '-' || c == '.'; };
    return !part.empty() && part.size() <= kMaxIdPart && std::all_of(part.begin(), part.end(), allowed) && !edge(part.front()) &&
           !edge(part.back()) && part.find("--") == part.npos && part.find("..") == part.npos;
}

}  // namespace

bool is_repo_id_form(std::string_view id) {
    const auto parts = split(id, '/');
    return parts.size() <= 2 && std::all_of(parts.begin(), parts.end(), is_id_part);
}

Verdict validate_card(RepoKind kind, std::string_view readme) {
    const auto split = split_card(readme);
    if (!split.has_front_matter) return {{}, {missing()}};
    const auto yaml = parse_yaml(split.yaml, split.yaml_line);
    if (!yaml.has_value()) return {{{"Invalid YAML in README.md: " + yaml.error().message, 0}}, {}};
    const auto& value = yaml.value().value;
    if (value.is_array()) return {{{"\"value\" must be of type object", split.yaml_line}}, {}};
    if (!value.is_object()) return {{{"The YAML metadata of your README.md is invalid.", split.yaml_line}}, {}};
    if (value.get_object().empty()) return {{}, {missing()}};
    Verdict verdict;
    Checker(yaml.value(), verdict).check(kind);
    return verdict;
}

}  // namespace mirfa::card
