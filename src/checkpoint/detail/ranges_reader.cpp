// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/ranges_reader.h"

#include <fmt/format.h>

#include <unordered_set>

namespace mirfa::checkpoint {
namespace {

class Joined final : public ByteSource {
public:
    explicit Joined(std::vector<std::unique_ptr<ByteSource>> parts) : parts_(std::move(parts)) {}
    Result<std::size_t> read(ByteSpan into) override {
        for (; next_ < parts_.size(); ++next_) {
            TRY(const auto got, parts_[next_]->read(into));
            if (got > 0) return got;
        }
        return std::size_t{0};
    }

private:
    std::vector<std::unique_ptr<ByteSource>> parts_;
    std::size_t next_ = 0;
};

class RangesReader final : public Reader {
public:
    RangesReader(Format format, std::shared_ptr<const RandomSource> source, FileContents contents)
        : format_(format), source_(std::move(source)), contents_(std::move(contents)) {}
    Format format() const override { return format_; }
    std::span<const TensorInfo> tensors() const override { return contents_.tensors; }
    std::span<const Tie> ties() const override { return contents_.ties; }
    const std::map<std::string, std::string>& metadata() const override { return contents_.metadata; }
    Result<std::unique_ptr<ByteSource>> open(std::size_t index) const override {
        const auto& ranges = contents_.ranges.at(index);
        if (ranges.size() == 1) return stream_of(source_, ranges[0].first, ranges[0].size);
        std::vector<std::unique_ptr<ByteSource>> parts;
        for (const auto& range : ranges) parts.push_back(stream_of(source_, range.first, range.size));
        return std::make_unique<Joined>(std::move(parts));
    }

private:
    Format format_;
    std::shared_ptr<const RandomSource> source_;
    FileContents contents_;
};

}  // namespace

ReaderPtr make_ranges_reader(Format format, std::shared_ptr<const RandomSource> source, FileContents contents) {
    return std::make_unique<RangesReader>(format, std::move(source), std::move(contents));
}

Result<void> check_names(std::string_view format, const std::vector<TensorInfo>& tensors) {
    std::unordered_set<std::string_view> seen;
    for (const auto& tensor : tensors) {
        if (tensor.name.empty())
            return Error{Code::kInvalidArgument, fmt::format("This {} file has a tensor without a name.", format)};
        if (tensor.name.size() > kMaxTensorName)
            return Error{Code::kInvalidArgument,
                         fmt::format("This {} file has a tensor with a name of {} octets, \"{}…\"; {} are read.", format,
                                     tensor.name.size(), tensor.name.substr(0, 60), kMaxTensorName)};
        if (!seen.insert(tensor.name).second)
            return Error{Code::kInvalidArgument, fmt::format("This {} file has two tensors named \"{}\".", format, tensor.name)};
    }
    return ok();
}

}  // namespace mirfa::checkpoint
