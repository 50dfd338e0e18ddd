// SPDX-License-Identifier: Apache-2.0
#include "admin/backup.h"

#include <unistd.h>

#include <set>

namespace mirfa::admin {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kFileStore = "file:";

Result<void> link_or_copy(const fs::path& from, const fs::path& to) {
    if (::link(from.c_str(), to.c_str()) == 0) return ok();
    std::error_code failed;
    fs::copy_file(from, to, failed);
    if (failed) return system_error("copy to " + to.string(), failed.value());
    TRY(auto copy, File::open_to_write(to));
    return copy.sync();
}

/// Everything published below `from`; what is still being written lies in other folders.
Result<void> copy_blobs(const fs::path& from, const fs::path& to) {
    for (const char* kind : {"raw", "xorb"}) {
        std::error_code failed;
        if (!fs::exists(from / kind, failed)) continue;
        std::set<fs::path> folders;
        fs::recursive_directory_iterator at(from / kind, failed), end;
        for (; !failed && at != end; at.increment(failed)) {
            if (!at->is_regular_file(failed)) continue;
            const auto target = to / at->path().lexically_relative(from);
            if (folders.insert(target.parent_path()).second) TRY(ensure_folder(target.parent_path()));
            TRY(link_or_copy(at->path(), target));
        }
        if (failed) return system_error("read " + (from / kind).string(), failed.value());
        for (const auto& folder : folders) TRY(sync_folder(folder));
    }
    return ok();
}

}  // namespace

Result<void> back_up(server::HubParts& parts, const server::ServerConfig& config, const fs::path& target) {
    std::error_code ignored;
    if (fs::exists(target, ignored) && !fs::is_empty(target, ignored))
        return Error{Code::kAlreadyExists, "The folder " + target.string() + " is not empty. Name a new one."};
    const auto store = config.store_address();
    if (!store.starts_with(kFileStore))
        return Error{Code::kUnsupported,
                     "Only a store in a folder is copied by this command; back up " + store + " with its own tools."};
    // Under another name until it is whole, so that a backup that broke off is never taken for one.
    const auto whole = fs::absolute(target).lexically_normal();
    fs::path partial = whole.has_filename() ? whole : whole.parent_path();
    partial += ".partial";
    fs::remove_all(partial, ignored);
    TRY(ensure_folder(partial));
    TRY(parts.catalog().backup(partial / "mirfa.db"));
    TRY(copy_blobs(fs::path(store.substr(kFileStore.size())), partial / "store"));
    TRY(sync_folder(partial));
    std::error_code failed;
    fs::rename(partial, whole.has_filename() ? whole : whole.parent_path(), failed);
    if (failed) return system_error("rename " + partial.string(), failed.value());
    return sync_folder(partial.parent_path());
}

}  // namespace mirfa::admin
