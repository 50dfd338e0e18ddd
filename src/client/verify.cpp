// SPDX-License-Identifier: Apache-2.0
#include <mirfa/cache.h>

#include <set>

#include "base/file.h"
#include "client/cache_layout.h"
#include "client/content_check.h"
#include "client/failure.h"
#include "client/hub.h"
#include "client/tree.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

/// Every file below a folder, but for what git and downloads keep there.
std::set<std::string> files_below(const fs::path& folder) {
    std::set<std::string> files;
    std::error_code failed;
    for (auto it = fs::recursive_directory_iterator(folder, failed); it != fs::recursive_directory_iterator();
         it.increment(failed)) {
        if (failed) break;
        const auto path = it->path().lexically_relative(folder).generic_string();
        if (path == ".git" || path == ".cache/huggingface")
            it.disable_recursion_pending();
        else if (!it->is_directory() || it->is_symlink())
            files.insert(path);
    }
    return files;
}

Result<bool> is_right(const fs::path& path, const TreeFile& expected, const std::atomic<bool>* stop) {
    TRY(const auto file, File::open_to_read(path));
    TRY(const auto bytes, file.size());
    if (bytes != expected.bytes) return false;
    ContentCheck check(expected.etag(), bytes, "");
    Bytes buffer(1u << 20);
    for (std::uint64_t at = 0; at < bytes;) {
        if (stop != nullptr && stop->load()) return Error{Code::kInternal, "Verifying was stopped."};
        TRY(const auto count, file.read_at(at, buffer));
        if (count == 0) return false;
        TRY(check.write(ByteView(buffer).first(count)));
        at += count;
    }
    return check.finish().has_value();
}

Result<Verification> verify(Hub& hub, const RepoId& repo, const DownloadOptions& options) {
    const RepoCache cache(hub.settings(), repo);
    Verification result;
    TRY(check_revision(options.revision));
    if (options.local_dir) {
        result.folder = *options.local_dir;
        result.commit = options.revision;
        if (!is_commit(result.commit)) {
            TRY(result.commit, ask_commit(hub, repo, options.revision));
        }
    } else {
        const auto commit = cache.commit_of(options.revision);
        if (!commit || !is_there(cache.snapshot(*commit)))
            return Error{Code::kNotFound, title_of(repo) + ": " + options.revision + " is not cached."};
        result.commit = *commit;
        result.folder = cache.snapshot(*commit);
    }
    TRY(const auto tree, list_tree(hub, repo, result.commit));
    auto here = files_below(result.folder);
    for (const auto& file : tree) {
        if (here.erase(file.path) == 0) {
            result.missing.push_back(file.path);
            continue;
        }
        TRY(const bool right, is_right(result.folder / file.path, file, options.stop));
        if (!right) result.wrong.push_back(file.path);
        ++result.checked;
        if (options.progress != nullptr) options.progress->finished(file.path);
    }
    result.extra.assign(here.begin(), here.end());
    return result;
}

}  // namespace

Outcome<Verification> verify_snapshot(const Client& client, const RepoId& repo, const DownloadOptions& options) {
    return to_outcome(verify(client.hub(), repo, options));
}

}  // namespace mirfa::client
