// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/scan_sources.h"

#include <algorithm>

namespace mirfa::checkpoint {
namespace {

class Counted final : public RandomSource {
public:
    Counted(std::shared_ptr<const RandomSource> source, std::shared_ptr<ScanBudget> budget)
        : source_(std::move(source)), budget_(std::move(budget)) {}
    std::uint64_t size() const override { return source_->size(); }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override {
        TRY(budget_->spend_read(into.size()));
        return source_->read_at(offset, into);
    }

private:
    std::shared_ptr<const RandomSource> source_;
    std::shared_ptr<ScanBudget> budget_;
};

class Part final : public RandomSource {
public:
    Part(std::shared_ptr<const RandomSource> source, std::uint64_t first, std::uint64_t size)
        : source_(std::move(source)), first_(first), size_(size) {}
    std::uint64_t size() const override { return size_; }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override {
        if (offset > size_ || into.size() > size_ - offset) return Error{Code::kCorrupt, "The file ends too early."};
        return source_->read_at(first_ + offset, into);
    }

private:
    std::shared_ptr<const RandomSource> source_;
    std::uint64_t first_;
    std::uint64_t size_;
};

class InflatedContent final : public RandomSource {
public:
    InflatedContent(std::shared_ptr<const ZipArchive> archive, ZipMember member, std::shared_ptr<ScanBudget> budget)
        : archive_(std::move(archive)), member_(std::move(member)), budget_(std::move(budget)) {}
    std::uint64_t size() const override { return member_.size; }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override {
        if (!stream_ || offset < at_) {
            stream_ = archive_->stream(member_);
            at_ = 0;
        }
        Bytes skipped(static_cast<std::size_t>(std::min<std::uint64_t>(64u << 10, offset - at_)));
        while (at_ < offset) {
            TRY(next(ByteSpan(skipped).first(static_cast<std::size_t>(std::min<std::uint64_t>(skipped.size(), offset - at_)))));
        }
        return next(into);
    }

private:
    Result<void> next(ByteSpan into) const {
        TRY(budget_->spend(into.size()));
        while (!into.empty()) {
            TRY(const std::size_t count, stream_->read(into));
            if (count == 0) return Error{Code::kCorrupt, "The zip member ends too early."};
            at_ += count;
            into = into.subspan(count);
        }
        return ok();
    }

    std::shared_ptr<const ZipArchive> archive_;
    ZipMember member_;
    std::shared_ptr<ScanBudget> budget_;
    mutable std::unique_ptr<ByteSource> stream_;
    mutable std::uint64_t at_ = 0;
};

/// Two blocks are kept: the one that is read and the one before it.
class Unpacked final : public RandomSource {
public:
    Unpacked(std::shared_ptr<const RandomSource> source, Packing packing, std::uint64_t size, std::shared_ptr<ScanBudget> budget)
        : source_(std::move(source)), packing_(packing), size_(size), budget_(std::move(budget)) {}
    std::uint64_t size() const override { return size_; }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override {
        if (offset > size_ || into.size() > size_ - offset) return Error{Code::kCorrupt, "The file ends too early."};
        while (!into.empty()) {
            TRY(const ByteView block, block_of(offset / kUnpackedBack));
            const ByteView here = block.subspan(static_cast<std::size_t>(offset % kUnpackedBack));
            const std::size_t count = std::min(here.size(), into.size());
            std::copy_n(here.begin(), count, into.begin());
            into = into.subspan(count);
            offset += count;
        }
        return ok();
    }

private:
    Result<ByteView> block_of(std::uint64_t number) const {
        if (!stream_ || number + 2 < next_) {
            stream_ = unpack(stream_of(source_, 0, source_->size()), packing_);
            next_ = 0;
        }
        while (next_ <= number) {
            if (auto read = read_next(); !read.has_value()) {
                stream_.reset();  // what is kept is no whole block
                return std::move(read).error();
            }
        }
        return number + 1 == next_ ? ByteView(last_) : ByteView(before_);
    }
    Result<void> read_next() const {
        std::swap(before_, last_);
        last_.resize(static_cast<std::size_t>(std::min<std::uint64_t>(kUnpackedBack, size_ - next_ * kUnpackedBack)));
        ++next_;
        TRY(budget_->spend(last_.size()));
        for (std::size_t done = 0; done < last_.size();) {
            TRY(const std::size_t count, stream_->read(ByteSpan(last_).subspan(done)));
            if (count == 0) return Error{Code::kCorrupt, "What it is packed with ends too early."};
            done += count;
        }
        return ok();
    }

    std::shared_ptr<const RandomSource> source_;
    Packing packing_;
    std::uint64_t size_;
    std::shared_ptr<ScanBudget> budget_;
    mutable std::unique_ptr<ByteSource> stream_;
    mutable std::uint64_t next_ = 0;  // block of the stream
    mutable Bytes last_, before_;
};

}  // namespace

Result<UnpackedSize> unpacked_size(std::shared_ptr<const RandomSource> source, Packing packing, std::uint64_t most) {
    const std::uint64_t packed = source->size();
    const auto stream = unpack(stream_of(std::move(source), 0, packed), packing);
    UnpackedSize size;
    Bytes piece(kUnpackedBack);
    while (size.octets < most) {
        const auto count = stream->read(
            ByteSpan(piece).first(static_cast<std::size_t>(std::min<std::uint64_t>(piece.size(), most - size.octets))));
        if (!count.has_value()) {
            const Code code = count.error().code;
            if (code != Code::kInvalidArgument && code != Code::kTooLarge && code != Code::kCorrupt) return count.error();
            size.error = count.error();
            return size;
        }
        if (count.value() == 0) return size;
        size.octets += count.value();
    }
    Byte more;
    const auto count = stream->read({&more, 1});
    if (!count.has_value() || count.value() != 0) size.error = Error{Code::kTooLarge, "It is too large to examine to its end."};
    return size;
}

std::shared_ptr<const RandomSource> unpacked(std::shared_ptr<const RandomSource> source, Packing packing, std::uint64_t size,
                                             std::shared_ptr<ScanBudget> budget) {
    return std::make_shared<const Unpacked>(std::move(source), packing, size, std::move(budget));
}

Result<void> ScanBudget::spend(std::uint64_t octets) {
    exhausted = exhausted || octets > left;
    if (exhausted) return Error{Code::kTooLarge, "There is more to read than a scan reads."};
    left -= octets;
    return ok();
}

Result<void> ScanBudget::spend_read(std::uint64_t octets) {
    if (!searching) return spend(octets);
    if (octets > searched_left)
        return Error{Code::kTooLarge, "It is larger than what a scan searches for layers of Keras; its end was not looked at."};
    searched_left -= octets;
    return ok();
}

std::shared_ptr<const RandomSource> counted(std::shared_ptr<const RandomSource> source, std::shared_ptr<ScanBudget> budget) {
    return std::make_shared<const Counted>(std::move(source), std::move(budget));
}

std::shared_ptr<const RandomSource> part_of(std::shared_ptr<const RandomSource> source, std::uint64_t first, std::uint64_t size) {
    return std::make_shared<const Part>(std::move(source), first, size);
}

std::shared_ptr<const RandomSource> content_of(std::shared_ptr<const ZipArchive> archive, const ZipMember& member,
                                               std::shared_ptr<ScanBudget> budget) {
    if (!member.deflated) return part_of(archive->source(), member.data_offset, member.stored_size);
    return std::make_shared<const InflatedContent>(std::move(archive), member, std::move(budget));
}

}  // namespace mirfa::checkpoint
