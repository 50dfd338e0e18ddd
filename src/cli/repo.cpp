// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/repos.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/repo_option.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

using namespace client;

/// What every leaf below `mirfa repo` has; the rest is the leaf's own.
struct Words {
    std::shared_ptr<HubOptions> hub;
    std::shared_ptr<RepoOption> repo;
    std::string name, revision, message, to, sdk, gated, description;
    bool is_private = false, is_public = false, exist_ok = false, missing_ok = false, yes = false;

    std::optional<bool> visibility() const {
        if (is_private) return true;
        return is_public ? std::optional(false) : std::nullopt;
    }
};
using WordsPtr = std::shared_ptr<Words>;
using Action = int (*)(const Client&, const RepoId&, const Words&);

/// Opens the hub and reads the name before the action.
WordsPtr leaf(CLI::App& app, const char* name, const char* help, Action action) {
    auto* sub = app.add_subcommand(name, help);
    auto words = std::make_shared<Words>();
    words->repo = add_repo_option(*sub);
    words->hub = add_hub_options(*sub);
    does(*sub, [words, action] {
        const auto address = words->repo->address();
        if (!address) return fail(address.failure());
        const auto client = words->hub->open();
        return client ? action(*client, address->repo, *words) : fail(client.failure());
    });
    return words;
}

int told(const Words& words, std::initializer_list<std::pair<const char*, std::string>> fields) {
    Report report(words.hub->json);
    for (const auto& [key, text] : fields) report.field(key, text);
    report.print();
    return kOk;
}

int after(const Outcome<void>& outcome, const Words& words, std::initializer_list<std::pair<const char*, std::string>> fields) {
    return outcome ? told(words, fields) : fail(outcome.failure());
}

int create(const Client& client, const RepoId& repo, const Words& words) {
    const auto url = create_repo(client, repo, {words.visibility(), words.exist_ok, words.sdk});
    return url ? told(words, {{"repo_id", repo.name}, {"url", *url}}) : fail(url.failure());
}

int remove(const Client& client, const RepoId& repo, const Words& words) {
    if (!words.yes && !confirmed("Delete " + repo.name + " with all of its history?")) return kFailed;
    return after(delete_repo(client, repo, words.missing_ok), words, {{"repo_id", repo.name}});
}

int move(const Client& client, const RepoId& repo, const Words& words) {
    const auto to = make_repo_id(repo.type, words.to);
    if (!to) return fail(to.failure());
    return after(move_repo(client, repo, *to), words, {{"repo_id", to->name}});
}

int settings(const Client& client, const RepoId& repo, const Words& words) {
    RepoChanges changes;
    changes.is_private = words.visibility();
    if (!words.gated.empty()) changes.gated = words.gated;
    if (!words.description.empty()) changes.description = words.description;
    if (!changes.is_private && !changes.gated && !changes.description)
        return fail({Kind::kInvalidArgument, "Say what to change: --private, --public, --gated or --description.", ""});
    return after(change_repo(client, repo, changes), words, {{"repo_id", repo.name}});
}

void list_refs_of(const std::vector<NamedRef>& refs, const Words& words) {
    Table table(words.hub->json, {"name", "ref", "commit"});
    for (const auto& ref : refs) table.row({ref.name, ref.ref, ref.commit});
    table.print();
}

template <std::vector<NamedRef> Refs::*kWhich>
int list(const Client& client, const RepoId& repo, const Words& words) {
    const auto refs = list_refs(client, repo);
    if (!refs) return fail(refs.failure());
    list_refs_of((*refs).*kWhich, words);
    return kOk;
}

int new_branch(const Client& client, const RepoId& repo, const Words& words) {
    return after(create_branch(client, repo, words.name, words.revision, words.exist_ok), words, {{"branch", words.name}});
}
int drop_branch(const Client& client, const RepoId& repo, const Words& words) {
    return after(delete_branch(client, repo, words.name), words, {{"branch", words.name}});
}
int new_tag(const Client& client, const RepoId& repo, const Words& words) {
    return after(
        create_tag(client, repo, words.name, words.revision.empty() ? "main" : words.revision, words.message, words.exist_ok),
        words, {{"tag", words.name}});
}
int drop_tag(const Client& client, const RepoId& repo, const Words& words) {
    return after(delete_tag(client, repo, words.name), words, {{"tag", words.name}});
}

void visibility(CLI::App& leaf, Words& words) {
    auto* hidden = leaf.add_flag("--private", words.is_private, "Only its owner's people see it");
    leaf.add_flag("--public", words.is_public, "Everybody sees it")->excludes(hidden);
}

void describe_branches(CLI::App& app) {
    auto* branch = app.add_subcommand("branch", "Create, list and delete branches")->require_subcommand(1);
    auto made = leaf(*branch, "create", "Create a branch", new_branch);
    auto* create_leaf = branch->get_subcommand("create");
    create_leaf->add_option("name", made->name, "Of the branch")->required();
    create_leaf->add_option("--revision", made->revision, "Where it begins (main)");
    create_leaf->add_flag("--exist-ok", made->exist_ok, "One that exists is as good");
    auto dropped = leaf(*branch, "delete", "Delete a branch", drop_branch);
    branch->get_subcommand("delete")->add_option("name", dropped->name, "Of the branch")->required();
    leaf(*branch, "list", "List the branches", list<&Refs::branches>);
}

void describe_tags(CLI::App& app) {
    auto* tag = app.add_subcommand("tag", "Create, list and delete tags")->require_subcommand(1);
    auto made = leaf(*tag, "create", "Create a tag", new_tag);
    auto* create_leaf = tag->get_subcommand("create");
    create_leaf->add_option("name", made->name, "Of the tag")->required();
    create_leaf->add_option("--revision", made->revision, "What it names (main)");
    create_leaf->add_option("-m,--message", made->message, "Of the tag");
    create_leaf->add_flag("--exist-ok", made->exist_ok, "One that exists is as good");
    auto dropped = leaf(*tag, "delete", "Delete a tag", drop_tag);
    tag->get_subcommand("delete")->add_option("name", dropped->name, "Of the tag")->required();
    leaf(*tag, "list", "List the tags", list<&Refs::tags>);
}

}  // namespace

void describe_repo(CLI::App& app) {
    app.require_subcommand(1);
    auto made = leaf(app, "create", "Create a repository", create);
    visibility(*app.get_subcommand("create"), *made);
    app.get_subcommand("create")->add_flag("--exist-ok", made->exist_ok, "One that exists is as good");
    app.get_subcommand("create")->add_option("--sdk", made->sdk, "Of a space: gradio, docker, static");
    auto gone = leaf(app, "delete", "Delete a repository", remove);
    app.get_subcommand("delete")->add_flag("-y,--yes", gone->yes, "Do not ask");
    app.get_subcommand("delete")->add_flag("--missing-ok", gone->missing_ok, "One that is missing is as good");
    auto moved = leaf(app, "move", "Rename a repository or give it to another owner", move);
    app.get_subcommand("move")->add_option("to", moved->to, "The new owner/name")->required();
    auto changed = leaf(app, "settings", "Change who sees a repository, and its description", settings);
    visibility(*app.get_subcommand("settings"), *changed);
    app.get_subcommand("settings")->add_option("--gated", changed->gated, "auto, manual or false");
    app.get_subcommand("settings")->add_option("--description", changed->description, "In one line");
    describe_branches(app);
    describe_tags(app);
}

}  // namespace mirfa::cli
