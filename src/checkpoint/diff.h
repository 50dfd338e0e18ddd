// SPDX-License-Identifier: Apache-2.0
// What differs between two checkpoints, tensor by tensor, in numbers.
#pragma once

#include <array>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "checkpoint/reader.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {

enum class Change {
    kSame,      ///< equal type, shape and octets
    kChanged,   ///< equal shape
    kReshaped,  ///< another shape; numbers are not compared
    kAdded,
    kRemoved,
};
/// `same`, `changed`, `reshaped`, `added`, `removed`
std::string_view name_of(Change change);

/// How the numbers of head differ from those of base. Differences, means and norms are over elements that are finite in both.
struct Difference {
    std::uint64_t elements = 0;
    std::uint64_t differing = 0;  ///< not the same number; NaN is the same as NaN, 0 as -0
    std::uint64_t finite = 0;     ///< in both
    double max_abs = 0;
    double sum_abs = 0;
    double squares = 0;                   ///< of the differences
    double base_squares = 0;              ///< of base's numbers
    std::array<std::uint64_t, 2> nans{};  ///< of base, of head
    std::array<std::uint64_t, 2> infinities{};

    void add(const Difference& other);
    double mean_abs() const { return finite == 0 ? 0 : sum_abs / static_cast<double>(finite); }
    double norm() const;
    /// The norm by that of base; none where that is 0.
    std::optional<double> relative() const;
};

/// Are its numbers compared? Not quantised blocks, complex numbers and elements below an octet.
bool is_comparable(Dtype dtype);
/// Adds what corresponding elements give. Takes: as many whole elements on either side, of comparable types.
void compare_numbers(ByteView base, Dtype base_type, ByteView head, Dtype head_type, Difference& into);

struct TensorSide {
    Dtype dtype = Dtype::kF32;
    std::string stored_as;
    Shape shape;
};
struct TensorChange {
    std::string name;
    Change change = Change::kSame;
    std::optional<TensorSide> base, head;
    std::optional<Difference> numbers;  ///< of changed tensors of comparable types
};

struct DiffTotals {
    std::array<std::uint64_t, 5> counts{};  ///< by Change
    Difference numbers;                     ///< of changed tensors; those that share their octets count once
    std::uint64_t count(Change change) const { return counts[static_cast<std::size_t>(change)]; }
    bool any() const { return count(Change::kSame) != tensors(); }
    std::uint64_t tensors() const;
};
struct CheckpointDiff {
    std::array<std::string, 2> formats;  ///< of base, of head
    std::array<std::string, 2> files;    ///< file or index, when they were opened by path
    std::vector<TensorChange> tensors;   ///< in the order of base, then of head
    DiffTotals totals;                   ///< of all tensors, listed or not
    bool identical = false;              ///< nothing was read: all files are known to be equal
    bool truncated = false;              ///< only the most changed are in `tensors`
};

struct DiffOptions {
    std::size_t max_tensors = 20'000;  ///< more are counted and the least changed left out
    bool with_same = false;            ///< list those that are the same too
    /// Are these files, told by Reader::file_of, known to be equal? Then nothing of them is read.
    std::function<bool(std::string_view base, std::string_view head)> equal_files;
    Progress progress;              ///< octets of base
    std::function<bool()> stopped;  ///< asked after each megabyte
};

/// Compares by name; a tied name has the octets of the tensor that it is tied to.
/// Fails: kUnavailable when `stopped` says so; as Reader::open.
/// Memory: two buffers of 1 MiB, or one tensor a side where a file holds it in another order; names and rows.
Result<CheckpointDiff> diff_checkpoints(const Reader& base, const Reader& head, const DiffOptions& options = {});
/// The same of files, indexes or folders; files that are one file on the disk (links) are not read.
/// Fails: also as open_checkpoint.
Result<CheckpointDiff> diff_checkpoint_files(const std::filesystem::path& base, const std::filesystem::path& head,
                                             DiffOptions options = {});

/// The JSON of docs/api/README.md "tensor-diff". Where its tensors exceed `max_bytes`, the most changed are kept.
std::string diff_json(const CheckpointDiff& diff, std::size_t max_bytes = 3u << 20);
/// For people: what was counted, then a row for each tensor that is listed. Names as they are in the file.
std::vector<std::string> diff_lines(const CheckpointDiff& diff);

/// Keeps the `count` most changed, in their order: first those with another shape, or on one side only, then by `relative`.
void keep_most_changed(std::vector<TensorChange>& tensors, std::size_t count);

}  // namespace mirfa::checkpoint
