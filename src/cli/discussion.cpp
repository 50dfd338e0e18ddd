// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/discussions.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/repo_option.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

using namespace client;

struct Words {
    std::shared_ptr<HubOptions> hub;
    std::shared_ptr<RepoOption> repo;
    std::int64_t number = 0;
    std::string title, text;
    bool pull_request = false, diff = false;
    DiscussionFilter filter;
};
using WordsPtr = std::shared_ptr<Words>;
using Action = int (*)(const Client&, const RepoId&, const Words&);

struct Leaf {
    CLI::App& app;
    WordsPtr words;
};

Leaf leaf(CLI::App& app, const char* name, const char* help, Action action, bool numbered) {
    auto* sub = app.add_subcommand(name, help);
    auto words = std::make_shared<Words>();
    words->repo = add_repo_option(*sub);
    if (numbered) sub->add_option("number", words->number, "Of the discussion or pull request")->required();
    words->hub = add_hub_options(*sub);
    does(*sub, [words, action] {
        const auto address = words->repo->address();
        if (!address) return fail(address.failure());
        const auto client = words->hub->open();
        return client ? action(*client, address->repo, *words) : fail(client.failure());
    });
    return {*sub, words};
}

int list(const Client& client, const RepoId& repo, const Words& words) {
    const auto found = list_discussions(client, repo, words.filter);
    if (!found) return fail(found.failure());
    Table table(words.hub->json, {"number", "kind", "status", "author", "created", "title"});
    for (const auto& d : *found)
        table.row({std::to_string(d.number), d.is_pull_request ? "pull request" : "discussion", d.status, d.author,
                   d.created.substr(0, 10), d.title});
    table.print();
    return kOk;
}

int show(const Client& client, const RepoId& repo, const Words& words) {
    const auto details = show_discussion(client, repo, words.number);
    if (!details) return fail(details.failure());
    Report report(words.hub->json);
    report.number("number", static_cast<std::uint64_t>(details->head.number));
    report.field("title", details->head.title);
    report.field("kind", details->head.is_pull_request ? "pull request" : "discussion");
    report.field("status", details->head.status);
    report.field("author", details->head.author);
    std::vector<std::string> comments;
    for (const auto& event : details->events)
        if (event.type == "comment") comments.push_back(event.text);
    if (words.hub->json) report.list("comments", comments);
    if (words.hub->json && words.diff) report.field("diff", details->diff);
    report.print();
    if (words.hub->json) return kOk;
    for (const auto& event : details->events)
        say("\n" + printable(event.author + ", " + event.created.substr(0, 16) + ", " + event.type + "\n" + event.text));
    if (words.diff) say("\n" + printable(details->diff));
    return kOk;
}

int done(const Outcome<void>& outcome, const Words& words, const char* status) {
    if (!outcome) return fail(outcome.failure());
    Report report(words.hub->json);
    report.number("number", static_cast<std::uint64_t>(words.number));
    report.field("status", status);
    report.print();
    return kOk;
}

int create(const Client& client, const RepoId& repo, const Words& words) {
    const auto number = create_discussion(client, repo, words.title, words.text, words.pull_request);
    if (!number) return fail(number.failure());
    Report report(words.hub->json);
    report.number("number", static_cast<std::uint64_t>(*number));
    report.print();
    return kOk;
}
int comment(const Client& client, const RepoId& repo, const Words& words) {
    return done(comment_discussion(client, repo, words.number, words.text), words, "commented");
}
int close(const Client& client, const RepoId& repo, const Words& words) {
    return done(set_discussion_status(client, repo, words.number, "closed", words.text), words, "closed");
}
int reopen(const Client& client, const RepoId& repo, const Words& words) {
    return done(set_discussion_status(client, repo, words.number, "open", words.text), words, "open");
}
int merge(const Client& client, const RepoId& repo, const Words& words) {
    return done(merge_pull_request(client, repo, words.number, words.text), words, "merged");
}

}  // namespace

void describe_discussion(CLI::App& app) {
    app.require_subcommand(1);
    auto all = leaf(app, "list", "List discussions and pull requests", list, false);
    all.app.add_option("--status", all.words->filter.status, "open, closed or all (open)");
    all.app.add_option("--kind", all.words->filter.kind, "discussion, pull_request or all (all)");
    all.app.add_option("--author", all.words->filter.author, "Of this person");
    all.app.add_option("--limit", all.words->filter.limit, "At most so many (100)");
    auto one = leaf(app, "show", "Show one with all that was said", show, true);
    one.app.add_flag("--diff", one.words->diff, "Also what a pull request changes");
    auto made = leaf(app, "create", "Open a discussion or a pull request", create, false);
    made.app.add_option("--title", made.words->title, "Three characters at least")->required();
    made.app.add_option("--text,--description", made.words->text, "What it is about");
    made.app.add_flag("--pull-request", made.words->pull_request, "A draft of a pull request");
    auto said = leaf(app, "comment", "Say something", comment, true);
    said.app.add_option("text", said.words->text, "The comment")->required();
    struct Ending {
        const char* name;
        const char* help;
        Action action;
    };
    for (const auto& ending :
         {Ending{"close", "Close one", close}, Ending{"reopen", "Open one again, or publish a draft", reopen},
          Ending{"merge", "Merge a pull request", merge}}) {
        auto ended = leaf(app, ending.name, ending.help, ending.action, true);
        ended.app.add_option("--comment", ended.words->text, "Say why");
    }
}

}  // namespace mirfa::cli
