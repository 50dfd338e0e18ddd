// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/view.h"

#include <algorithm>
#include <cstring>

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kBuffer = 256u << 10;

/// Turns the order of octets around in each number.
void swap_numbers(ByteSpan octets, std::size_t size) {
    if (size < 2) return;
    for (std::size_t at = 0; at + size <= octets.size(); at += size)
        std::reverse(octets.begin() + static_cast<std::ptrdiff_t>(at), octets.begin() + static_cast<std::ptrdiff_t>(at + size));
}

/// The axes that are left to count when neighbouring ones that lie together are one, and those of one element are none.
struct Axes {
    Shape shape;
    std::vector<std::uint64_t> strides;
};
Axes joined(const StridedView& view) {
    Axes axes;
    for (std::size_t i = 0; i < view.shape.size(); ++i) {
        const std::uint64_t size = view.shape[i], stride = view.strides[i];
        if (size == 1) continue;
        if (!axes.shape.empty() && axes.strides.back() == stride * size) {
            axes.shape.back() *= size;
            axes.strides.back() = stride;
        } else {
            axes.shape.push_back(size);
            axes.strides.push_back(stride);
        }
    }
    return axes;
}

/// Goes through the axes and copies runs: the elements of the last axis when they lie together, else one at a time.
class Gathering final : public ByteSource {
public:
    Gathering(std::shared_ptr<const RandomSource> source, const StridedView& view)
        : source_(std::move(source)), element_(view.element_size), first_(view.first_octet), swap_(view.swap_size) {
        Axes axes = joined(view);
        left_ = 1;
        for (const std::uint64_t size : view.shape) left_ *= size;
        if (!axes.strides.empty() && axes.strides.back() == 1) {
            run_ = axes.shape.back();
            axes.shape.pop_back();
            axes.strides.pop_back();
        }
        shape_ = std::move(axes.shape);
        strides_ = std::move(axes.strides);
        index_.assign(shape_.size(), 0);
        if (left_ == 0) return;
        for (std::size_t i = 0; i < shape_.size(); ++i) span_ += (shape_[i] - 1) * strides_[i];
        span_ += run_;
    }

    Result<std::size_t> read(ByteSpan into) override {
        if (given_ == buffer_.size()) {
            TRY(refill());
        }
        const std::size_t count = std::min(into.size(), buffer_.size() - given_);
        std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(given_), count, into.begin());
        given_ += count;
        return count;
    }

private:
    /// Short runs are taken from memory: a read of the file for each element would take hours.
    bool wants_memory() const { return run_ * element_ < 4'096 && !shape_.empty(); }

    Result<void> refill() {
        buffer_.clear();
        given_ = 0;
        if (left_ > 0 && wants_memory() && span_octets_.empty()) {
            span_octets_.resize(static_cast<std::size_t>(span_ * element_));
            TRY(source_->read_at(first_, span_octets_));
        }
        while (left_ > 0 && buffer_.size() < kBuffer) {
            TRY(copy_run());
        }
        swap_numbers(buffer_, swap_);
        return ok();
    }

    Result<void> copy_run() {
        const std::uint64_t room = std::max<std::uint64_t>(1, (kBuffer - buffer_.size()) / element_);
        const std::uint64_t count = std::min(run_ - in_run_, room);
        const std::uint64_t from = (position_ + in_run_) * element_;
        const auto octets = static_cast<std::size_t>(count * element_);
        const std::size_t to = buffer_.size();
        buffer_.resize(to + octets);
        if (span_octets_.empty()) {
            TRY(source_->read_at(first_ + from, ByteSpan(buffer_).subspan(to, octets)));
        } else {
            std::memcpy(buffer_.data() + to, span_octets_.data() + from, octets);
        }
        left_ -= count;
        in_run_ += count;
        if (in_run_ == run_) advance();
        return ok();
    }

    void advance() {
        in_run_ = 0;
        for (std::size_t axis = shape_.size(); axis-- > 0;) {
            position_ += strides_[axis];
            if (++index_[axis] < shape_[axis]) return;
            position_ -= strides_[axis] * shape_[axis];
            index_[axis] = 0;
        }
    }

    std::shared_ptr<const RandomSource> source_;
    std::size_t element_;
    std::uint64_t first_;
    std::size_t swap_;
    Shape shape_;
    std::vector<std::uint64_t> strides_;
    std::vector<std::uint64_t> index_;
    std::uint64_t run_ = 1;       ///< elements that lie together
    std::uint64_t span_ = 0;      ///< elements from the first to the last
    std::uint64_t left_ = 0;      ///< elements still to give
    std::uint64_t position_ = 0;  ///< of the run, in elements from the first
    std::uint64_t in_run_ = 0;
    Bytes span_octets_;
    Bytes buffer_;
    std::size_t given_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> stream_of_view(std::shared_ptr<const RandomSource> source, StridedView view) {
    const Axes axes = joined(view);
    std::uint64_t count = 1;
    for (const std::uint64_t size : view.shape) count *= size;
    const bool together = count == 0 || axes.shape.empty() || (axes.shape.size() == 1 && axes.strides[0] == 1);
    if (together && view.swap_size < 2) return stream_of(std::move(source), view.first_octet, count * view.element_size);
    return std::make_unique<Gathering>(std::move(source), view);
}

std::size_t number_size(Dtype dtype) {
    const std::size_t octets = std::max(1u, bits_of(dtype) / 8);
    return dtype == Dtype::kC64 || dtype == Dtype::kC128 ? octets / 2 : octets;
}

}  // namespace mirfa::checkpoint
