// SPDX-License-Identifier: Apache-2.0
#include "client/local_files.h"

#include <openssl/evp.h>
#include <sys/stat.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/file.h"
#include "client/cache_layout.h"
#include "client/patterns.h"

namespace mirfa::client {
namespace {

namespace fs = std::filesystem;

Result<LocalFile> described(const fs::path& local, std::string path) {
    struct stat info {};
    if (::stat(local.c_str(), &info) != 0) return system_error("reading " + local.string(), errno);
    TRY(check_file_path(path));
    if (!is_utf8(path)) return Error{Code::kInvalidArgument, local.string() + ": the name is no UTF-8. Rename the file."};
    return LocalFile{local, std::move(path), static_cast<std::uint64_t>(info.st_size),
                     info.st_mtim.tv_sec * 1'000'000'000 + info.st_mtim.tv_nsec};
}

std::string joined(const std::string& folder, const std::string& path) { return folder.empty() ? path : folder + "/" + path; }

/// Reads all of a file; what is shorter or longer than it was has changed meanwhile.
template <class Take>
Result<void> read_all(const LocalFile& file, Take take) {
    TRY(const auto in, File::open_to_read(file.local));
    Bytes buffer(1u << 20);
    std::uint64_t at = 0;
    for (;;) {
        TRY(const auto count, in.read_at(at, buffer));
        if (count == 0) break;
        take(ByteView(buffer).first(count));
        at += count;
    }
    if (at == file.bytes) return ok();
    return Error{Code::kConflict, file.local.string() + " changed while it was read. Start again when it is finished."};
}

}  // namespace

Result<std::vector<LocalFile>> collect_files(const fs::path& from, const std::string& path_in_repo, const FileFilter& filter) {
    std::error_code failed;
    std::string folder = path_in_repo == "." ? "" : path_in_repo;
    while (folder.ends_with('/')) folder.pop_back();
    if (folder.starts_with("./")) folder.erase(0, 2);
    std::vector<LocalFile> files;
    if (!fs::exists(from)) return Error{Code::kNotFound, from.string() + " does not exist."};
    if (!fs::is_directory(from)) {
        TRY(auto file, described(from, folder.empty() ? from.filename().string() : folder));
        files.push_back(std::move(file));
        return files;
    }
    for (auto it = fs::recursive_directory_iterator(from, failed); it != fs::recursive_directory_iterator();
         it.increment(failed)) {
        if (failed) break;
        const auto below = it->path().lexically_relative(from).generic_string();
        const auto name = it->path().filename();
        if (it->is_directory() && !it->is_symlink()) {
            if (name == ".git" || name == ".mirfa" || ("/" + below).ends_with("/.cache/huggingface"))
                it.disable_recursion_pending();
            continue;
        }
        if (!fs::is_regular_file(it->path(), failed) || !passes(filter, below)) continue;
        TRY(auto file, described(it->path(), joined(folder, below)));
        files.push_back(std::move(file));
    }
    if (failed) return system_error("reading " + from.string(), failed.value());
    std::ranges::sort(files, {}, &LocalFile::path);
    return files;
}

Result<void> check_unchanged(const LocalFile& file) {
    TRY(const auto now, described(file.local, file.path));
    if (now.bytes == file.bytes && now.modified_ns == file.modified_ns) return ok();
    return Error{Code::kConflict, file.local.string() + " changed while it was sent. Start again when it is finished."};
}

Result<std::string> git_blob_id(const LocalFile& file) {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    EVP_DigestInit_ex(digest.get(), EVP_sha1(), nullptr);
    const auto head = "blob " + std::to_string(file.bytes);
    EVP_DigestUpdate(digest.get(), head.c_str(), head.size() + 1);
    TRY(read_all(file, [&](ByteView piece) { EVP_DigestUpdate(digest.get(), piece.data(), piece.size()); }));
    Byte out[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    EVP_DigestFinal_ex(digest.get(), out, &length);
    return to_hex(ByteView(out, length));
}

Result<Sha256> sha256_of_file(const LocalFile& file) {
    Sha256Hasher hasher;
    TRY(read_all(file, [&](ByteView piece) { hasher.update(piece); }));
    return hasher.finish();
}

}  // namespace mirfa::client
