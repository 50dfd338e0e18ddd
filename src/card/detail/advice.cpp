// SPDX-License-Identifier: Apache-2.0
#include "card/detail/advice.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "card/detail/known_keys.h"
#include "card/summary.h"
#include "card/tables.h"

namespace mirfa::card::detail {
namespace {

namespace json = boost::json;

constexpr std::size_t kShown = 60;

std::string shown(std::string_view text) {
    return "`" + std::string(text.substr(0, kShown)) + (text.size() > kShown ? "…`" : "`");
}
std::string at(std::string_view path, std::size_t index) { return std::string(path) + "[" + std::to_string(index) + "]"; }

bool has_shape(const json::value& value, Shape shape) {
    switch (shape) {
        case Shape::kText: return value.is_string();
        case Shape::kTexts:
            return value.is_string() ||
                   (value.is_array() && std::ranges::all_of(value.get_array(), [](const auto& one) { return one.is_string(); }));
        case Shape::kBool: return value.is_bool();
        case Shape::kInteger: return value.is_int64() || value.is_uint64();
        case Shape::kList: return value.is_array();
        case Shape::kMap: return value.is_object();
        case Shape::kAny: return true;
    }
    return true;
}

class Adviser {
public:
    Adviser(RepoKind kind, const json::object& card, std::vector<Advice>& out) : kind_(kind), card_(card), out_(out) {}

    void run() {
        for (const auto& [key, value] : card_) one_key(key, value);
        licence();
        languages();
        tags();
        gate();
        switch (kind_) {
            case RepoKind::kModel: return model();
            case RepoKind::kDataset: return advise_dataset(card_, out_);
            case RepoKind::kSpace: return advise_space(card_, out_);
        }
    }

private:
    const json::value* present(std::string_view key) const {
        const auto* value = card_.if_contains(key);
        return value && !value->is_null() ? value : nullptr;
    }
    std::string_view text_of(std::string_view key) const {
        const auto* value = present(key);
        return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
    }
    /// `take(path, text)` for a text or each of a list.
    template <class Take>
    void each_text(const char* key, Take take) const {
        const auto* value = present(key);
        if (!value) return;
        if (const auto* text = value->if_string()) take(std::string(key), std::string_view(*text));
        if (const auto* list = value->if_array())
            for (std::size_t i = 0; i < list->size(); ++i)
                if (const auto* text = (*list)[i].if_string()) take(at(key, i), std::string_view(*text));
    }

    void one_key(std::string_view name, const json::value& value) {
        const auto* known = find_key(name);
        if (known && known->in(kind_)) {
            if (value.is_null()) return say(out_, std::string(name), "has no value. Give it one, or remove the key.");
            if (!has_shape(value, known->shape)) {
                const bool number = known->shape == Shape::kText && !value.is_structured();
                say(out_, std::string(name),
                    "should be " + std::string(words_for(known->shape)) + (number ? ": put it in quotes." : "."));
            }
            return;
        }
        if (const auto near = near_key(name, kind_); !near.empty() && !card_.contains(near))
            say(out_, std::string(name), "is not a key that hubs know. Is " + std::string(near) + " meant?");
    }

    void licence() {
        bool is_other = false;
        std::vector<std::string_view> names;
        for (const auto& license : licenses()) names.push_back(license.id);
        each_text("license", [&](const std::string& path, std::string_view id) {
            is_other = is_other || id == "other";
            if (is_license(id)) return;
            const auto near = nearest(id, names);
            say(out_, path,
                near.empty() ? "is of none of the known licences. Write `license: other`, and its name and link as license_name "
                               "and license_link."
                             : "is perhaps meant to be " + std::string(near) + ".");
        });
        if (!present("license"))
            return say(out_, "", "No licence is given, so nobody knows what they may do. Add one, as in `license: apache-2.0`.");
        if (is_other && !present("license_name"))
            say(out_, "license", "is `other`: say which by license_name, a short name of your own.");
        if (is_other && !present("license_link"))
            say(out_, "license", "is `other`: say where its text is by license_link, `LICENSE` or an address.");
        if (!is_other && present("license_name")) say(out_, "license_name", "is shown for `license: other` only.");
        if (const auto link = text_of("license_link"); link.find(' ') != link.npos)
            say(out_, "license_link", "should be an address, or the name of a file of the repository such as LICENSE.");
    }

    void languages() {
        each_text("language", [&](const std::string& path, std::string_view code) {
            const auto hint = language_hint(code);
            if (code.size() == 2 && !is_two_letter_language(code))
                return say(
                    out_, path,
                    shown(code) + " is no language of ISO 639-1." + (hint.empty() ? "" : " Is " + std::string(hint) + " meant?"));
            const auto dash = code.find_first_of("-_");
            if ((dash == 2 || dash == 3) && code.size() > dash + 1)
                say(out_, path,
                    "is more than a language: write " + ascii_lower(code.substr(0, dash)) +
                        " here, and the whole under language_bcp47.");
            else if (code.size() > 3 && code != "code" && code != "multilingual")
                say(out_, path, "should be a code of two or three letters, as en or ara.");
        });
    }

    void tags() {
        std::set<std::string, std::less<>> seen;
        each_text("tags", [&](const std::string& path, std::string_view tag) {
            if (!seen.insert(std::string(tag)).second) say(out_, path, shown(tag) + " is there twice. Remove one.");
            if (tag.empty() || tag.size() > kMaxTagBytes)
                say(out_, path, "should have 1 to " + std::to_string(kMaxTagBytes) + " octets.");
        });
    }

    void gate() {
        const auto* fields = present("extra_gated_fields");
        if (!fields || !fields->is_object()) return;
        constexpr std::string_view kTypes[] = {"text", "checkbox", "date_picker", "country", "select"};
        for (const auto& [label, field] : fields->get_object()) {
            const std::string path = "extra_gated_fields." + std::string(label);
            const auto* map = field.if_object();
            const auto* type = map ? map->if_contains("type") : &field;
            const auto* name = type ? type->if_string() : nullptr;
            if (!name || std::ranges::find(kTypes, std::string_view(*name)) == std::end(kTypes)) {
                say(out_, path, "should be text, checkbox, date_picker, country, or a mapping with `type: select` and options.");
            } else if (*name == "select") {
                const auto* options = map ? map->if_contains("options") : nullptr;
                if (!options || !options->is_array() || options->get_array().empty())
                    say(out_, path, "is a choice without options: list them under `options`.");
            }
        }
    }

    void model() {
        task_and_library();
        if (present("base_model_relation") && !present("base_model"))
            say(out_, "base_model_relation", "says how the model came from another, but base_model does not say from which.");
        if (const auto id = text_of("new_version"); !id.empty() && !is_repo_id_form(id))
            say(out_, "new_version", "should be the id of a model, as owner/name.");
        if (const auto url = text_of("thumbnail"); !url.empty() && !url.starts_with("http://") && !url.starts_with("https://"))
            say(out_, "thumbnail", "should be an address that begins with https://.");
        each_text("metrics", [&](const std::string& path, std::string_view id) {
            if (id.find_first_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ ") != id.npos)
                say(out_, path, "should be the id of a metric, in lower case and without spaces, as f1 or accuracy.");
        });
        if (const auto* value = present("inference");
            value && !value->is_bool() && !(value->is_object() && is_map_of(*value, "parameters")))
            say(out_, "inference", "should be false, true, or a mapping with `parameters`.");
        if (const auto* value = present("co2_eq_emissions")) advise_emissions(*value, out_);
        if (const auto* value = present("widget")) advise_widget(*value, text_of("pipeline_tag"), out_);
        if (const auto* value = present("model-index")) advise_results(*value, out_);
    }

    static bool is_map_of(const json::value& map, std::string_view key) {
        const auto* inner = map.get_object().if_contains(key);
        return !inner || inner->is_object();
    }

    void task_and_library() {
        std::vector<std::string_view> names;
        for (const auto& task : tasks()) names.push_back(task.id);
        const auto task = text_of("pipeline_tag");
        if (!task.empty() && !is_task(task)) {
            if (const auto near = nearest(task, names); !near.empty())
                say(out_, "pipeline_tag", "is perhaps meant to be " + std::string(near) + ".");
        } else if (task == "text2text-generation") {
            say(out_, "pipeline_tag", "is the former name of a task. Write text-generation, translation or summarization.");
        } else if (task == "conversational") {
            say(out_, "pipeline_tag", "is the former name of a task. Write text-generation, and conversational under tags.");
        }
        if (!present("pipeline_tag"))
            say(out_, "",
                "No task is given, so filters will not find the model. Add one, as in `pipeline_tag: text-generation`.");
        names.clear();
        for (const auto& library : libraries()) names.push_back(library.id);
        const auto library = text_of("library_name");
        if (library.empty() || is_library(library)) return;
        for (const auto& known : libraries())
            if (ascii_iequals(known.id, library) || ascii_iequals(known.name, library))
                return say(out_, "library_name", "should be written " + std::string(known.id) + ".");
        if (const auto near = nearest(library, names); !near.empty())
            say(out_, "library_name", "is not known. Is " + std::string(near) + " meant?");
    }

    const RepoKind kind_;
    const json::object& card_;
    std::vector<Advice>& out_;
};

}  // namespace

void say(std::vector<Advice>& out, std::string path, std::string_view words) {
    if (out.size() >= kMaxFindings) return;
    std::string message = path.empty() ? std::string(words) : "\"" + path + "\" " + std::string(words);
    out.push_back({std::move(path), std::move(message)});
}

std::vector<Advice> advise(RepoKind kind, const json::object& card) {
    std::vector<Advice> out;
    Adviser(kind, card, out).run();
    return out;
}

}  // namespace mirfa::card::detail
