// SPDX-License-Identifier: Apache-2.0
// What the tensors of each known model type are called in PyTorch, TensorFlow and Flax.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/transpose.h"

namespace mirfa::checkpoint {

/// How a shape differs in TensorFlow beyond the order of axes. Only axes of length 1 come, go or move.
enum class Fit {
    kSame,
    kRow,     ///< (n) is (1, n) there
    kOne,     ///< () is (1)
    kColumn,  ///< (n, 1) is (n) there
    kFront,   ///< (1, 1, n) is (n, 1, 1)
    kFlat,    ///< (n, 1, 1) is (n)
    kMiddle,  ///< (a, 1, b) is (a, b, 1), after the axes were turned
};

/// The shape there of what is `shape` here. Fails: kInvalidArgument when `shape` is none that the fit is for.
Result<Shape> fitted(Fit fit, const Shape& shape);
/// The inverse. `(1)` of kOne may also come as `()`.
Result<Shape> unfitted(Fit fit, const Shape& shape);

/// One tensor of a model type, or one of each element of its lists: {0}, {1}, {2} stand for their indices.
struct NameTemplate {
    std::string torch;
    std::string tf;         ///< path without model scope and `:0`; empty: TensorFlow has no such variable
    bool tf_whole = false;  ///< the path is the variable's whole name, no model scope stands before it
    Turn tf_turn = Turn::kNone;
    Fit tf_fit = Fit::kSame;
    std::string flax;  ///< path joined with `/`, without `params` and `batch_stats`; empty: Flax has no such leaf
    Turn flax_turn = Turn::kNone;
};

/// The tensors of all classes of one model type.
struct NameFamily {
    std::string model_type;
    std::string prefix;  ///< `bert.`: what PyTorch names of base models lack; empty when there is none
    bool has_tf = false;
    bool has_flax = false;
    bool batch_stats = false;  ///< Flax keeps running statistics apart
    std::vector<NameTemplate> rows;
    std::vector<std::string> torch_only;  ///< templates of PyTorch names that are tied to others, or buffers
};

/// All of them, by model type. Threads: any; made at the first call.
std::span<const NameFamily> name_families();
/// None for a type that is not known.
const NameFamily* find_family(std::string_view model_type);
/// The text behind name_families(), and the same reading of any text of that form.
/// Fails: kInvalidArgument, naming the line.
Result<std::vector<NameFamily>> parse_name_families(std::string_view text);

using Indices = std::vector<std::string>;
/// The indices with which `pattern` is `name`; none when it is not. An index is one or more digits.
std::optional<Indices> match_name(std::string_view pattern, std::string_view name);
/// `pattern` with its indices put in.
std::string fill_in(std::string_view pattern, const Indices& indices);

}  // namespace mirfa::checkpoint
