// SPDX-License-Identifier: Apache-2.0
// Every file is written aside in the same folder and synced. When all are there they are renamed, the index last, so that
// a loader finds either nothing new or shards that exist. A process that ends in between leaves `.NAME.XXXXXXXX.new`.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/ascii.h"
#include "base/random.h"
#include "checkpoint/detail/shard_index.h"
#include "checkpoint/detail/split.h"
#include "checkpoint/flax.h"
#include "checkpoint/gguf.h"
#include "checkpoint/hdf5.h"
#include "checkpoint/safetensors.h"
#include "checkpoint/torch_zip.h"
#include "checkpoint/weight_files.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {
namespace fs = std::filesystem;
namespace {

enum class Ties { kKept, kNoted, kLeftOut };

/// torch has no room for metadata.
Result<void> write_torch(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>&) {
    return write_torch_zip(sink, tensors, [&](const OutTensor& tensor, ByteSink& to) { return sink.write_tensor(tensor, to); });
}

struct Kind {
    Format format;
    std::string_view stem;
    std::string_view extension;
    FileWriter write;        ///< a whole checkpoint in one file
    FileWriter write_shard;  ///< one of several; none: there is only one file
    Ties ties;               ///< whether names that share a tensor are in the file, in its metadata, or nowhere
};
constexpr Kind kKinds[] = {
    {Format::kSafetensors, "model", ".safetensors", write_safetensors, write_safetensors, Ties::kNoted},
    {Format::kTorchZip, "pytorch_model", ".bin", write_torch, write_torch, Ties::kKept},
    {Format::kHdf5, "tf_model", ".h5", write_hdf5, write_hdf5_shard, Ties::kLeftOut},
    {Format::kFlax, "flax_model", ".msgpack", write_flax, write_flax, Ties::kLeftOut},
    {Format::kGguf, "model", ".gguf", write_gguf, nullptr, Ties::kLeftOut},
};

/// Files that are not there yet under their names, and go when they never get them.
class Aside {
public:
    explicit Aside(fs::path folder) : folder_(std::move(folder)) {}
    Aside(const Aside&) = delete;
    ~Aside() {
        std::error_code ignored;
        for (const auto& [name, path] : files_) fs::remove(path, ignored);
    }
    fs::path add(const std::string& name) {
        return files_.emplace_back(name, folder_ / fmt::format(".{}.{}.new", name, random_alphanumeric(8))).second;
    }
    Result<void> publish() {
        for (const auto& [name, path] : files_) TRY(rename_durably(path, folder_ / name));
        files_.clear();
        return ok();
    }

private:
    fs::path folder_;
    std::vector<std::pair<std::string, fs::path>> files_;
};

Result<void> check_tensors(std::span<const OutTensor> tensors) {
    if (tensors.size() > kMaxTensors)
        return Error{Code::kInvalidArgument, fmt::format("A checkpoint holds at most {} tensors.", kMaxTensors)};
    std::unordered_map<std::string_view, const OutTensor*> seen;
    for (const auto& tensor : tensors) {
        const std::string_view name = tensor.info.name;
        if (name.empty() || name.size() > kMaxTensorName || !is_utf8(name) || name.find('\0') != name.npos)
            return Error{Code::kInvalidArgument,
                         fmt::format("\"{}\" is no name for a tensor: it is empty, too long or no text.", name.substr(0, 60))};
        if (!seen.emplace(name, &tensor).second)
            return Error{Code::kInvalidArgument, fmt::format("Two tensors are named \"{}\".", name)};
        TRY(const auto size_bytes, size_of(tensor.info.dtype, tensor.info.shape));
        if (tensor.info.shape.size() > kMaxRank || (tensor.info.dtype != Dtype::kBlocks && size_bytes != tensor.info.size_bytes))
            return Error{Code::kInvalidArgument,
                         fmt::format("The tensor \"{}\" of shape {} and type {} does not take {} octets.", name,
                                     describe(tensor.info.shape), name_of(tensor.info.dtype), tensor.info.size_bytes)};
        if (tensor.same_as.empty()) continue;
        const auto owner = seen.find(tensor.same_as);
        if (owner == seen.end() || owner->second == &tensor || !owner->second->same_as.empty())
            return Error{
                Code::kInvalidArgument,
                fmt::format("\"{}\" shares the tensor \"{}\", which is none that comes before it.", name, tensor.same_as)};
    }
    return ok();
}

/// What loaders would take instead of the new files, or mix with them: shards, the index or the single file of before.
Result<void> remove_older(const fs::path& folder, const std::string& base, std::string_view extension, const std::string& index,
                          const std::vector<std::string>& kept) {
    std::error_code failed;
    std::vector<fs::path> older;
    for (fs::directory_iterator entry(folder, failed), end; !failed && entry != end; entry.increment(failed)) {
        const std::string name = entry->path().filename().string();
        const bool ours = name == base + std::string(extension) || name == index || is_shard_of(name, base, extension);
        if (ours && std::ranges::find(kept, name) == kept.end()) older.push_back(entry->path());
    }
    for (const auto& path : older)
        if (!failed) fs::remove(path, failed);
    if (failed) return system_error("remove an older checkpoint's file", failed.value());
    return ok();
}

class Writing {
public:
    Writing(const Kind& kind, const fs::path& folder, const WriteOptions& options)
        : kind_(kind),
          folder_(folder),
          options_(options),
          aside_(folder),
          base_(std::string(kind.stem) + (options.variant.empty() ? "" : "." + options.variant)),
          index_(fmt::format("{}{}.index{}.json", kind.stem, kind.extension,
                             options.variant.empty() ? "" : "." + options.variant)) {}

    using Fill = std::function<Result<void>(FileSink&, OutRow)>;

    /// Takes: `fill_one`, which writes the file when it is the only one.
    Result<Written> run(std::span<const OutTensor> tensors, const Fill& fill_one) {
        for (const auto& tensor : tensors)
            if (tensor.same_as.empty()) all_ += tensor.info.size_bytes;
        const auto shards = split_into_shards(tensors, kind_.write_shard ? options_.shard_bytes : all_);
        for (std::size_t i = 0; i < shards.size(); ++i) {
            const std::string name = shards.size() == 1
                                         ? base_ + std::string(kind_.extension)
                                         : fmt::format("{}-{:05}-of-{:05}{}", base_, i + 1, shards.size(), kind_.extension);
            TRY(write_file(name, shards[i], shards.size() == 1 ? fill_one : with_metadata(kind_.write_shard)));
        }
        if (shards.size() > 1) TRY(write_index(shards));
        TRY(aside_.publish());
        TRY(remove_older(folder_, base_, kind_.extension, index_, files_));
        return Written{files_, all_};
    }

    Fill with_metadata(FileWriter write) const {
        return [this, write](FileSink& sink, OutRow row) { return write(sink, row, options_.metadata); };
    }

private:
    Result<void> write_file(const std::string& name, OutRow row, const Fill& fill) {
        TRY(auto sink, FileSink::create(aside_.add(name), [this](std::uint64_t more) {
                done_ += more;
                if (options_.progress) options_.progress(done_, all_);
            }));
        files_.push_back(name);
        TRY(fill(sink, row));
        return sink.finish();
    }
    Result<void> write_index(const std::vector<std::vector<const OutTensor*>>& shards) {
        IndexToWrite index{all_, {}, {}};
        for (std::size_t i = 0; i < shards.size(); ++i)
            for (const auto* tensor : shards[i])
                if (tensor->same_as.empty() || kind_.ties == Ties::kKept)
                    index.weight_map[tensor->info.name] = files_[i];
                else if (kind_.ties == Ties::kNoted)
                    index.dropped[tensor->info.name] = tensor->same_as;
        TRY(auto sink, FileSink::create(aside_.add(index_)));
        files_.push_back(index_);
        TRY(sink.write(as_bytes(write_shard_index(index))));
        return sink.finish();
    }

    const Kind& kind_;
    const fs::path& folder_;
    const WriteOptions& options_;
    Aside aside_;
    std::string base_;
    std::string index_;
    std::vector<std::string> files_;
    std::uint64_t done_ = 0;
    std::uint64_t all_ = 0;
};

Result<void> check_request(const fs::path& folder, std::span<const OutTensor> tensors, const WriteOptions& options) {
    if (!std::ranges::all_of(options.variant, [](char c) { return is_ascii_alnum(c) || c == '_' || c == '-'; }))
        return Error{Code::kInvalidArgument, "A variant is a word of letters and digits, such as fp16."};
    TRY(check_tensors(tensors));
    return ensure_shared_folder(folder);
}

}  // namespace

Result<Written> write_checkpoint(Format format, const fs::path& folder, std::span<const OutTensor> tensors,
                                 const WriteOptions& options) {
    const auto* kind = std::ranges::find(kKinds, format, &Kind::format);
    if (kind == std::end(kKinds))
        return Error{Code::kUnsupported, fmt::format("Checkpoints of the format {} are not written.", name_of(format))};
    TRY(check_request(folder, tensors, options));
    Writing writing(*kind, folder, options);
    return writing.run(tensors, writing.with_metadata(kind->write));
}

Result<Written> write_gguf_checkpoint(const fs::path& folder, std::span<const OutTensor> tensors, std::span<const GgufPair> pairs,
                                      const WriteOptions& options) {
    TRY(check_request(folder, tensors, options));
    return Writing(*std::ranges::find(kKinds, Format::kGguf, &Kind::format), folder, options)
        .run(tensors, [&](FileSink& sink, OutRow row) { return write_gguf_pairs(sink, row, pairs); });
}

}  // namespace mirfa::checkpoint
