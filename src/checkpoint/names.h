// SPDX-License-Identifier: Apache-2.0
// How tensors are called by the rules that hold for every architecture. What a model type's own tensors are called, when it
// is known, is in name_templates.h; the rules are for the rest, and to normalise what files say.
//
// PyTorch's dotted names and its order of axes are the middle through which every conversion goes.
// Source: TensorFlow and Flax code of transformers 4.4x, as it loads the other frameworks' files.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/name_templates.h"
#include "checkpoint/transpose.h"

namespace mirfa::checkpoint {

struct TurnedName {
    std::string name;
    Turn turn = Turn::kNone;
    bool operator==(const TurnedName&) const = default;
};

// --- TensorFlow --------------------------------------------------------------------------------------------------------

/// What Keras calls the scope of a model of that class: `TFGPT2LMHeadModel` is `tfgp_t2lm_head_model`.
std::string keras_scope(std::string_view class_name);

/// The PyTorch name of a variable of a TensorFlow model, and how its axes are turned.
/// Takes: `variable` as Keras calls it, with or without `:0`; `rank` of its shape there; `scope` of the model around it,
///        when that is nested in another, else empty.
/// Fails: kInvalidArgument when the name is not below `scope`.
Result<TurnedName> torch_name_of_tf(std::string_view variable, std::size_t rank, std::string_view scope = {});

/// How a list's index stands behind the list's name.
enum class ListStyle { kUnderscored, kDot, kSlash };

/// What is known about the module that a tensor belongs to, beside the tensor itself.
struct Module {
    bool norm = false;      ///< its `weight` has one axis: it scales (and shifts) only
    bool has_bias = false;  ///< a norm without one is an RMS norm, which keeps the name `weight`
};

/// The path (without model scope and `:0`) that the rules guess for a PyTorch name.
/// Takes: `model_type` of config.json, or empty; `style` of lists there.
TurnedName tf_name_by_rules(std::string_view torch, std::size_t rank, const Module& module, std::string_view model_type = {},
                            ListStyle style = ListStyle::kUnderscored);

/// A variable's name without `:0`.
std::string_view without_output_number(std::string_view variable);

// --- Flax --------------------------------------------------------------------------------------------------------------

/// The path, joined with `/` and without `params` or `batch_stats`, that the rules guess for a PyTorch name.
TurnedName flax_name_by_rules(std::string_view torch, std::size_t rank, const Module& module);
/// The inverse: the PyTorch name of a leaf.
TurnedName torch_name_of_flax(std::string_view path, std::size_t rank);
/// Is it a running statistic, which Flax keeps under `batch_stats`? Takes a path or its last component.
bool is_batch_statistic(std::string_view path);

// --- PyTorch -----------------------------------------------------------------------------------------------------------

/// The spelling that is used today: last component `gamma` or `beta` of old exports is `weight` or `bias`, and both spellings
/// of weight normalisation are `weight_g`, `weight_v`.
std::string usual_spelling(std::string_view torch);

/// What a wrapper (DataParallel, compile, Lightning) put in front of every name: `module.`, `_orig_mod.`, or `model.`
/// where `fits` says that the names without it are better ones. Empty when not every name has it.
std::string_view wrapper_of(std::span<const std::string> names, bool fits_without_model);

/// Why a tensor is not carried over to another framework, when it is a buffer that is computed anew; else none.
std::optional<std::string_view> buffer_reason(std::string_view torch, const Shape& shape, Dtype dtype);

/// Does a model type's class leave such a tensor out when it loads it from PyTorch? Then why.
std::optional<std::string_view> ignored_reason(std::string_view model_type, std::string_view torch);

/// The tensor that this one is tied to in its model, by what such names mean: an output head to the input embedding, a
/// decoder's bias to the head's, a stack's embedding to the shared one. One of `names`; none when nothing of the kind is there.
std::optional<std::string> tied_to(std::string_view torch, std::span<const std::string> names);

/// Does a model of that class lack the prefix of its base model? `BertModel` does, `GPT2LMHeadModel` does not.
bool is_base_class(std::string_view class_name);

}  // namespace mirfa::checkpoint
