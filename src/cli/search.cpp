// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/repos.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

using namespace client;

struct Words {
    std::shared_ptr<HubOptions> hub;
    std::string type = "model";
    SearchOptions options;
};

int search(const Words& words) {
    const auto type = parse_repo_type(words.type);
    if (!type) return fail(type.failure());
    const auto client = words.hub->open();
    if (!client) return fail(client.failure());
    const auto found = search_repos(*client, *type, words.options);
    if (!found) return fail(found.failure());
    Table table(words.hub->json, {"id", "private", "downloads", "likes", "last_modified"});
    for (const auto& repo : *found)
        table.row({repo.repo.name, repo.is_private ? "yes" : "no", std::to_string(repo.downloads), std::to_string(repo.likes),
                   repo.last_modified.substr(0, 10)});
    table.print();
    if (found->empty() && !words.hub->json) warn("Nothing was found.");
    return kOk;
}

}  // namespace

void describe_search(CLI::App& app) {
    auto words = std::make_shared<Words>();
    app.add_option("query", words->options.query, "A part of the name");
    app.add_option("--repo-type,--type", words->type, "model, dataset, space or kernel (model)");
    app.add_option("--author", words->options.author, "Of this owner");
    app.add_option("--filter,--tag", words->options.tags, "With this tag; may be repeated");
    app.add_option("--sort", words->options.sort, "trendingScore, lastModified, createdAt, downloads or likes");
    app.add_option("--limit", words->options.limit, "At most so many (20)")->check(CLI::Range(1, 10'000));
    words->hub = add_hub_options(app);
    does(app, [words] { return search(*words); });
}

}  // namespace mirfa::cli
