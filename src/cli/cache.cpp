// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/cache.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/clock.h"
#include "cli/cache_filter.h"
#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/repo_option.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

using namespace client;

Settings settings_with(const std::string& cache_dir) {
    auto settings = Settings::from_environment();
    if (!cache_dir.empty()) settings.hub_cache = cache_dir;
    return settings;
}

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const auto& text : texts) out += (out.empty() ? "" : " ") + text;
    return out;
}

std::string date_of(std::int64_t seconds) { return to_iso8601(seconds * 1000).substr(0, 10); }

struct ListWords {
    std::string cache_dir, sort;
    std::vector<std::string> filters;
    std::optional<std::size_t> limit;
    bool revisions = false;
    bool json = false;
};

/// The entries that are asked for. They point into `cache`.
Result<std::vector<CacheEntry>> select(const ListWords& words, const CacheContents& cache) {
    std::vector<CacheFilter> filters;
    for (const auto& text : words.filters) {
        TRY(auto filter, CacheFilter::parse(text));
        filters.push_back(std::move(filter));
    }
    std::optional<CacheOrder> order;
    if (!words.sort.empty()) {
        TRY(order, CacheOrder::parse(words.sort));
    }
    std::vector<CacheEntry> entries;
    for (const auto& repo : cache.repos) {
        if (!words.revisions) entries.push_back({&repo, nullptr});
        for (const auto& revision : repo.revisions)
            if (words.revisions) entries.push_back({&repo, &revision});
    }
    return select_entries(std::move(entries), filters, order, words.limit, system_clock().now() / 1000);
}

/// What is shared counts once only when nothing is left out.
void say_sum(const ListWords& words, const CacheContents& cache, const std::vector<CacheEntry>& entries) {
    std::set<const CachedRepo*> repos;
    std::uint64_t bytes = 0;
    for (const auto& entry : entries) {
        repos.insert(entry.repo);
        bytes += entry.bytes();
    }
    const bool is_all = words.filters.empty() && !words.limit;
    warn(human_size(is_all ? cache.bytes : bytes) + " in " + std::to_string(repos.size()) + " repositories");
}

int list(const ListWords& words) {
    const auto cache = scan_cache(settings_with(words.cache_dir));
    if (!cache) return fail(cache.failure());
    for (const auto& warning : cache->warnings) warn("Warning: " + warning);
    const auto entries = select(words, *cache);
    if (!entries.has_value()) {
        fail(entries.error());
        return kUsage;
    }
    const std::vector<std::string> of_repos{"id", "size", "last_accessed", "last_modified", "refs"};
    const std::vector<std::string> of_revisions{"id", "revision", "size", "files", "last_modified", "refs", "snapshot_path"};
    Table table(words.json, words.revisions ? of_revisions : of_repos);
    for (const auto& entry : entries.value()) {
        const auto id = cache_title(entry.repo->repo), size = human_size(entry.bytes()), modified = date_of(entry.modified());
        if (const auto* r = entry.revision)
            table.row({id, r->commit, size, std::to_string(r->files), modified, joined(entry.refs()), r->snapshot.string()});
        else
            table.row({id, size, date_of(entry.accessed()), modified, joined(entry.refs())});
    }
    table.print();
    if (!words.json) say_sum(words, *cache, entries.value());
    return kOk;
}

struct RemoveWords {
    std::string cache_dir;
    std::vector<std::string> targets;
    bool yes = false;
    bool dry_run = false;
    bool json = false;
};

bool is_commit_text(const std::string& text) {
    return text.size() == 40 && text.find_first_not_of("0123456789abcdef") == text.npos;
}

/// `model/a/b` as `hf` writes it, `models/a/b`, `a/b`, an hf:// address.
Outcome<RepoId> repo_of(const std::string& text) {
    if (const auto slash = text.find('/'); slash != text.npos && text.find('/', slash + 1) != text.npos)
        if (const auto type = parse_repo_type(text.substr(0, slash))) return make_repo_id(*type, text.substr(slash + 1));
    const auto address = parse_repo_address(text);
    if (!address) return address.failure();
    return address->repo;
}

int show_removed(const Removed& removed, const RemoveWords& words) {
    for (const auto& name : removed.unknown) warn("Warning: " + name + " is not cached.");
    Report report(words.json);
    report.number("repos_deleted", removed.repos);
    report.number("revisions_deleted", removed.revisions);
    report.field("freed", human_size(removed.bytes));
    if (words.dry_run) report.field("dry_run", "nothing was deleted");
    report.print();
    return kOk;
}

using Remover = std::function<Outcome<Removed>(bool dry_run)>;

int remove_with(const Remover& remover, const RemoveWords& words) {
    const auto plan = remover(true);
    if (!plan) return fail(plan.failure());
    if (words.dry_run) return show_removed(*plan, words);
    const auto question = "Delete " + std::to_string(plan->repos) + " repositories and " + std::to_string(plan->revisions) +
                          " revisions, " + human_size(plan->bytes) + "?";
    if (plan->revisions + plan->bytes > 0 && !words.yes && !confirmed(question)) return kFailed;
    const auto removed = remover(false);
    return removed ? show_removed(*removed, words) : fail(removed.failure());
}

int remove(const RemoveWords& words) {
    CacheRemoval what;
    for (const auto& target : words.targets) {
        if (is_commit_text(target)) {
            what.commits.push_back(target);
            continue;
        }
        const auto repo = repo_of(target);
        if (!repo) return fail(repo.failure());
        what.repos.push_back(*repo);
    }
    const auto settings = settings_with(words.cache_dir);
    return remove_with([&](bool dry) { return remove_from_cache(settings, what, dry); }, words);
}

struct VerifyWords {
    std::shared_ptr<HubOptions> hub;
    std::shared_ptr<RepoOption> repo;
    std::string revision = "main";
    std::string cache_dir, local_dir;
    bool fail_on_missing = false, fail_on_extra = false;
};

int verify(const VerifyWords& words) {
    const auto address = words.repo->address();
    if (!address) return fail(address.failure());
    const auto client = Client::open(settings_with(words.cache_dir), words.hub->token);
    if (!client) return fail(client.failure());
    DownloadOptions options;
    options.revision = address->revision.empty() ? words.revision : address->revision;
    if (!words.local_dir.empty()) options.local_dir = words.local_dir;
    options.stop = &stop_on_interrupt();
    const auto result = verify_snapshot(*client, address->repo, options);
    if (was_interrupted()) return kInterrupted;
    if (!result) return fail(result.failure());
    for (const auto& path : result->wrong) warn("Wrong content: " + path);
    for (const auto& path : result->missing) warn("Missing: " + path);
    for (const auto& path : result->extra) warn("Not of this revision: " + path);
    Report report(words.hub->json);
    report.field("revision", result->commit);
    report.number("checked", result->checked);
    report.list("wrong", result->wrong);
    report.list("missing", result->missing);
    report.list("extra", result->extra);
    report.field("path", result->folder.string());
    report.print();
    const bool bad = !result->wrong.empty() || (words.fail_on_missing && !result->missing.empty()) ||
                     (words.fail_on_extra && !result->extra.empty());
    return bad ? kFailed : kOk;
}

void describe_removal(CLI::App& leaf, const std::shared_ptr<RemoveWords>& words) {
    leaf.add_option("--cache-dir", words->cache_dir, "Of this cache");
    leaf.add_flag("-y,--yes", words->yes, "Do not ask");
    leaf.add_flag("--dry-run", words->dry_run, "Only tell what would go");
    leaf.add_flag("--json", words->json, "Print the result as JSON");
}

}  // namespace

void describe_cache(CLI::App& app) {
    app.require_subcommand(1);
    auto* ls = app.add_subcommand("ls", "List what is cached")->alias("list");
    auto all = std::make_shared<ListWords>();
    ls->add_flag("--revisions", all->revisions, "Each revision by itself");
    ls->add_option("-f,--filter", all->filters, "Only what is so: size>1GB, accessed>7d, modified<2w, type=model, refs=main")
        ->allow_extra_args(false);
    ls->add_option("--sort", all->sort, "By name, size, accessed or modified; :asc or :desc behind it turns it round");
    ls->add_option("--limit", all->limit, "So many at most");
    ls->add_option("--cache-dir", all->cache_dir, "Of this cache");
    ls->add_flag("--json", all->json, "Print the result as JSON");
    does(*ls, [all] { return list(*all); });

    auto* rm = app.add_subcommand("rm", "Delete repositories or revisions");
    auto targets = std::make_shared<RemoveWords>();
    rm->add_option("targets", targets->targets, "model/owner/name, hf://… addresses or commits")->required();
    describe_removal(*rm, targets);
    does(*rm, [targets] { return remove(*targets); });

    auto* prune = app.add_subcommand("prune", "Delete what no branch or tag names, and what is left of broken downloads");
    auto rest = std::make_shared<RemoveWords>();
    describe_removal(*prune, rest);
    does(*prune, [rest] {
        const auto settings = settings_with(rest->cache_dir);
        return remove_with([&](bool dry) { return prune_cache(settings, dry); }, *rest);
    });

    auto* check = app.add_subcommand("verify", "Compare cached files with the hashes that the hub names");
    auto words = std::make_shared<VerifyWords>();
    words->repo = add_repo_option(*check);
    check->add_option("--revision", words->revision, "Branch, tag or commit (main)");
    check->add_option("--cache-dir", words->cache_dir, "Of this cache");
    check->add_option("--local-dir", words->local_dir, "Files of this folder instead");
    check->add_flag("--fail-on-missing-files", words->fail_on_missing, "Missing files are a failure");
    check->add_flag("--fail-on-extra-files", words->fail_on_extra, "Files of no revision are a failure");
    words->hub = add_hub_options(*check);
    does(*check, [words] { return verify(*words); });
}

}  // namespace mirfa::cli
