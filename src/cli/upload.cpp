// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/repos.h>
#include <mirfa/upload.h>

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
    std::string local, in_repo;
    bool is_private = false;
    std::vector<std::string> include;
    UploadOptions options;
};

/// The repository is made when it is missing, and so is a branch that is named.
Outcome<void> ensure_place(const Client& client, const RepoId& repo, const Words& words) {
    CreateOptions create;
    create.exist_ok = true;
    if (words.is_private) create.is_private = true;
    const auto made = create_repo(client, repo, create);
    if (!made) return made.failure();
    const auto& revision = words.options.revision;
    if (revision == "main" || revision.starts_with("refs/") || words.options.create_pr) return {};
    const auto there = resolve_revision(client, repo, revision);
    if (there || there.failure().kind != Kind::kNotFound) return {};
    return create_branch(client, repo, revision, "", true);
}

int show(const Uploaded& uploaded, bool json) {
    Report report(json);
    if (uploaded.files + uploaded.deleted == 0 && !json) warn("Nothing has changed, so no commit was made.");
    report.field("commit", uploaded.commit);
    if (!uploaded.url.empty()) report.field("url", uploaded.url);
    if (!uploaded.pull_request_url.empty()) report.field("pull_request", uploaded.pull_request_url);
    report.number("files", uploaded.files);
    report.number("deleted", uploaded.deleted);
    report.print();
    return kOk;
}

/// `upload a/b ./dir` and `upload a/b file.bin`: a folder goes to the root, a file under its own name.
std::string target_of(const Words& words) {
    if (!words.in_repo.empty()) return words.in_repo;
    return std::filesystem::is_directory(words.local) ? "" : std::filesystem::path(words.local).filename().string();
}

int run(const Words& words) {
    const auto address = words.repo->address();
    if (!address) return fail(address.failure());
    const auto client = words.hub->open();
    if (!client) return fail(client.failure());
    auto options = words.options;
    if (!address->revision.empty()) options.revision = address->revision;
    if (!words.include.empty()) options.filter.include = words.include;
    options.stop = &stop_on_interrupt();
    if (!std::filesystem::exists(words.local)) return fail({Kind::kLocal, words.local + " does not exist.", ""});
    const auto ready = ensure_place(*client, address->repo, words);
    if (!ready) return fail(ready.failure());
    const auto uploaded = [&] {
        ProgressBar bar("Uploading", words.hub->json ? std::optional(false) : client->settings().progress);
        options.progress = &bar;
        return upload(*client, address->repo, words.local, target_of(words), options);
    }();
    if (was_interrupted()) return kInterrupted;
    return uploaded ? show(*uploaded, words.hub->json) : fail(uploaded.failure());
}

}  // namespace

void describe_upload(CLI::App& app) {
    auto words = std::make_shared<Words>();
    words->repo = add_repo_option(app);
    words->local = ".";
    app.add_option("path", words->local, "File or folder to send (.)");
    app.add_option("path_in_repo", words->in_repo, "Where it goes (a folder: the root; a file: its name)");
    app.add_option("--revision", words->options.revision, "Branch, or refs/pr/N (main); made when missing");
    app.add_flag("--create-pr", words->options.create_pr, "Open a pull request instead of committing");
    app.add_option("-m,--message,--commit-message", words->options.message, "Of the commit");
    app.add_option("--description,--commit-description", words->options.description, "Of the commit, below the message");
    app.add_option("--include", words->include, "Only files that match; may be repeated");
    app.add_option("--exclude", words->options.filter.exclude, "Not the files that match; may be repeated");
    app.add_option("--delete", words->options.delete_also, "Delete files of the repository that match and are not sent");
    app.add_flag("--private", words->is_private, "A repository that has to be made is private");
    app.add_flag("!--no-resume", words->options.resume, "Send again what an interrupted upload has sent");
    words->hub = add_hub_options(app);
    does(app, [words] { return run(*words); });
}

}  // namespace mirfa::cli
