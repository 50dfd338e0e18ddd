// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/little_endian.h"
#include "checkpoint/detail/shard_index.h"
#include "checkpoint/flax.h"
#include "checkpoint/gguf.h"
#include "checkpoint/hdf5.h"
#include "checkpoint/npz.h"
#include "checkpoint/reader.h"
#include "checkpoint/safetensors.h"
#include "checkpoint/torch_legacy.h"
#include "checkpoint/torch_zip.h"
#include "checkpoint/weight_files.h"
#include "checkpoint/zip.h"

namespace mirfa::checkpoint {
namespace fs = std::filesystem;
namespace {

using Opener = Result<ReaderPtr> (*)(const fs::path& path);

template <Result<ReaderPtr> (*Read)(std::shared_ptr<const RandomSource>)>
Result<ReaderPtr> by_source(const fs::path& path) {
    TRY(auto source, open_file_source(path));
    return Read(std::move(source));
}

/// A zip archive is a file of torch or arrays of NumPy; the first of torch's names decides.
Result<ReaderPtr> open_archive(std::shared_ptr<const RandomSource> source) {
    TRY(const auto archive, ZipArchive::open(source));
    const bool arrays = std::ranges::any_of(archive.members(), [](const ZipMember& m) { return m.name.ends_with(".npy"); });
    const bool torch = std::ranges::any_of(archive.members(), [](const ZipMember& m) { return m.name.ends_with("/data.pkl"); });
    return arrays && !torch ? open_npz(std::move(source)) : open_torch_zip(std::move(source));
}

struct Kind {
    bool (*begins_like)(std::string_view head);
    Opener open;                ///< none: it is known and refused
    std::string_view why = {};  ///< then: what it is, and what to do
};

template <char... Octets>
bool magic(std::string_view head) {
    static constexpr char kOctets[] = {Octets...};
    return head.starts_with(std::string_view(kOctets, sizeof...(Octets)));
}
bool like_safetensors(std::string_view head) {
    return head.size() > 8 && head[8] == '{' && load_le<std::uint64_t>(as_bytes(head).data()) <= kMaxSafetensorsHeader;
}
bool like_pickle(std::string_view head) { return head.size() >= 2 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5; }
bool like_old_ggml(std::string_view head) {
    return head.starts_with("lmgg") || head.starts_with("tjgg") || head.starts_with("fmgg");
}
bool like_map(std::string_view head) {
    const auto first = head.empty() ? 0 : static_cast<Byte>(head[0]);
    return (first >= 0x80 && first <= 0x8f) || first == 0xde || first == 0xdf;
}
bool like_tar(std::string_view head) { return head.size() >= 262 && head.substr(257, 5) == "ustar"; }
bool like_lfs_pointer(std::string_view head) { return head.starts_with("version https://git-lfs"); }

// The first row that fits counts: a pickle begins like a map of msgpack, so it stands before it, and a safetensors file whose
// header has 640 octets begins like a pickle.
constexpr Kind kKinds[] = {
    {magic<'\x80', '\x02', '\x8a', '\x0a', '\x6c', '\xfc', '\x9c', '\x46'>, by_source<open_torch_legacy>},
    {magic<'P', 'K', '\x03', '\x04'>, by_source<open_archive>},
    {magic<'\x93', 'N', 'U', 'M', 'P', 'Y'>, by_source<open_npz>},
    {like_safetensors, by_source<read_safetensors>},
    {like_pickle, nullptr, "a bare pickle, which is a program. It is never run; save the weights as safetensors"},
    {like_old_ggml, nullptr, "a model file from before GGUF. Convert it with the tools of llama.cpp"},
    {like_lfs_pointer, nullptr, "a Git LFS pointer, not the file itself. Fetch it with git lfs pull"},
    {magic<'\x89', 'H', 'D', 'F', '\r', '\n', '\x1a', '\n'>, read_hdf5},
    {magic<'G', 'G', 'U', 'F'>, by_source<read_gguf>},
    {magic<'\x1f', '\x8b'>, nullptr, "packed with gzip. Unpack it first"},
    {like_map, by_source<read_flax>},
    {like_tar, by_source<open_torch_legacy>},
};

Result<std::string> read_beginning(const fs::path& path) {
    TRY(const auto source, open_file_source(path));
    std::string head(std::min<std::uint64_t>(source->size(), 512), '\0');
    TRY(source->read_at(0, {reinterpret_cast<Byte*>(head.data()), head.size()}));
    return head;
}

bool is_index(const fs::path& path) {
    const std::string name = path.filename().string();
    return name.ends_with(".json") && name.find(".index.") != std::string::npos;
}

Result<fs::path> find_in_folder(const fs::path& folder) {
    std::error_code failed;
    for (const auto& layout : weight_layouts())
        for (const std::string_view name : {layout.single, layout.index})
            if (fs::exists(folder / name, failed)) return folder / name;
    std::vector<fs::path> gguf;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed))
        if (entry->path().extension() == ".gguf") gguf.push_back(entry->path());
    if (failed) return system_error("look into the folder", failed.value());
    if (gguf.size() == 1) return gguf.front();
    return Error{Code::kNotFound, gguf.empty() ? fmt::format("The folder \"{}\" has no checkpoint in it, such as {}.",
                                                             folder.filename().string(), weight_layouts().front().single)
                                               : fmt::format("The folder \"{}\" has {} files of GGUF. Name one of them.",
                                                             folder.filename().string(), gguf.size())};
}

}  // namespace

std::string_view name_of(Format format) {
    switch (format) {
        case Format::kSafetensors: return "safetensors";
        case Format::kTorchZip: return "torch";
        case Format::kTorchLegacy: return "torch (legacy)";
        case Format::kHdf5: return "hdf5";
        case Format::kFlax: return "flax";
        case Format::kGguf: return "gguf";
        case Format::kNumpy: return "npz";
    }
    return "";
}

Result<ReaderPtr> open_checkpoint_file(const fs::path& path) {
    TRY(const std::string head, read_beginning(path));
    const std::string name = path.filename().string();
    for (const Kind& kind : kKinds) {
        if (!kind.begins_like(head)) continue;
        if (kind.open != nullptr) return kind.open(path);
        return Error{Code::kUnsupported, fmt::format("\"{}\" cannot be read: it is {}.", name, kind.why)};
    }
    return Error{Code::kUnsupported, fmt::format("\"{}\" is no checkpoint of a known format.", name)};
}

Result<fs::path> find_checkpoint(const fs::path& path) {
    std::error_code failed;
    return fs::is_directory(path, failed) ? find_in_folder(path) : Result<fs::path>(path);
}

Result<ReaderPtr> open_checkpoint(const fs::path& path) {
    TRY(const auto file, find_checkpoint(path));
    return is_index(file) ? open_shards(file) : open_checkpoint_file(file);
}

}  // namespace mirfa::checkpoint
