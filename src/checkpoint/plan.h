// SPDX-License-Identifier: Apache-2.0
// What a conversion will do with every tensor, as data: it can be printed, read and refused before anything is written.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/model_config.h"
#include "checkpoint/reader.h"
#include "checkpoint/tensor.h"

namespace mirfa::checkpoint {

/// Whose names and axes a checkpoint has.
enum class Framework { kTorch, kTensorFlow, kFlax, kGguf };
/// `PyTorch`, `TensorFlow`, `Flax`, `GGUF`
std::string_view name_of(Framework framework);

/// What is written. safetensors always has PyTorch's names (`format: pt`), which the loaders of all three frameworks read.
enum class Target { kTorch, kSafetensors, kTensorFlow, kFlax, kGguf };
/// `pt`, `safetensors`, `tf`, `flax`, `gguf`
std::string_view name_of(Target target);
std::optional<Target> find_target(std::string_view name);
Framework framework_of(Target target);
Format format_of(Target target);

/// Into what floating numbers change; whole numbers and truths stay.
/// kQ8 is the blocks Q8_0 of GGUF, for matrices; what they cannot hold stays floating.
enum class FloatType { kKeep, kF32, kF16, kBF16, kQ8 };
/// `keep`, `f32`, `f16`, `bf16`, `q8_0`
std::string_view name_of(FloatType type);
std::optional<FloatType> find_float_type(std::string_view name);

/// The framework of a file: by its format, of safetensors by its metadata or else by how its names are spelled, and of npz by
/// its names.
/// Fails: kUnsupported for a word in the metadata that no framework writes.
Result<Framework> framework_of(Format format, const std::map<std::string, std::string>& metadata,
                               std::span<const TensorInfo> tensors);

struct PlanOptions {
    FloatType dtype = FloatType::kKeep;
    bool general_rules = false;  ///< guess the names of tensors (and of whole model types) that are not known
    bool allow_missing = false;  ///< write a checkpoint although tensors are missing
};

struct PlanRow {
    std::optional<std::size_t> source;  ///< index of the source's tensor; none for one that is made of zeros
    std::string source_name;
    std::string torch_name;  ///< the middle form, with the prefix of its base model
    std::string target_name;
    Dtype source_dtype = Dtype::kF32;
    Dtype dtype = Dtype::kF32;
    Shape source_shape;
    Shape view;                  ///< source_shape, with or without axes of length 1, as `axes` counts them
    std::vector<unsigned> axes;  ///< axis i of what is written is axis axes[i] of `view`; empty: as they are
    Shape shape;                 ///< of what is written
    std::string reason;          ///< how the name was found
    bool guessed = false;
    std::string same_as = {};        ///< a target name of an earlier row, whose tensor this one shares
    std::string source_blocks = {};  ///< `Q8_0`: which kind, where source_dtype is kBlocks
    std::string blocks = {};         ///< the same of dtype

    /// Are the octets those of the source?
    bool is_plain() const { return source && axes.empty() && source_dtype == dtype; }
    /// `BF16`, or the kind of blocks.
    std::string_view source_type() const { return source_blocks.empty() ? name_of(source_dtype) : source_blocks; }
    std::string_view type() const { return blocks.empty() ? name_of(dtype) : blocks; }
    bool operator==(const PlanRow&) const = default;
};

/// A name that is not written because another has the same tensor, both as the source calls them.
struct TiedName {
    std::string name;
    std::string same_as;
    std::optional<std::size_t> stored = {};         ///< the source has octets for it, which must be equal to those of
    std::optional<std::size_t> same_as_index = {};  ///< this one
    bool operator==(const TiedName&) const = default;
};

struct DroppedName {
    std::string name;
    std::string reason;
    bool operator==(const DroppedName&) const = default;
};

struct MismatchedName {
    std::string name;
    Shape shape;
    std::string expected;
    bool operator==(const MismatchedName&) const = default;
};

struct Plan {
    Framework source = Framework::kTorch;
    Target target = Target::kSafetensors;
    std::string model_type;
    std::string architecture;
    std::vector<PlanRow> rows;
    std::vector<TiedName> tied;
    std::vector<DroppedName> dropped;
    std::vector<std::string> missing;     ///< PyTorch names that the model has and the source lacks
    std::vector<std::string> unexpected;  ///< source names that nothing is known about
    std::vector<MismatchedName> mismatched;
    std::vector<std::string> notes;  ///< what a reader of the report should know
    bool allow_missing = false;

    /// `BF16->F32` and how many rows.
    std::map<std::string, std::size_t> dtype_changes() const;
};

/// Fails: kUnsupported for a model type whose names are not known (without options.general_rules), for types of numbers that
///        the target cannot hold, for Q8_0 anywhere but in GGUF, for blocks other than Q8_0 that would leave GGUF, and for a head
///        that the target always ties although the configuration unties it; kInvalidArgument when two tensors would get one name,
///        naming both.
/// Gives: a plan that may still not be good to run: see check_plan.
Result<Plan> make_plan(const ModelConfig& config, Framework source, Target target, std::span<const TensorInfo> tensors,
                       std::span<const Tie> ties, const PlanOptions& options = {});

/// Does the plan cover everything? Fails: kInvalidArgument with the first names of what is unexpected, mismatched, missing.
Result<void> check_plan(const Plan& plan);

}  // namespace mirfa::checkpoint
