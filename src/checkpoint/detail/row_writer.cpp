// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/row_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include "checkpoint/detail/statistics.h"
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

// By the definition of the order, without the blocks that move_axes works in: a mistake there is not repeated here.
bool is_moved(ByteView from, ByteView to, const Shape& view, std::span<const unsigned> axes, std::size_t element) {
    const std::size_t rank = view.size();
    const Shape target = moved(view, axes);
    Shape target_steps(rank, 1), steps(rank, 0), at(rank, 0);
    for (std::size_t i = rank; i-- > 1;) target_steps[i - 1] = target_steps[i] * target[i];
    for (std::size_t i = 0; i < rank; ++i) steps[axes[i]] = target_steps[i];
    std::uint64_t place = 0;
    for (std::size_t offset = 0; offset < from.size(); offset += element) {
        if (std::memcmp(from.data() + offset, to.data() + place * element, element) != 0) return false;
        for (std::size_t i = rank; i-- > 0;) {
            place += steps[i];
            if (++at[i] < view[i]) break;
            place -= steps[i] * view[i];
            at[i] = 0;
        }
    }
    return true;
}

// Takes a tensor's octets in pieces of whole elements, gives them to the sink in the row's type.
class TypedSink {
public:
    TypedSink(const PlanRow& row, ByteSink& sink) : row_(row), sink_(sink), before_(row.source_dtype), after_(row.dtype) {}

    Result<void> write(ByteView octets) {
        before_.update(octets);
        if (row_.source_dtype == row_.dtype) return sink_.write(octets);
        const std::size_t from = bits_of(row_.source_dtype) / 8;
        for (std::size_t at = 0; at < octets.size(); at += kBuffer) {
            const ByteView piece = octets.subspan(at, std::min(kBuffer, octets.size() - at));
            narrowed_.resize(piece.size() / from * (bits_of(row_.dtype) / 8));
            TRY(cast(piece, row_.source_dtype, narrowed_, row_.dtype));
            after_.update(narrowed_);
            TRY(measure(piece));
            TRY(sink_.write(narrowed_));
        }
        return ok();
    }

    Result<RowResult> finish() {
        result_.statistics = row_.source_dtype == row_.dtype ? before_.result() : after_.result();
        if (result_.statistics.infinities > before_.result().infinities)
            return Error{
                Code::kInvalidArgument,
                fmt::format("{} numbers of the tensor {} are too large for {}. Choose another type (--dtype bf16 or f32).",
                            result_.statistics.infinities - before_.result().infinities, row_.source_name, name_of(row_.dtype))};
        if (!agree(before_.result(), row_.source_dtype, result_.statistics, row_.dtype))
            return internal_error(fmt::format("the statistics of {} changed in its conversion", row_.source_name));
        return result_;
    }

private:
    // How far the numbers are from what comes back.
    Result<void> measure(ByteView piece) {
        back_.resize(piece.size());
        TRY(cast(narrowed_, row_.dtype, back_, row_.source_dtype));
        if (std::memcmp(back_.data(), piece.data(), piece.size()) == 0) return ok();
        const std::size_t count = piece.size() / (bits_of(row_.source_dtype) / 8);
        numbers_.resize(2 * count);
        const auto space = ByteSpan(reinterpret_cast<Byte*>(numbers_.data()), numbers_.size() * sizeof(double));
        TRY(cast(piece, row_.source_dtype, space.first(count * sizeof(double)), Dtype::kF64));
        TRY(cast(back_, row_.source_dtype, space.subspan(count * sizeof(double)), Dtype::kF64));
        for (std::size_t i = 0; i < count; ++i) {
            const double difference = std::abs(numbers_[i] - numbers_[count + i]);
            if (std::isfinite(difference)) result_.max_abs = std::max(result_.max_abs, difference);
        }
        return ok();
    }

    const PlanRow& row_;
    ByteSink& sink_;
    StatisticsMaker before_, after_;
    Bytes narrowed_, back_;
    std::vector<double> numbers_;
    RowResult result_;
};

Result<void> write_moved(ByteSource& source, const PlanRow& row, std::uint64_t size_bytes, TypedSink& sink) {
    Bytes from(size_bytes);
    TRY(const std::size_t got, read_full(source, from));
    if (got < from.size()) return cut_off(row);
    const unsigned element = bits_of(row.source_dtype) / 8;
    Bytes to(from.size());
    TRY(move_axes(from, to, row.view, row.axes, element));
    if (!is_moved(from, to, row.view, row.axes, element))
        return internal_error(fmt::format("the elements of {} were moved to wrong places", row.source_name));
    from = Bytes{};
    return sink.write(to);
}

Result<void> write_streamed(ByteSource& source, const PlanRow& row, std::uint64_t size_bytes, TypedSink& sink) {
    Bytes buffer(static_cast<std::size_t>(std::min<std::uint64_t>(kBuffer, size_bytes)));
    std::uint64_t left = size_bytes;
    while (left > 0) {
        TRY(const std::size_t got,
            read_full(source, ByteSpan(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer.size())))));
        if (got == 0) return cut_off(row);
        TRY(sink.write(ByteView(buffer).first(got)));
        left -= got;
    }
    return ok();
}

}  // namespace

Result<RowResult> write_row(const Reader& reader, const PlanRow& row, ByteSink& sink) {
    if (!row.source) {
        TRY(const std::uint64_t size, size_of(row.dtype, row.shape));
        TRY(sink.write(Bytes(static_cast<std::size_t>(size))));
        return RowResult{};
    }
    const std::uint64_t size_bytes = reader.tensors()[*row.source].size_bytes;
    TRY(const auto source, reader.open(*row.source));
    TypedSink typed(row, sink);
    if (row.axes.empty()) {
        TRY(write_streamed(*source, row, size_bytes, typed));
    } else {
        TRY(write_moved(*source, row, size_bytes, typed));
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
