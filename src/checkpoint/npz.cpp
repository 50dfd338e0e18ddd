// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/npz.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "checkpoint/detail/view.h"
#include "checkpoint/zip.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kEnding = ".npy";

/// Octets that were read into memory, for whoever reads them at any place.
class OwnedSource final : public RandomSource {
public:
    explicit OwnedSource(Bytes bytes) : bytes_(std::move(bytes)), view_(memory_source(bytes_)) {}
    std::uint64_t size() const override { return bytes_.size(); }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override { return view_->read_at(offset, into); }

private:
    Bytes bytes_;
    std::shared_ptr<const RandomSource> view_;
};

Shape strides_of(const NpyHead& head) {
    Shape strides(head.shape.size(), 1);
    if (head.column_major)
        for (std::size_t i = 1; i < strides.size(); ++i)
            strides[i] = strides[i - 1] * std::max<std::uint64_t>(1, head.shape[i - 1]);
    else
        for (std::size_t i = strides.size(); i-- > 1;) strides[i - 1] = strides[i] * std::max<std::uint64_t>(1, head.shape[i]);
    return strides;
}

class NumpyReader final : public Reader {
public:
    explicit NumpyReader(std::shared_ptr<const RandomSource> source) : source_(std::move(source)) {}

    Format format() const override { return Format::kNumpy; }
    std::span<const TensorInfo> tensors() const override { return tensors_; }
    const std::map<std::string, std::string>& metadata() const override { return metadata_; }

    /// Takes: the whole file as one array, or a member of the archive.
    Result<void> add(std::string name, const ZipMember& member, NpyHead head) {
        TRY(const std::uint64_t size, size_of(head.dtype, head.shape));
        if (head.data_offset > member.size || size != member.size - head.data_offset)
            return Error{
                Code::kInvalidArgument,
                fmt::format("The NumPy array is broken: of shape {} and type {} it should have {} octets "
                            "and has {}. Fetch the file again.",
                            describe(head.shape), head.descr, size, member.size - std::min(member.size, head.data_offset))};
        tensors_.push_back({std::move(name), head.dtype, head.shape, size, head.descr});
        arrays_.push_back({std::move(head), member});
        return ok();
    }

    Result<void> fill_from_archive() {
        TRY(archive_, ZipArchive::open(source_));
        for (const ZipMember& member : archive_.members()) {
            auto added = add_member(member);
            if (added.has_value()) continue;
            added.error().message = fmt::format("\"{}\": {}", member.name.substr(0, 120), added.error().message);
            return added;
        }
        if (tensors_.empty()) return Error{Code::kUnsupported, "The archive holds no arrays. Save some with numpy.savez."};
        return ok();
    }

    Result<std::unique_ptr<ByteSource>> open(std::size_t index) const override {
        const auto& [head, member] = arrays_[index];
        const StridedView view{member.data_offset + head.data_offset, bits_of(head.dtype) / 8, head.shape, strides_of(head),
                               head.big_endian ? number_size(head.dtype) : 1};
        if (!member.deflated) return stream_of_view(source_, view);
        auto stream = archive_.stream(member);
        TRY(skip(*stream, head.data_offset));
        if (!head.big_endian && (!head.column_major || head.shape.size() < 2)) return stream;
        TRY(Bytes content, rest_of(*stream, tensors_[index].size_bytes));
        StridedView inflated = view;
        inflated.first_octet = 0;
        return stream_of_view(std::make_shared<const OwnedSource>(std::move(content)), std::move(inflated));
    }

private:
    struct Array {
        NpyHead head;
        ZipMember member;
    };

    Result<void> add_member(const ZipMember& member) {
        if (!member.name.ends_with(kEnding) || member.name.size() == kEnding.size() || !is_utf8(member.name))
            return Error{Code::kUnsupported, "this member is no array. Take it out of the archive."};
        const auto stream = archive_.stream(member);
        TRY(NpyHead head, read_npy_head(*stream));
        if (tensors_.size() >= kMaxTensors)
            return Error{Code::kTooLarge, fmt::format("there are more than {} arrays.", kMaxTensors)};
        return add(member.name.substr(0, member.name.size() - kEnding.size()), member, std::move(head));
    }

    static Result<void> skip(ByteSource& stream, std::uint64_t count) {
        Bytes nothing(static_cast<std::size_t>(count));
        return read_exactly(stream, nothing);
    }
    static Result<Bytes> rest_of(ByteSource& stream, std::uint64_t size) {
        Bytes content(static_cast<std::size_t>(size));
        TRY(read_exactly(stream, content));
        Byte one;  // the end is where the CRC is checked
        TRY(stream.read({&one, 1}));
        return content;
    }
    static Result<void> read_exactly(ByteSource& stream, ByteSpan into) {
        while (!into.empty()) {
            TRY(const std::size_t count, stream.read(into));
            if (count == 0) return Error{Code::kCorrupt, "The file ends within an array. Fetch the file again."};
            into = into.subspan(count);
        }
        return ok();
    }

    std::shared_ptr<const RandomSource> source_;
    ZipArchive archive_;
    std::vector<TensorInfo> tensors_;
    std::vector<Array> arrays_;
    std::map<std::string, std::string> metadata_;
};

}  // namespace

Result<ReaderPtr> open_npz(std::shared_ptr<const RandomSource> source) {
    auto reader = std::make_unique<NumpyReader>(source);
    Bytes front(static_cast<std::size_t>(std::min<std::uint64_t>(source->size(), 2)));
    TRY(source->read_at(0, front));
    if (as_text(front) == "PK") {
        TRY(reader->fill_from_archive());
        return ReaderPtr(std::move(reader));
    }
    const auto stream = stream_of(source, 0, source->size());
    TRY(NpyHead head, read_npy_head(*stream));
    ZipMember whole;
    whole.size = whole.stored_size = source->size();
    TRY(reader->add("array", whole, std::move(head)));
    return ReaderPtr(std::move(reader));
}

Result<ReaderPtr> open_npz(const std::filesystem::path& path) {
    TRY(auto source, open_file_source(path));
    return open_npz(std::move(source));
}

}  // namespace mirfa::checkpoint
