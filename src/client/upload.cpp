// SPDX-License-Identifier: Apache-2.0
#include <mirfa/upload.h>

#include <algorithm>
#include <set>
#include <utility>

#include "client/cache_layout.h"
#include "client/commit.h"
#include "client/failure.h"
#include "client/hub.h"
#include "client/lfs_upload.h"
#include "client/patterns.h"
#include "client/preupload.h"
#include "client/tree.h"
#include "client/upload_files.h"
#include "client/upload_state.h"
#include "client/xet_writer.h"

namespace mirfa::client {
namespace {

/// One commit holds at most so much; more become several, "(part 2)".
constexpr std::size_t kOperations = 10'000;
constexpr std::uint64_t kInlineBytes = 100u << 20;
constexpr std::size_t kLfsFilesAtATime = 256;

class Upload {
public:
    Upload(Hub& hub, const RepoId& repo, const UploadOptions& options, ChooseRemoved choose_removed = {})
        : hub_(hub),
          repo_(repo),
          options_(options),
          choose_removed_(std::move(choose_removed)),
          state_(UploadState::open(options.resume ? UploadState::place_of(hub.settings(), repo) : std::filesystem::path())) {}

    Result<Uploaded> run(const std::vector<LocalFile>& files, const std::string& folder, const std::string& what);

private:
    Result<std::vector<CommitOperation>> plan(std::vector<LocalFile> files);
    Result<bool> is_unchanged(const LocalFile& file, const FileAdvice& advice) const;
    Result<std::vector<CommitOperation>> deletions(const std::vector<LocalFile>& sent, const std::string& folder);
    Result<void> send_large(std::vector<CommitOperation>& operations);
    Result<void> send_by_xet(XetTokens& tokens, std::vector<CommitOperation*>& large);
    Result<void> send_by_lfs(std::vector<CommitOperation*>& large);
    Result<Uploaded> commit(const std::vector<CommitOperation>& operations);
    Result<Uploaded> nothing_changed();
    CommitWords words(std::size_t part) const;

    Hub& hub_;
    const RepoId& repo_;
    const UploadOptions& options_;
    const ChooseRemoved choose_removed_;
    UploadState state_;
    std::string root_name_;
};

/// What is at the path already, by the hash that the hub gave. Large files are read for it once more only then.
Result<bool> Upload::is_unchanged(const LocalFile& file, const FileAdvice& advice) const {
    if (!advice.there) return false;
    if (is_sha256_text(*advice.there)) {
        if (!advice.is_large) return false;
        TRY(const auto sha256, sha256_of_file(file));
        return sha256.hex() == *advice.there;
    }
    if (advice.is_large || !is_commit(*advice.there)) return false;
    TRY(const auto id, git_blob_id(file));
    return id == *advice.there;
}

Result<std::vector<CommitOperation>> Upload::plan(std::vector<LocalFile> files) {
    TRY(const auto advice, ask_about_files(hub_, repo_, options_.revision, options_.create_pr, files));
    std::vector<CommitOperation> operations;
    std::uint64_t large_bytes = 0, large_files = 0;
    for (std::size_t i = 0; i < files.size(); ++i) {
        if (advice[i].is_ignored) continue;
        TRY(const bool same, is_unchanged(files[i], advice[i]));
        if (same) continue;
        CommitOperation operation;
        operation.kind = advice[i].is_large ? CommitOperation::Kind::kLargeFile : CommitOperation::Kind::kFile;
        operation.path = files[i].path;
        if (advice[i].is_large) {
            large_bytes += files[i].bytes;
            ++large_files;
        }
        operation.file = std::move(files[i]);
        operations.push_back(std::move(operation));
    }
    if (options_.progress != nullptr) options_.progress->expect(large_files, large_bytes);
    return operations;
}

/// Files of the repository that are not sent now and match a pattern of `delete_also` below the same folder, or are chosen.
Result<std::vector<CommitOperation>> Upload::deletions(const std::vector<LocalFile>& sent, const std::string& folder) {
    std::vector<CommitOperation> operations;
    if (options_.delete_also.empty() && !choose_removed_) return operations;
    const std::string prefix = folder.empty() || folder == "." ? "" : folder + "/";
    const FileFilter filter{options_.delete_also, {}};
    TRY(const auto commit, ask_commit(hub_, repo_, options_.revision));
    TRY(const auto tree, list_tree(hub_, repo_, commit));
    std::vector<std::string> there;
    std::set<std::string> removed;
    for (const auto& file : tree) {
        there.push_back(file.path);
        if (!options_.delete_also.empty() && file.path != ".gitattributes" && file.path.starts_with(prefix) &&
            passes(filter, std::string_view(file.path).substr(prefix.size())))
            removed.insert(file.path);
    }
    if (choose_removed_)
        for (auto& path : choose_removed_(there)) removed.insert(std::move(path));
    for (const auto& file : sent) removed.erase(file.path);
    for (const auto& path : removed) {
        CommitOperation operation;
        operation.kind = CommitOperation::Kind::kDelete;
        operation.path = path;
        operations.push_back(std::move(operation));
    }
    return operations;
}

Result<void> Upload::send_large(std::vector<CommitOperation>& operations) {
    std::vector<CommitOperation*> large;
    for (auto& operation : operations) {
        if (operation.kind != CommitOperation::Kind::kLargeFile) continue;
        if (const auto sent = state_.sent(operation.file)) {
            operation.sha256 = *sent;
            if (options_.progress != nullptr) {
                options_.progress->advance(static_cast<std::int64_t>(operation.file.bytes));
                options_.progress->finished(operation.path);
            }
            continue;
        }
        large.push_back(&operation);
    }
    if (large.empty()) return ok();
    if (hub_.settings().xet) {
        XetTokens tokens(hub_, repo_, options_.revision, XetTokens::Right::kWrite, options_.create_pr);
        const auto access = tokens.get();
        if (access.has_value()) return send_by_xet(tokens, large);
        if (access.error().code != Code::kUnsupported) return access.error();
    }
    return send_by_lfs(large);
}

Result<void> Upload::send_by_xet(XetTokens& tokens, std::vector<CommitOperation*>& large) {
    XetWriter writer(hub_, tokens, state_, options_.progress, options_.stop);
    for (auto* operation : large) TRY(writer.add(operation->file));
    TRY(const auto digests, writer.finish());
    for (std::size_t i = 0; i < large.size(); ++i) large[i]->sha256 = digests[i];
    return ok();
}

Result<void> Upload::send_by_lfs(std::vector<CommitOperation*>& large) {
    for (std::size_t at = 0; at < large.size(); at += kLfsFilesAtATime) {
        std::vector<LfsFile> files;
        for (std::size_t i = at; i < std::min(large.size(), at + kLfsFilesAtATime); ++i) {
            TRY(large[i]->sha256, sha256_of_file(large[i]->file));
            files.push_back({large[i]->file, large[i]->sha256});
        }
        TRY(send_lfs_files(hub_, repo_, options_.revision, files, options_.progress, options_.stop));
        for (const auto& file : files) state_.note_sent(file.file, file.sha256);
    }
    return ok();
}

/// Contents were read one after the other: a commit of files that changed meanwhile would be none of anything that was.
Result<void> check_all_unchanged(const std::vector<CommitOperation>& operations) {
    for (const auto& operation : operations)
        if (operation.kind != CommitOperation::Kind::kDelete) TRY(check_unchanged(operation.file));
    return ok();
}

CommitWords Upload::words(std::size_t part) const {
    CommitWords words{options_.revision, options_.message, options_.description, options_.create_pr};
    if (words.summary.empty()) words.summary = "Upload " + root_name_ + " with mirfa";
    if (part > 0) words.summary += " (part " + std::to_string(part + 1) + ")";
    return words;
}

Result<Uploaded> Upload::commit(const std::vector<CommitOperation>& operations) {
    Uploaded uploaded;
    CommitWords next = words(0);
    for (std::size_t at = 0, part = 0; at < operations.size(); ++part) {
        std::vector<CommitOperation> some;
        std::uint64_t bytes = 0;
        for (; at < operations.size() && some.size() < kOperations; ++at) {
            const bool is_inline = operations[at].kind == CommitOperation::Kind::kFile;
            if (is_inline && bytes > 0 && bytes + operations[at].file.bytes > kInlineBytes) break;
            if (is_inline) bytes += operations[at].file.bytes;
            some.push_back(operations[at]);
        }
        if (part > 0) next.summary = words(part).summary;
        TRY(const auto made, send_commit(hub_, repo_, next, some, options_.stop));
        uploaded.commit = made.commit;
        uploaded.url = made.url;
        if (next.create_pr) {  // what follows goes into the request that was just opened
            uploaded.pull_request_url = made.pull_request_url;
            next.create_pr = false;
            next.revision = "refs/pr/" + made.pull_request_url.substr(made.pull_request_url.rfind('/') + 1);
        }
        for (const auto& operation : some)
            ++(operation.kind == CommitOperation::Kind::kDelete ? uploaded.deleted : uploaded.files);
    }
    return uploaded;
}

Result<Uploaded> Upload::nothing_changed() {
    Uploaded uploaded;
    TRY(uploaded.commit, ask_commit(hub_, repo_, options_.revision));
    return uploaded;
}

Result<Uploaded> Upload::run(const std::vector<LocalFile>& files, const std::string& folder, const std::string& what) {
    TRY(check_revision(options_.revision));
    root_name_ = what;
    TRY(check_card(hub_, repo_, files));
    for (bool first = true;; first = false) {
        TRY(auto operations, plan(files));
        TRY(auto gone, deletions(files, folder));
        operations.insert(operations.begin(), gone.begin(), gone.end());
        if (operations.empty()) return nothing_changed();
        auto sent = send_large(operations);
        if (sent.has_value()) sent = check_all_unchanged(operations);
        auto made = sent.has_value() ? commit(operations) : Result<Uploaded>(std::move(sent).error());
        if (made.has_value()) {
            state_.forget();
            return made;
        }
        // The hub may have dropped what an earlier process sent: then everything is sent, once.
        const bool may_be_stale = made.error().code == Code::kInvalidArgument || made.error().code == Code::kNotFound;
        if (!first || !may_be_stale || !state_.was_used()) return made;
        state_.forget();
    }
}

Result<Uploaded> upload_path(Hub& hub, const RepoId& repo, const std::filesystem::path& from, const std::string& path_in_repo,
                             const UploadOptions& options) {
    TRY(const auto files, collect_files(from, path_in_repo, options.filter));
    const std::string what = std::filesystem::is_directory(from) ? "folder" : from.filename().string();
    return Upload(hub, repo, options).run(files, path_in_repo, what);
}

}  // namespace

Result<Uploaded> upload_files(Hub& hub, const RepoId& repo, const std::vector<LocalFile>& files, const UploadOptions& options,
                              const ChooseRemoved& choose_removed) {
    return Upload(hub, repo, options, choose_removed).run(files, "", "files");
}

Outcome<Uploaded> upload(const Client& client, const RepoId& repo, const std::filesystem::path& from,
                         const std::string& path_in_repo, const UploadOptions& options) {
    return to_outcome(upload_path(client.hub(), repo, from, path_in_repo, options));
}

}  // namespace mirfa::client
