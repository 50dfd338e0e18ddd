// SPDX-License-Identifier: Apache-2.0
// magic number, version, system, object, keys: five pickles. Then for each key an i64 count of elements and the elements,
// least significant octet first on every machine: what the system says about its own order is of no consequence.
#include "checkpoint/torch_legacy.h"

#include <fmt/format.h>

#include <unordered_map>

#include "base/little_endian.h"
#include "checkpoint/detail/torch_reader.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kMagic = "\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
constexpr std::int64_t kVersion = 1001;
constexpr std::uint64_t kTarMagicOffset = 257;

Error broken(std::string what) {
    return Error{Code::kInvalidArgument, "The torch checkpoint is broken: " + std::move(what) + ". Fetch the file again."};
}

Result<bool> is_tar(const RandomSource& source) {
    Byte magic[5];
    if (source.size() < kTarMagicOffset + sizeof magic) return false;
    TRY(source.read_at(kTarMagicOffset, magic));
    return as_text(magic) == "ustar";
}

/// Small pickles around the object: a number, a dictionary of three members, a list of keys.
PickleLimits small() { return {.octets = 64u << 20, .memory = 512u << 20, .text = 4'096, .depth = kMaxTensors}; }

Result<std::uint64_t> read_magic(const std::shared_ptr<const RandomSource>& source) {
    TRY(const Pickle magic, read_pickle(source, 0, PickleStorages::kNone, small()));
    if (magic.root().kind != PickleKind::kBigInt || magic.root().text != kMagic)
        return Error{Code::kUnsupported,
                     "The pickle is no checkpoint of torch: it does not begin with torch's number. Save "
                     "model.state_dict() with torch.save."};
    TRY(const Pickle version, read_pickle(source, magic.end(), PickleStorages::kNone, small()));
    if (version.root().kind != PickleKind::kInt || version.root().number != kVersion)
        return Error{Code::kUnsupported,
                     fmt::format("The torch checkpoint is of another protocol than {}. Save it with a newer torch.", kVersion)};
    return version.end();
}

/// Walks from storage to storage; only the object tells how large their elements are.
Result<std::vector<std::uint64_t>> find_storages(const RandomSource& source, const Pickle& object, const Pickle& keys) {
    std::unordered_map<std::string_view, std::size_t> wanted;
    for (std::size_t i = 0; i < object.storages().size(); ++i) wanted.emplace(object.storages()[i].key, i);
    if (keys.root().kind != PickleKind::kList) return broken("the list of its storages is none");
    std::vector<std::uint64_t> offsets(object.storages().size());
    std::uint64_t at = keys.end();
    for (const std::uint32_t item : keys.root().items) {
        const PickleValue& key = keys.at(item);
        const auto found = key.kind == PickleKind::kText ? wanted.find(key.text) : wanted.end();
        if (found == wanted.end()) return broken("it lists a storage that no tensor names, or one twice");
        const PickleStorage& storage = object.storages()[found->second];
        Byte count[8];
        if (source.size() - at < sizeof count) return broken(fmt::format("it ends before storage \"{}\"", storage.key));
        TRY(source.read_at(at, count));
        at += sizeof count;
        if (load_le(count, 0, sizeof count) != storage.size_bytes * 8 / storage.element_bits)
            return broken(fmt::format("storage \"{}\" has another number of elements than its tensors expect", storage.key));
        if (source.size() - at < storage.size_bytes) return broken(fmt::format("it ends in storage \"{}\"", storage.key));
        offsets[found->second] = at;
        at += storage.size_bytes;
        wanted.erase(found);
    }
    if (!wanted.empty()) return broken(fmt::format("storage \"{}\" is missing", wanted.begin()->first));
    return offsets;
}

}  // namespace

Result<ReaderPtr> open_torch_legacy(std::shared_ptr<const RandomSource> source) {
    TRY(const bool tar, is_tar(*source));
    if (tar)
        return Error{Code::kUnsupported,
                     "This is a tar archive, as torch 0.1 wrote it. Load it with torch up to 2.5 (torch.load) and save "
                     "its state dict again with torch.save."};
    TRY(const std::uint64_t behind_magic, read_magic(source));
    TRY(const Pickle system, read_pickle(source, behind_magic, PickleStorages::kNone, small()));
    TRY(Pickle object, read_pickle(source, system.end(), PickleStorages::kLegacy));
    TRY(const Pickle keys, read_pickle(source, object.end(), PickleStorages::kNone, small()));
    TRY(auto offsets, find_storages(*source, object, keys));
    return make_torch_reader({Format::kTorchLegacy, std::move(source), std::move(object), std::move(offsets)});
}

Result<ReaderPtr> open_torch_legacy(const std::filesystem::path& path) {
    TRY(auto source, open_file_source(path));
    return open_torch_legacy(std::move(source));
}

}  // namespace mirfa::checkpoint
