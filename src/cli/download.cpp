// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/download.h>

#include "cli/commands.h"
#include "cli/exit_status.h"
#include "cli/interrupt.h"
#include "cli/options.h"
#include "cli/output.h"
#include "cli/progress_bar.h"
#include "cli/repo_option.h"
#include "cli/run_app.h"

namespace mirfa::cli {
namespace {

using namespace client;

struct Words {
    std::shared_ptr<HubOptions> hub;
    std::shared_ptr<RepoOption> repo;
    std::vector<std::string> files;
    std::string revision;
    std::vector<std::string> include, exclude;
    std::string cache_dir;
    std::string local_dir;
    bool force = false;
    bool dry_run = false;
    unsigned workers = 8;
};

int show_path(const std::filesystem::path& path, bool json) {
    if (!json) {
        say(path.string());
        return kOk;
    }
    Report report(true);
    report.field("path", path.string());
    report.print();
    return kOk;
}

int show_plan(const std::vector<PlannedFile>& plan, bool json) {
    Table table(json, {"file", "size", "cached"});
    for (const auto& file : plan) table.row({file.path, human_size(file.bytes), file.cached ? "yes" : "no"});
    table.print();
    return kOk;
}

FileFilter filter_of(const Words& words) {
    FileFilter filter;
    filter.exclude = words.exclude;
    if (!words.files.empty())
        filter.include = words.files;
    else if (!words.include.empty())
        filter.include = words.include;
    return filter;
}

int download(const Words& words) {
    const auto address = words.repo->address();
    if (!address) return fail(address.failure());
    auto settings = Settings::from_environment();
    if (!words.cache_dir.empty()) settings.hub_cache = words.cache_dir;
    const auto client = Client::open(settings, words.hub->token);
    if (!client) return fail(client.failure());
    DownloadOptions options;
    if (!address->revision.empty()) options.revision = address->revision;
    if (!words.revision.empty()) options.revision = words.revision;
    if (!words.local_dir.empty()) options.local_dir = words.local_dir;
    options.force = words.force;
    options.workers = words.workers;
    options.stop = &stop_on_interrupt();
    auto files = words.files;
    if (files.empty() && !address->path.empty()) files.push_back(address->path);
    const bool one = files.size() == 1 && !files[0].ends_with('/') && words.include.empty() && words.exclude.empty();
    if (words.dry_run) {
        const auto plan = plan_snapshot(*client, address->repo, filter_of(words), options);
        return plan ? show_plan(*plan, words.hub->json) : fail(plan.failure());
    }
    const auto path = [&] {
        ProgressBar bar("Fetching", words.hub->json ? std::optional(false) : settings.progress);
        options.progress = &bar;
        return one ? download_file(*client, address->repo, files[0], options)
                   : download_snapshot(*client, address->repo, filter_of(words), options);
    }();
    if (was_interrupted()) return kInterrupted;
    return path ? show_path(*path, words.hub->json) : fail(path.failure());
}

}  // namespace

void describe_download(CLI::App& app) {
    auto words = std::make_shared<Words>();
    words->repo = add_repo_option(app);
    app.add_option("files", words->files, "Files, or folders with a / at the end; none: everything");
    app.add_option("--revision", words->revision, "Branch, tag, refs/pr/N or commit (main)");
    app.add_option("--include", words->include, "Only files that match, as *.safetensors; may be repeated");
    app.add_option("--exclude", words->exclude, "Not the files that match; may be repeated");
    app.add_option("--cache-dir", words->cache_dir, "Use this cache");
    app.add_option("--local-dir", words->local_dir, "Real files in this folder instead of the cache");
    app.add_flag("--force-download", words->force, "Download also what is there");
    app.add_flag("--dry-run", words->dry_run, "Only list what would be downloaded");
    app.add_option("--max-workers", words->workers, "Files at a time (8)")->check(CLI::Range(1, 64));
    words->hub = add_hub_options(app);
    does(app, [words] { return download(*words); });
}

}  // namespace mirfa::cli
