// SPDX-License-Identifier: Apache-2.0
// A checkpoint of one framework becomes one of another: a plan, run as a stream, with a report that proves what was done.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "checkpoint/plan.h"
#include "checkpoint/statistics.h"
#include "checkpoint/writer.h"

namespace mirfa::checkpoint {

struct ConvertOptions {
    Target target = Target::kSafetensors;
    PlanOptions plan;
    std::uint64_t shard_bytes = 5'000'000'000;
    bool hash_source = false;  ///< the report has the SHA-256 of the source's files; they are read once more for it
    Progress progress;
    std::function<bool()> stopped;  ///< asked before each tensor
};

struct SourceFile {
    std::string name;
    std::string sha256;  ///< hex; empty unless asked for
};

struct Conversion {
    Plan plan;
    std::string source_format;  ///< `safetensors`, `hdf5`, …
    std::vector<SourceFile> source_files;
    std::vector<std::string> files;  ///< that were written; empty after a dry run
    std::uint64_t tensor_bytes = 0;
    std::vector<RowResult> results;   ///< of plan.rows, in their order; empty after a dry run
    double round_trip_max_abs = 0;    ///< between the source's numbers and what comes back by the inverse conversion
    std::vector<std::string> copied;  ///< configuration and tokenizer files
};

/// Files that belong to a model beside its weights, whichever framework these are for: config.json, the tokenizer's, …
std::span<const std::string_view> companion_files();

/// What converting would do. Nothing is written, and only heads of files are read.
/// Takes: `source`, a folder with config.json, or a file or index in one.
/// Fails: as open_checkpoint, load_model_config (a missing one counts as empty) and make_plan.
Result<Conversion> plan_conversion(const std::filesystem::path& source, const ConvertOptions& options);

/// Converts and writes below `folder`, which is created when missing. When it is not the source's folder, config.json and the
/// tokenizer's files are copied too, unless they are there.
///
/// Before a file gets its name these are proved: every tensor is written, tied or dropped with a reason; shapes fit the
/// templates and config.json; names lead back by the inverse map; tied tensors are equal; every element is at its
/// place; statistics agree.
/// Fails: as plan_conversion, check_plan, write_checkpoint; kInvalidArgument for tied tensors that differ and for numbers
/// that the new type cannot hold; kUnavailable when `stopped` says so. On failure the folder keeps what it had.
/// Memory: one tensor twice, when its axes move; a buffer otherwise.
Result<Conversion> convert_checkpoint(const std::filesystem::path& source, const std::filesystem::path& folder,
                                      const ConvertOptions& options);

/// The plan's rows as what writers take. `reader`, `plan` and `results` (one for each row) outlive what comes back.
std::vector<OutTensor> tensors_of(const Plan& plan, const Reader& reader, std::vector<RowResult>& results);

/// Do the names and shapes that a plan gives lead back to PyTorch's by the inverse map? Guessed rows are not asked.
/// Fails: kInternal naming the tensor.
Result<void> check_inverse(const ModelConfig& config, const Plan& plan);

}  // namespace mirfa::checkpoint
