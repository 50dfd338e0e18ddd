// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/torch_zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "checkpoint/detail/torch_reader.h"
#include "checkpoint/zip.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::uint64_t kMaxSmallMember = 64;
constexpr int kNewestVersion = 10;

Error broken(std::string what) {
    return Error{Code::kInvalidArgument, "The torch checkpoint is broken: " + std::move(what) + ". Fetch the file again."};
}

/// `archive/` of the member `archive/data.pkl`.
Result<std::string> find_root(const ZipArchive& archive) {
    for (const ZipMember& member : archive.members()) {
        const std::size_t slash = member.name.find('/');
        if (slash == std::string::npos || member.name.substr(slash + 1) != "data.pkl") continue;
        return member.name.substr(0, slash + 1);
    }
    return Error{Code::kUnsupported, "The zip archive is no checkpoint of torch: it has no member named data.pkl."};
}

Result<std::string> small_text(const ZipArchive& archive, const std::string& name) {
    const ZipMember* member = archive.find(name);
    if (member == nullptr) return std::string();
    TRY(const Bytes content, archive.read(*member, kMaxSmallMember));
    return std::string(ascii_trim(as_text(content)));
}

Result<void> check_version(const ZipArchive& archive, const std::string& root) {
    TRY(const std::string text, small_text(archive, root + "version"));
    int version = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (text.empty()) return ok();
    if (error != std::errc() || end != text.data() + text.size() || version < 1) return broken("its version is no number");
    if (version <= kNewestVersion) return ok();
    return Error{Code::kUnsupported,
                 fmt::format("The torch checkpoint is of version {}; versions up to {} are known. Save it with an "
                             "older torch.",
                             version, kNewestVersion)};
}

Result<bool> is_big_endian(const ZipArchive& archive, const std::string& root) {
    TRY(const std::string order, small_text(archive, root + "byteorder"));
    if (order == "big") return true;
    if (order.empty() || order == "little") return false;
    return broken("its byteorder is neither little nor big");
}

/// A storage may be shorter than its member, as old writers left it, never longer.
Result<std::vector<std::uint64_t>> find_storages(const ZipArchive& archive, const std::string& root, const Pickle& pickle) {
    std::vector<std::uint64_t> offsets;
    for (const PickleStorage& storage : pickle.storages()) {
        const ZipMember* member = archive.find(root + "data/" + storage.key);
        if (member == nullptr) return broken(fmt::format("the member of storage \"{}\" is missing", storage.key));
        if (member->deflated)
            return Error{Code::kUnsupported,
                         fmt::format("Storage \"{}\" of the torch checkpoint is compressed. Save the file again with torch.save.",
                                     storage.key)};
        if (member->size < storage.size_bytes)
            return broken(
                fmt::format("storage \"{}\" should have {} octets and has {}", storage.key, storage.size_bytes, member->size));
        offsets.push_back(member->data_offset);
    }
    return offsets;
}

}  // namespace

Result<ReaderPtr> open_torch_zip(std::shared_ptr<const RandomSource> source) {
    TRY(const ZipArchive archive, ZipArchive::open(source));
    TRY(const std::string root, find_root(archive));
    if (archive.find(root + "constants.pkl") != nullptr ||
        std::ranges::any_of(archive.members(), [&](const ZipMember& member) { return member.name.starts_with(root + "code/"); }))
        return Error{Code::kUnsupported,
                     "This is a TorchScript program, not a checkpoint. Load it with torch.jit.load and save its "
                     "state_dict() with torch.save."};
    TRY(check_version(archive, root));
    TRY(const bool big_endian, is_big_endian(archive, root));
    const ZipMember& member = *archive.find(root + "data.pkl");
    PickleLimits limits;
    TRY(const auto octets, archive.read(member, limits.octets));
    TRY(Pickle pickle, read_pickle(memory_source(octets), 0, PickleStorages::kZip, limits));
    TRY(auto offsets, find_storages(archive, root, pickle));
    return make_torch_reader({Format::kTorchZip, std::move(source), std::move(pickle), std::move(offsets), big_endian});
}

Result<ReaderPtr> open_torch_zip(const std::filesystem::path& path) {
    TRY(auto source, open_file_source(path));
    return open_torch_zip(std::move(source));
}

}  // namespace mirfa::checkpoint
