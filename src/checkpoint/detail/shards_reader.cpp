// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

#include "base/file.h"
#include "checkpoint/detail/keras_name.h"
#include "checkpoint/detail/shard_index.h"

namespace mirfa::checkpoint {
namespace {

class ShardsReader final : public Reader {
public:
    Format format() const override { return format_; }
    std::span<const TensorInfo> tensors() const override { return tensors_; }
    std::span<const Tie> ties() const override { return ties_; }
    std::string_view file_of(std::size_t index) const override { return files_[places_.at(index).first]; }
    const std::map<std::string, std::string>& metadata() const override { return metadata_; }
    Result<std::unique_ptr<ByteSource>> open(std::size_t index) const override {
        const auto& [shard, place] = places_.at(index);
        return shards_[shard]->open(place);
    }

    /// Takes: `wanted`, the names that the index places in this shard.
    Result<void> add(std::string_view file, ReaderPtr shard, std::map<std::string, bool>& wanted) {
        if (shards_.empty()) format_ = shard->format();
        if (shard->format() != format_)
            return Error{Code::kInvalidArgument, fmt::format("The shard \"{}\" is of the format {}, and those before it are {}.",
                                                             file, name_of(shard->format()), name_of(format_))};
        const auto names = names_in_index(wanted);
        for (std::size_t i = 0; i < shard->tensors().size(); ++i) {
            TensorInfo info = shard->tensors()[i];
            const auto found = names.find(info.name);
            if (found == names.end()) continue;  // the index alone says what belongs to the checkpoint
            info.name = found->second;
            wanted[info.name] = true;
            tensors_.push_back(std::move(info));
            places_.emplace_back(shards_.size(), i);
        }
        for (const Tie& tie : shard->ties()) {
            const auto asked = wanted.find(tie.name);
            if (asked != wanted.end()) asked->second = true;
            ties_.push_back(tie);
        }
        for (const auto& [name, found] : wanted)
            if (!found)
                return Error{
                    Code::kInvalidArgument,
                    fmt::format("The index places the tensor \"{}\" in the shard \"{}\", which does not have it.", name, file)};
        for (const auto& [key, value] : shard->metadata()) metadata_.emplace(key, value);
        shards_.push_back(std::move(shard));
        files_.emplace_back(file);
        return ok();
    }

    /// Ties of shards and of the index, each name once, and only those whose tensor is here.
    void settle_ties(const std::vector<Tie>& of_index) {
        std::unordered_set<std::string> taken;
        std::unordered_set<std::string_view> there;
        for (const auto& tensor : tensors_) there.insert(tensor.name);
        std::vector<Tie> all = std::move(ties_);
        all.insert(all.end(), of_index.begin(), of_index.end());
        ties_.clear();
        for (auto& tie : all)
            if (there.contains(tie.same_as) && !there.contains(tie.name) && taken.insert(tie.name).second)
                ties_.push_back(std::move(tie));
    }

private:
    /// By the name inside the shard: the name in the index. They differ in HDF5, whose shards leave out the model's name.
    std::unordered_map<std::string_view, std::string> names_in_index(const std::map<std::string, bool>& wanted) const {
        std::unordered_map<std::string_view, std::string> names;
        if (format_ == Format::kHdf5)
            for (const auto& [name, found] : wanted) names.emplace(without_model(name), name);
        for (const auto& [name, found] : wanted) names.insert_or_assign(name, name);
        return names;
    }

    Format format_ = Format::kSafetensors;
    std::vector<ReaderPtr> shards_;
    std::vector<std::string> files_;  // of shards_
    std::vector<TensorInfo> tensors_;
    std::vector<std::pair<std::size_t, std::size_t>> places_;
    std::vector<Tie> ties_;
    std::map<std::string, std::string> metadata_;
};

}  // namespace

Result<ReaderPtr> open_shards(const std::filesystem::path& path) {
    TRY(const std::string text, read_small_file(path, kMaxIndexBytes));
    TRY(ShardIndex index, parse_shard_index(text, path.filename().string()));
    auto reader = std::make_unique<ShardsReader>();
    for (auto& [file, wanted] : index.shards) {
        auto shard = open_checkpoint_file(path.parent_path() / file);
        if (!shard.has_value()) {
            Error error = std::move(shard).error();
            error.message = fmt::format("The shard \"{}\": {}", file, error.message);
            return error;
        }
        TRY(reader->add(file, std::move(shard).value(), wanted));
    }
    reader->settle_ties(index.ties);
    return ReaderPtr(std::move(reader));
}

}  // namespace mirfa::checkpoint
