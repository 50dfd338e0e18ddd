// SPDX-License-Identifier: Apache-2.0
#include "cli/card.h"

#include <sys/stat.h>

#include <CLI/CLI.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <map>

#include "base/file.h"
#include "card/check.h"
#include "card/edit.h"
#include "card/front_matter.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/line_diff.h"
#include "cli/output.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using card::Edit;
using card::RepoKind;

constexpr std::size_t kMaxReadmeBytes = 16u << 20;

struct CardWords {
    std::string file = ".";
    std::string type = "model";
    std::vector<std::string> set, add, remove;
    bool json = false, strict = false, dry_run = false, force = false;

    RepoKind kind() const {
        if (type == "dataset") return RepoKind::kDataset;
        return type == "space" ? RepoKind::kSpace : RepoKind::kModel;
    }
};

// check

int check(const CardWords& words) {
    const auto path = readme_path(words.file);
    const auto readme = read_small_file(path, kMaxReadmeBytes);
    if (!readme.has_value()) return fail(readme.error());
    const auto remarks = card::check_card(words.kind(), readme.value());
    std::string list = "[";
    bool failed = false;
    for (const auto& remark : remarks) {
        failed = failed || remark.severity == card::Severity::kError || words.strict;
        Report report(true);
        report.field("file", path.string());
        report.number("line", static_cast<std::uint64_t>(std::max(remark.line, 0)));
        report.field("severity", card::name_of(remark.severity));
        report.field("message", remark.message);
        list += (list.size() > 1 ? ", " : "") + report.json();
        const std::string line = remark.line > 0 ? ":" + std::to_string(remark.line) : "";
        if (!words.json)
            say(printable(path.string() + line + ": " + std::string(card::name_of(remark.severity)) + ": " + remark.message));
    }
    if (words.json) say(list + "]");
    return failed ? kFailed : kOk;
}

// edit

/// What `KEY=VALUE` means: text, unless it reads as a number, true, false or null and its key does not hold text. Lists,
/// mappings and quoted texts are YAML.
Result<json::value> read_value(const card::CardPath& path, std::string_view text) {
    if (!text.empty() && std::string_view("[{'\"").find(text.front()) != std::string_view::npos) {
        auto yaml = card::parse_yaml(text);
        if (!yaml.has_value())
            return Error{Code::kInvalidArgument, "The value " + std::string(text) + " is no YAML: " + yaml.error().message + "."};
        return std::move(yaml).value().value;
    }
    const auto* key = std::get_if<std::string>(&path.front());
    const bool is_text = path.size() == 1 && key && card::is_text_key(*key);
    const auto yaml = is_text ? Result<card::Yaml>(card::Yaml{}) : card::parse_yaml(text);
    const bool is_scalar = !is_text && yaml.has_value() && !yaml.value().value.is_structured() && !yaml.value().value.is_string();
    return is_scalar ? yaml.value().value : json::value(text);
}

/// Splits at the first `=` outside of quotes.
std::size_t find_equals(std::string_view word) {
    bool quoted = false;
    for (std::size_t at = 0; at < word.size(); ++at) {
        if (word[at] == '"') quoted = !quoted;
        if (word[at] == '=' && !quoted) return at;
    }
    return word.npos;
}

Result<Edit> read_edit(Edit::Kind kind, std::string_view word) {
    const auto equals = find_equals(word);
    TRY(auto path, card::parse_card_path(word.substr(0, equals)));
    if (equals == word.npos && kind == Edit::Kind::kRemove) return Edit{kind, std::move(path), nullptr};
    if (equals == word.npos || equals + 1 == word.size())
        return Error{Code::kInvalidArgument,
                     "\"" + std::string(word) + "\" has no value. Write it like license=mit; --remove takes a key out."};
    TRY(auto value, read_value(path, word.substr(equals + 1)));
    return Edit{kind, std::move(path), std::move(value)};
}

/// Removals come first and additions last, so that `--remove tags --add tags=x` begins the list anew.
Result<std::vector<Edit>> read_edits(const CardWords& words) {
    std::vector<Edit> edits;
    const std::pair<Edit::Kind, const std::vector<std::string>*> all[] = {
        {Edit::Kind::kRemove, &words.remove}, {Edit::Kind::kSet, &words.set}, {Edit::Kind::kAdd, &words.add}};
    for (const auto& [kind, list] : all)
        for (const auto& word : *list) {
            TRY(auto edit, read_edit(kind, word));
            edits.push_back(std::move(edit));
        }
    return edits;
}

/// Errors that were not there before.
std::vector<std::string> new_errors(RepoKind kind, std::string_view before, std::string_view after) {
    std::map<std::string, int> known;
    for (const auto& error : card::validate_card(kind, before).errors) ++known[error.message];
    std::vector<std::string> fresh;
    for (const auto& error : card::validate_card(kind, after).errors)
        if (--known[error.message] < 0) fresh.push_back(error.message);
    return fresh;
}

/// One line for each outermost key whose value is another now, or a list of `key`, `before` and `after`.
void tell_changes(std::string_view before, std::string_view after, bool as_json) {
    const auto was = card::read_card_data(before), now = card::read_card_data(after);
    json::array changes;
    const auto note = [&](std::string_view key, const json::value* old, const json::value* next) {
        json::object change{{"key", key}};
        if (old) change["before"] = *old;
        if (next) change["after"] = *next;
        changes.push_back(std::move(change));
        const auto shown = [](const json::value* value) { return value ? json::serialize(*value) : std::string("nothing"); };
        if (!as_json) say(printable(std::string(key) + ": " + shown(old) + " -> " + shown(next)));
    };
    for (const auto& [key, value] : was)
        if (const auto* next = now.if_contains(key); !next || *next != value) note(key, &value, next);
    for (const auto& [key, value] : now)
        if (!was.contains(key)) note(key, nullptr, &value);
    if (as_json) say(json::serialize(changes));
}

int edit(const CardWords& words) {
    const auto path = readme_path(words.file);
    const auto edits = read_edits(words);
    if (!edits.has_value() || edits.value().empty()) {
        warn("Error: " + (edits.has_value() ? "Say what to change: --set KEY=VALUE, --add KEY=VALUE or --remove KEY."
                                            : edits.error().message));
        return kUsage;
    }
    const auto before = read_small_file(path, kMaxReadmeBytes);
    if (!before.has_value()) return fail(before.error());
    const auto after = card::edit_card(before.value(), edits.value());
    if (!after.has_value()) return fail(after.error());
    if (const auto errors = new_errors(words.kind(), before.value(), after.value()); !errors.empty() && !words.force) {
        for (const auto& error : errors) warn("Error: " + error);
        warn("Nothing was changed: a hub would refuse the card. --force writes it all the same.");
        return kFailed;
    }
    if (words.dry_run) {
        const auto diff = line_diff(path.string(), before.value(), after.value());
        if (!diff.empty()) say(printable(diff.substr(0, diff.size() - 1)));
        return kOk;
    }
    if (after.value() != before.value())
        if (const auto written = replace_text(path, after.value()); !written.has_value()) return fail(written.error());
    tell_changes(before.value(), after.value(), words.json);
    if (after.value() == before.value() && !words.json) say("Nothing to change.");
    return kOk;
}

void add_common(CLI::App& leaf, CardWords& words) {
    leaf.add_option("FILE", words.file, "The README, or the folder that holds it")->required();
    leaf.add_option("--type", words.type, "What it is the card of")
        ->check(CLI::IsMember({"model", "dataset", "space"}))
        ->capture_default_str();
    leaf.add_flag("--json", words.json, "Print the result as JSON");
}

}  // namespace

fs::path readme_path(const fs::path& given) {
    std::error_code ignored;
    return fs::is_directory(given, ignored) ? (given / "README.md").lexically_normal() : given;
}

Result<void> replace_text(const fs::path& path, std::string_view text) {
    std::error_code missing;
    const fs::path target = fs::exists(path, missing) ? fs::canonical(path, missing) : path;
    struct stat info {};
    const mode_t mask = ::umask(0);
    ::umask(mask);
    const mode_t mode = ::stat(target.c_str(), &info) == 0 ? info.st_mode & 0777 : 0666 & ~mask;
    const fs::path aside = target.parent_path() / ("." + target.filename().string() + ".mirfa");
    TRY(write_small_file(aside, text));
    std::error_code failed;
    fs::permissions(aside, static_cast<fs::perms>(mode), failed);
    if (failed) {
        fs::remove(aside, missing);
        return Error{Code::kInternal, "The permissions of " + target.string() +
                                          " could not be kept, so it was not changed: " + failed.message() + "."};
    }
    return rename_durably(aside, target);
}

void describe_card(CLI::App& app) {
    app.require_subcommand(1);
    describe_card_new(app);
    auto* checks = app.add_subcommand("check", "Say what is wrong with a card, and what could be better");
    const auto check_words = std::make_shared<CardWords>();
    add_common(*checks, *check_words);
    checks->add_flag("--strict", check_words->strict, "Fail on warnings and advice too");
    does(*checks, [check_words] { return check(*check_words); });

    auto* edits = app.add_subcommand("edit", "Change the metadata of a card, and nothing else in it");
    const auto edit_words = std::make_shared<CardWords>();
    add_common(*edits, *edit_words);
    const auto repeated = [&](const char* name, std::vector<std::string>& list, const char* help) {
        edits->add_option(name, list, help)->allow_extra_args(false);
    };
    repeated("--set", edit_words->set, "KEY=VALUE: give a key a value; repeat for several");
    repeated("--add", edit_words->add, "KEY=VALUE: put a value into a list that lacks it; repeat for several");
    repeated("--remove", edit_words->remove, "KEY, or KEY=VALUE for one item of a list; repeat for several");
    edits->add_flag("--dry-run", edit_words->dry_run, "Show the lines that would change, and write nothing");
    edits->add_flag("--force", edit_words->force, "Write it though a hub would refuse it");
    does(*edits, [edit_words] { return edit(*edit_words); });
}

}  // namespace mirfa::cli
