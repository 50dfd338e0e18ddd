// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/torch_reader.h"

#include <fmt/format.h>

#include <map>
#include <tuple>

#include "checkpoint/detail/state_dict.h"
#include "checkpoint/detail/view.h"

namespace mirfa::checkpoint {
namespace {

class TorchReader final : public Reader {
public:
    explicit TorchReader(TorchParts parts) : parts_(std::move(parts)) {}

    Result<void> fill() {
        TRY(const auto names, find_state_dict(parts_.pickle));
        using Place = std::tuple<std::uint32_t, Dtype, std::uint64_t, Shape, std::vector<std::uint64_t>>;
        std::map<Place, std::size_t> seen;
        std::uint64_t sum = 0;
        const std::uint64_t most = std::max(kMaxExpanded, parts_.source->size() * kMaxExpansion);
        for (const auto& [name, number] : names) {
            const PickleTensor& tensor = parts_.pickle.tensors()[number];
            TRY(const std::uint64_t size, size_of(tensor.dtype, tensor.shape));
            // Tensors without elements share no octets, wherever they are said to begin.
            const Place place{tensor.storage, tensor.dtype, tensor.first, tensor.shape, tensor.strides};
            const auto [first, is_new] = seen.try_emplace(place, tensors_.size());
            if (!is_new && size > 0) {
                ties_.push_back({name, tensors_[first->second].name});
                continue;
            }
            sum += size;
            if (size > most || sum > most)
                return Error{Code::kTooLarge, fmt::format("The tensors up to \"{}\" would grow to more than {} times their file.",
                                                          name, kMaxExpansion)};
            tensors_.push_back({name, tensor.dtype, tensor.shape, size, tensor.stored_as});
            numbers_.push_back(number);
        }
        return ok();
    }

    Format format() const override { return parts_.format; }
    std::span<const TensorInfo> tensors() const override { return tensors_; }
    std::span<const Tie> ties() const override { return ties_; }
    const std::map<std::string, std::string>& metadata() const override { return metadata_; }

    Result<std::unique_ptr<ByteSource>> open(std::size_t index) const override {
        const PickleTensor& tensor = parts_.pickle.tensors()[numbers_[index]];
        const std::size_t width = bits_of(tensor.dtype) / 8;
        const std::uint64_t first = tensors_[index].size_bytes == 0 ? 0 : tensor.first * width;
        return stream_of_view(parts_.source, {parts_.storage_offsets[tensor.storage] + first, width, tensor.shape, tensor.strides,
                                              parts_.big_endian ? number_size(tensor.dtype) : 1});
    }

private:
    TorchParts parts_;
    std::vector<TensorInfo> tensors_;
    std::vector<std::uint32_t> numbers_;
    std::vector<Tie> ties_;
    std::map<std::string, std::string> metadata_;
};

}  // namespace

Result<ReaderPtr> make_torch_reader(TorchParts parts) {
    auto reader = std::make_unique<TorchReader>(std::move(parts));
    TRY(reader->fill());
    return ReaderPtr(std::move(reader));
}

}  // namespace mirfa::checkpoint
