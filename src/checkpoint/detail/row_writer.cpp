// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/row_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "checkpoint/detail/dequantised.h"
#include "checkpoint/detail/statistics.h"
#include "checkpoint/q8_0.h"
#include "checkpoint/transpose.h"

namespace mirfa::checkpoint::detail {
namespace {

constexpr std::size_t kBuffer = 1u << 20;  // a multiple of every element's size

// Fills `into`, or as much of it as there is.
Result<std::size_t> read_full(ByteSource& from, ByteSpan into) {
    std::size_t filled = 0;
    while (filled < into.size()) {
        TRY(const std::size_t got, from.read(into.subspan(filled)));
        if (got == 0) break;
        filled += got;
    }
    return filled;
}

Error cut_off(const PlanRow& row) {
    return Error{Code::kCorrupt, fmt::format("The tensor {} ends before its last octet.", row.source_name)};
}

// One axis of the result: its elements, and how far they are from each other in the source.
struct Axis {
    std::uint64_t count, step;
};

std::vector<Axis> axes_of(const Shape& view, std::span<const unsigned> axes) {
    Shape steps(view.size(), 1);
    for (std::size_t i = view.size(); i-- > 1;) steps[i - 1] = steps[i] * view[i];
    std::vector<Axis> all;
    for (const unsigned axis : axes)
        if (view[axis] != 1) all.push_back({view[axis], steps[axis]});
    while (all.size() < 2) all.insert(all.begin(), {1, 0});
    return all;
}

// Eight elements of each line are compared before the next eight: what lies near each other in the source is looked at together.
template <std::size_t kBytes>
bool same_lines(const Byte* from, const Byte* to, Axis lines, Axis line) {
    constexpr std::uint64_t kNear = 8;
    for (std::uint64_t first = 0; first < line.count; first += kNear) {
        const std::uint64_t end = std::min(line.count, first + kNear);
        for (std::uint64_t i = 0; i < lines.count; ++i) {
            for (std::uint64_t j = first; j < end; ++j) {
                if (std::memcmp(from + (i * lines.step + j * line.step) * kBytes, to + (i * line.count + j) * kBytes, kBytes) !=
                    0)
                    return false;
            }
        }
    }
    return true;
}

// By the definition of the order, without the loops and tiles that AxesMover works in: a mistake there is not repeated here.
// Takes: `to`, whole lines of the last axis, from element `first` of the result on.
template <std::size_t kBytes>
bool is_moved(ByteView from, std::uint64_t first, ByteView to, std::span<const Axis> axes) {
    const Axis line = axes[axes.size() - 1], lines = axes[axes.size() - 2];
    for (std::uint64_t at = first / line.count; !to.empty();) {
        std::uint64_t origin = at % lines.count * lines.step;
        std::uint64_t outer = at / lines.count;
        for (std::size_t i = axes.size() - 2; i-- > 0; outer /= axes[i].count) origin += outer % axes[i].count * axes[i].step;
        const std::uint64_t count = std::min(lines.count - at % lines.count, to.size() / kBytes / line.count);
        if (!same_lines<kBytes>(from.data() + origin * kBytes, to.data(), {count, lines.step}, line)) return false;
        to = to.subspan(count * line.count * kBytes);
        at += count;
    }
    return true;
}

bool is_moved(ByteView from, std::uint64_t first_octet, ByteView to, std::span<const Axis> axes, unsigned element_bytes) {
    switch (element_bytes) {
        case 1: return is_moved<1>(from, first_octet, to, axes);
        case 2: return is_moved<2>(from, first_octet / 2, to, axes);
        case 4: return is_moved<4>(from, first_octet / 4, to, axes);
        case 8: return is_moved<8>(from, first_octet / 8, to, axes);
        default: return is_moved<16>(from, first_octet / 16, to, axes);
    }
}

// What is made of a tensor at once stays in the cache while it is checked, counted and written. Fewer lines than these would
// fetch more of the source than they take of it.
std::size_t piece_of_lines(std::size_t line_bytes, unsigned element_bytes) {
    constexpr std::size_t kPiece = 512u << 10, kCacheLine = 64;
    const std::size_t least = kCacheLine / element_bytes;
    return std::max(least, kPiece / line_bytes / least * least) * line_bytes;
}

// Takes a tensor's numbers in pieces of whole elements (and whole blocks), gives them to the sink in the row's type.
class TypedSink {
public:
    /// Takes: `from`, the type in which the numbers come.
    TypedSink(const PlanRow& row, Dtype from, ByteSink& sink)
        : row_(row),
          from_(from),
          to_numbers_(from != Dtype::kBlocks && row.dtype == Dtype::kBlocks ? Dtype::kF32 : row.dtype),
          sink_(sink),
          before_(from),
          after_(to_numbers_) {}

    Result<void> write(ByteView octets) {
        before_.update(octets);
        if (from_ == row_.dtype) return sink_.write(octets);
        const std::size_t from = bits_of(from_) / 8;
        for (std::size_t at = 0; at < octets.size(); at += kBuffer) {
            const ByteView piece = octets.subspan(at, std::min(kBuffer, octets.size() - at));
            narrowed_.resize(piece.size() / from * (bits_of(to_numbers_) / 8));
            TRY(cast(piece, from_, narrowed_, to_numbers_));
            if (row_.dtype == Dtype::kBlocks) {
                TRY(write_blocks());
                continue;
            }
            after_.update(narrowed_);
            TRY(measure(piece));
            TRY(sink_.write(narrowed_));
        }
        return ok();
    }

    Result<RowResult> finish() {
        result_.statistics = from_ == row_.dtype ? before_.result() : after_.result();
        if (result_.statistics.infinities > before_.result().infinities)
            return Error{
                Code::kInvalidArgument,
                fmt::format("{} numbers of the tensor {} are too large for {}. Choose another type (--dtype bf16 or f32).",
                            result_.statistics.infinities - before_.result().infinities, row_.source_name, row_.type())};
        const bool blocks = from_ != row_.dtype && row_.dtype == Dtype::kBlocks;
        if (!(blocks ? is_near() : agree(before_.result(), from_, result_.statistics, row_.dtype)))
            return internal_error(fmt::format("the statistics of {} changed in its conversion", row_.source_name));
        return result_;
    }

private:
    // Half a step of the coarsest block, and what rounding its scale to a float16 adds.
    bool is_near() const {
        const Statistics& s = before_.result();
        const double largest = std::max(std::abs(s.min), std::abs(s.max));
        return s.count == result_.statistics.count && result_.max_abs <= largest / 127 * 0.6 + 0x1p-18;
    }

    Result<void> write_blocks() {
        std::vector<float> numbers(narrowed_.size() / sizeof(float)), back(numbers.size());
        std::memcpy(numbers.data(), narrowed_.data(), narrowed_.size());
        blocks_.resize(numbers.size() / kQ8Elements * kQ8Bytes);
        if (const auto made = quantize_q8_0(numbers, blocks_); !made.has_value())
            return Error{made.error().code, fmt::format("The tensor {}: {}", row_.source_name, made.error().message)};
        TRY(dequantize_q8_0(blocks_, back));
        for (std::size_t i = 0; i < numbers.size(); ++i)
            result_.max_abs = std::max(result_.max_abs, std::abs(double{numbers[i]} - double{back[i]}));
        after_.update(ByteView(reinterpret_cast<const Byte*>(back.data()), narrowed_.size()));
        return sink_.write(blocks_);
    }

    // How far the numbers are from what comes back.
    Result<void> measure(ByteView piece) {
        back_.resize(piece.size());
        TRY(cast(narrowed_, row_.dtype, back_, from_));
        if (std::memcmp(back_.data(), piece.data(), piece.size()) == 0) return ok();
        const std::size_t count = piece.size() / (bits_of(from_) / 8);
        numbers_.resize(2 * count);
        const auto space = ByteSpan(reinterpret_cast<Byte*>(numbers_.data()), numbers_.size() * sizeof(double));
        TRY(cast(piece, from_, space.first(count * sizeof(double)), Dtype::kF64));
        TRY(cast(back_, from_, space.subspan(count * sizeof(double)), Dtype::kF64));
        for (std::size_t i = 0; i < count; ++i) {
            const double difference = std::abs(numbers_[i] - numbers_[count + i]);
            if (std::isfinite(difference)) result_.max_abs = std::max(result_.max_abs, difference);
        }
        return ok();
    }

    const PlanRow& row_;
    Dtype from_;
    Dtype to_numbers_;  // what is written, or what is packed into blocks
    ByteSink& sink_;
    StatisticsMaker before_, after_;
    Bytes narrowed_, back_, blocks_;
    std::vector<double> numbers_;
    RowResult result_;
};

Result<void> write_moved(ByteSource& source, const PlanRow& row, Dtype type, std::uint64_t size_bytes, TypedSink& sink,
                         RowSpace& space) {
    const unsigned element = bits_of(type) / 8;
    TRY(const AxesMover mover, AxesMover::create(row.view, row.axes, element));
    if (mover.size_bytes() != size_bytes)
        return internal_error(fmt::format("{} was planned with another size than it has", row.source_name));
    if (size_bytes == 0) return ok();
    const ByteSpan from = space.tensor.take(static_cast<std::size_t>(size_bytes));
    TRY(const std::size_t got, read_full(source, from));
    if (got < from.size()) return cut_off(row);
    const std::vector<Axis> axes = axes_of(row.view, row.axes);
    const ByteSpan piece = space.piece.take(std::min(piece_of_lines(mover.line_bytes(), element), from.size()));
    for (std::size_t at = 0; at < from.size(); at += piece.size()) {
        const ByteSpan to = piece.first(std::min(piece.size(), from.size() - at));
        mover.move(from, at / mover.line_bytes(), to);
        if (!is_moved(from, at, to, axes, element))
            return internal_error(fmt::format("the elements of {} were moved to wrong places", row.source_name));
        TRY(sink.write(to));
    }
    return ok();
}

Result<void> write_streamed(ByteSource& source, const PlanRow& row, std::uint64_t size_bytes, TypedSink& sink, RowSpace& space) {
    const ByteSpan buffer = space.piece.take(static_cast<std::size_t>(std::min<std::uint64_t>(kBuffer, size_bytes)));
    std::uint64_t left = size_bytes;
    while (left > 0) {
        TRY(const std::size_t got,
            read_full(source, buffer.first(static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size())))));
        if (got == 0) return cut_off(row);
        TRY(sink.write(buffer.first(got)));
        left -= got;
    }
    return ok();
}

}  // namespace

Result<RowResult> write_row(const Reader& reader, const PlanRow& row, ByteSink& sink, RowSpace& space) {
    if (!row.source) {
        TRY(const std::uint64_t size, size_of(row.dtype, row.shape));
        TRY(sink.write(Bytes(static_cast<std::size_t>(size))));
        return RowResult{};
    }
    std::uint64_t size_bytes = reader.tensors()[*row.source].size_bytes;
    TRY(const auto stored, reader.open(*row.source));
    // Blocks that do not stay blocks are numbers from here on.
    const bool unpacked = row.source_dtype == Dtype::kBlocks && row.dtype != Dtype::kBlocks;
    const Dtype type = unpacked ? Dtype::kF32 : row.source_dtype;
    const auto numbers = unpacked ? dequantised(*stored) : nullptr;
    if (unpacked) size_bytes = size_bytes / kQ8Bytes * kQ8Elements * sizeof(float);
    ByteSource& source = unpacked ? *numbers : *stored;
    TypedSink typed(row, type, sink);
    if (row.axes.empty()) {
        TRY(write_streamed(source, row, size_bytes, typed, space));
    } else {
        TRY(write_moved(source, row, type, size_bytes, typed, space));
    }
    return typed.finish();
}

Result<void> check_equal(const Reader& reader, const TiedName& tied) {
    if (!tied.stored || !tied.same_as_index) return ok();
    const Error differ{Code::kInvalidArgument,
                       fmt::format("The tensors {} and {} differ, but this model ties them: only one of them can be written. Set "
                                   "tie_word_embeddings to false in config.json if they are meant to differ.",
                                   tied.name, tied.same_as)};
    if (reader.tensors()[*tied.stored].size_bytes != reader.tensors()[*tied.same_as_index].size_bytes) return differ;
    TRY(const auto one, reader.open(*tied.stored));
    TRY(const auto other, reader.open(*tied.same_as_index));
    Bytes a(kBuffer), b(kBuffer);
    for (;;) {
        TRY(const std::size_t got, read_full(*one, a));
        TRY(const std::size_t same, read_full(*other, b));
        if (got != same || std::memcmp(a.data(), b.data(), got) != 0) return differ;
        if (got < a.size()) return ok();
    }
}

}  // namespace mirfa::checkpoint::detail
