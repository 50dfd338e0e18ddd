// SPDX-License-Identifier: Apache-2.0
// Each pair of tensors is read side by side, first only until octets differ. Most tensors of two revisions are either equal, and
// then comparing octets is all the work, or differ in their first megabyte, so that beginning anew costs little.
#include "checkpoint/diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>

namespace mirfa::checkpoint {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBuffer = 1u << 20;

TensorSide side_of(const TensorInfo& info) { return {info.dtype, info.stored_as, info.shape}; }

/// Names in order, and where the octets of each lie.
struct Names {
    explicit Names(const Reader& reader) {
        for (std::size_t i = 0; i < reader.tensors().size(); ++i) add(reader.tensors()[i].name, i);
        for (const Tie& tie : reader.ties())
            if (const auto owner = places.find(tie.same_as); owner != places.end()) add(tie.name, owner->second);
    }
    std::optional<std::size_t> find(std::string_view name) const {
        const auto found = places.find(name);
        return found == places.end() ? std::nullopt : std::optional(found->second);
    }

    std::vector<std::string_view> order;
    std::unordered_map<std::string_view, std::size_t> places;

private:
    void add(std::string_view name, std::size_t index) {
        if (places.emplace(name, index).second) order.push_back(name);
    }
};

/// As much of `into` as the source gives; less only at its end.
Result<std::size_t> fill(ByteSource& source, ByteSpan into) {
    std::size_t have = 0;
    while (have < into.size()) {
        TRY(const auto got, source.read(into.subspan(have)));
        if (got == 0) break;
        have += got;
    }
    return have;
}

class Comparison {
public:
    Comparison(const Reader& base, const Reader& head, const DiffOptions& options)
        : base_(base), head_(head), options_(options), base_names_(base), head_names_(head) {}

    Result<CheckpointDiff> run() {
        diff_.formats = {std::string(name_of(base_.format())), std::string(name_of(head_.format()))};
        expect();
        for (const auto name : base_names_.order) TRY(compare(name, base_names_.find(name), head_names_.find(name)));
        for (const auto name : head_names_.order)
            if (!base_names_.find(name)) TRY(compare(name, std::nullopt, head_names_.find(name)));
        limit();
        return std::move(diff_);
    }

private:
    struct Outcome {
        Change change = Change::kSame;
        std::optional<Difference> numbers;
    };
    using Pair = std::pair<std::size_t, std::size_t>;

    bool have_equal_shapes(Pair pair) const { return base_.tensors()[pair.first].shape == head_.tensors()[pair.second].shape; }

    /// The octets that will be read, for the progress.
    void expect() {
        std::set<Pair> pairs;
        for (const auto& [name, base] : base_names_.places)
            if (const auto head = head_names_.find(name); head && have_equal_shapes({base, *head})) pairs.emplace(base, *head);
        for (const auto& [base, head] : pairs) all_ += base_.tensors()[base].size_bytes;
    }

    Result<void> go_on(std::uint64_t octets) {
        if (options_.progress) options_.progress(done_ + octets, all_);
        if (options_.stopped && options_.stopped()) return Error{Code::kUnavailable, "The comparison was stopped."};
        return ok();
    }

    Result<void> compare(std::string_view name, std::optional<std::size_t> base, std::optional<std::size_t> head) {
        TensorChange row;
        row.name = name;
        if (base) row.base = side_of(base_.tensors()[*base]);
        if (head) row.head = side_of(head_.tensors()[*head]);
        if (base && head) {
            TRY(auto outcome, outcome_of({*base, *head}));
            row.change = outcome.change;
            row.numbers = outcome.numbers;
        } else {
            row.change = base ? Change::kRemoved : Change::kAdded;
        }
        ++diff_.totals.counts[static_cast<std::size_t>(row.change)];
        if (row.change == Change::kSame && !options_.with_same) return ok();
        diff_.tensors.push_back(std::move(row));
        // Twice as many before they are thinned out, so that this costs little for each.
        if (diff_.tensors.size() >= 2 * std::max<std::size_t>(options_.max_tensors, 1)) limit();
        return ok();
    }

    void limit() {
        if (diff_.tensors.size() <= options_.max_tensors) return;
        diff_.truncated = true;
        keep_most_changed(diff_.tensors, options_.max_tensors);
    }

    /// Names that are tied on both sides lead to one pair, which is compared once.
    Result<Outcome> outcome_of(Pair pair) {
        if (const auto known = outcomes_.find(pair); known != outcomes_.end()) return known->second;
        if (!have_equal_shapes(pair)) return Outcome{Change::kReshaped, std::nullopt};
        TRY(auto outcome, compare_pair(pair));
        done_ += base_.tensors()[pair.first].size_bytes;
        TRY(go_on(0));
        if (outcome.numbers) diff_.totals.numbers.add(*outcome.numbers);
        outcomes_.emplace(pair, outcome);
        return outcome;
    }

    Result<Outcome> compare_pair(Pair pair) {
        const TensorInfo& base = base_.tensors()[pair.first];
        const TensorInfo& head = head_.tensors()[pair.second];
        const bool one_type = base.dtype == head.dtype && (base.dtype != Dtype::kBlocks || base.stored_as == head.stored_as);
        if (one_type && base.size_bytes == head.size_bytes) {
            TRY(const bool equal, have_equal_octets(pair));
            if (equal) return Outcome{};
        }
        Outcome outcome{Change::kChanged, std::nullopt};
        if (!is_comparable(base.dtype) || !is_comparable(head.dtype)) return outcome;
        TRY(outcome.numbers, numbers_of(pair));
        return outcome;
    }

    Result<bool> have_equal_octets(Pair pair) {
        const auto& name = base_.tensors()[pair.first].name;
        if (options_.equal_files && name == head_.tensors()[pair.second].name &&
            options_.equal_files(base_.file_of(pair.first), head_.file_of(pair.second)))
            return true;
        TRY(const auto base, base_.open(pair.first));
        TRY(const auto head, head_.open(pair.second));
        for (std::uint64_t at = 0;; at += kBuffer) {
            TRY(const auto have, fill(*base, base_buffer_));
            TRY(const auto other, fill(*head, head_buffer_));
            if (have != other) return ended_early(name);
            if (std::memcmp(base_buffer_.data(), head_buffer_.data(), have) != 0) return false;
            if (have < kBuffer) return true;
            TRY(go_on(at));
        }
    }

    Result<Difference> numbers_of(Pair pair) {
        const TensorInfo& base = base_.tensors()[pair.first];
        const TensorInfo& head = head_.tensors()[pair.second];
        const std::size_t base_size = bits_of(base.dtype) / 8;
        const std::size_t head_size = bits_of(head.dtype) / 8;
        const std::size_t at_once = kBuffer / std::max(base_size, head_size);
        TRY(const auto base_source, base_.open(pair.first));
        TRY(const auto head_source, head_.open(pair.second));
        TRY(std::uint64_t rest, count_elements(base.shape));
        Difference numbers;
        while (rest > 0) {
            const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(rest, at_once));
            const auto from = ByteSpan(base_buffer_).first(count * base_size);
            const auto to = ByteSpan(head_buffer_).first(count * head_size);
            TRY(const auto have, fill(*base_source, from));
            TRY(const auto other, fill(*head_source, to));
            if (have != from.size() || other != to.size()) return ended_early(base.name);
            compare_numbers(from, base.dtype, to, head.dtype, numbers);
            rest -= count;
            TRY(go_on(numbers.elements * base_size));
        }
        return numbers;
    }

    static Error ended_early(const std::string& name) {
        return Error{Code::kCorrupt, fmt::format("The tensor \"{}\" ends before its size.", name)};
    }

    const Reader& base_;
    const Reader& head_;
    const DiffOptions& options_;
    const Names base_names_;
    const Names head_names_;
    Bytes base_buffer_ = Bytes(kBuffer);
    Bytes head_buffer_ = Bytes(kBuffer);
    std::map<Pair, Outcome> outcomes_;
    CheckpointDiff diff_;
    std::uint64_t done_ = 0;
    std::uint64_t all_ = 0;
};

/// How much the list would lose without it.
double weight_of(const TensorChange& row) {
    if (row.change == Change::kSame) return -1;
    if (!row.numbers) return std::numeric_limits<double>::infinity();
    if (const auto relative = row.numbers->relative()) return *relative;
    return row.numbers->differing > 0 ? std::numeric_limits<double>::infinity() : 0;
}

}  // namespace

std::string_view name_of(Change change) {
    switch (change) {
        case Change::kSame: return "same";
        case Change::kChanged: return "changed";
        case Change::kReshaped: return "reshaped";
        case Change::kAdded: return "added";
        case Change::kRemoved: return "removed";
    }
    return "";
}

std::uint64_t DiffTotals::tensors() const {
    std::uint64_t sum = 0;
    for (const auto one : counts) sum += one;
    return sum;
}

void keep_most_changed(std::vector<TensorChange>& tensors, std::size_t count) {
    if (tensors.size() <= count) return;
    std::vector<std::pair<double, std::size_t>> ranked;
    for (std::size_t i = 0; i < tensors.size(); ++i) ranked.emplace_back(-weight_of(tensors[i]), i);
    std::ranges::sort(ranked);
    ranked.resize(count);
    std::ranges::sort(ranked, {}, &std::pair<double, std::size_t>::second);
    std::vector<TensorChange> kept;
    for (const auto& [weight, index] : ranked) kept.push_back(std::move(tensors[index]));
    tensors = std::move(kept);
}

Result<CheckpointDiff> diff_checkpoints(const Reader& base, const Reader& head, const DiffOptions& options) {
    return Comparison(base, head, options).run();
}

Result<CheckpointDiff> diff_checkpoint_files(const fs::path& base, const fs::path& head, DiffOptions options) {
    TRY(const auto base_file, find_checkpoint(base));
    TRY(const auto head_file, find_checkpoint(head));
    TRY(const auto base_reader, open_checkpoint(base_file));
    TRY(const auto head_reader, open_checkpoint(head_file));
    std::map<std::pair<std::string, std::string>, bool> known;
    options.equal_files = [&](std::string_view base_shard, std::string_view head_shard) {
        const auto [found, is_new] = known.try_emplace({std::string(base_shard), std::string(head_shard)}, false);
        std::error_code failed;
        if (is_new)
            found->second = fs::equivalent(base_shard.empty() ? base_file : base_file.parent_path() / base_shard,
                                           head_shard.empty() ? head_file : head_file.parent_path() / head_shard, failed);
        return found->second;
    };
    TRY(auto diff, diff_checkpoints(*base_reader, *head_reader, options));
    diff.files = {base_file.filename().string(), head_file.filename().string()};
    return diff;
}

}  // namespace mirfa::checkpoint
