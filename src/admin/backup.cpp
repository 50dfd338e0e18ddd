// SPDX-License-Identifier: Apache-2.0
#include "admin/backup.h"

#include <unistd.h>

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
        std::error_code ignored;
        fs::path last_folder;
        for (const auto& entry : fs::recursive_directory_iterator(from / kind, ignored)) {
            if (!entry.is_regular_file(ignored)) continue;
            const auto target = to / fs::relative(entry.path(), from);
            if (target.parent_path() != last_folder) TRY(ensure_folder(target.parent_path()));
            last_folder = target.parent_path();
            TRY(link_or_copy(entry.path(), target));
        }
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
        return Error{Code::kUnsupported, "Only a store in a folder is copied by this command; back up " + store + " with its own tools."};
    const auto whole = fs::absolute(target);
    TRY(ensure_folder(whole));
    TRY(parts.catalog().backup(whole / "mirfa.db"));
    TRY(copy_blobs(fs::path(store.substr(kFileStore.size())), whole / "store"));
    return sync_folder(whole);
}

}  // namespace mirfa::admin
