// SPDX-License-Identifier: Apache-2.0
// The first half of a plan: what the tensors of a source are called in PyTorch.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/name_templates.h"
#include "checkpoint/plan.h"

namespace mirfa::checkpoint::detail {

/// A tensor in PyTorch's names and axes: `view` of the source with its axes in the order `axes`.
struct Middle {
    std::size_t source = 0;  ///< index into the source's tensors
    std::string source_name;
    bool is_tie = false;  ///< a second name of that tensor
    std::string torch;    ///< with the prefix of its base model, when the type is known to have one
    Shape view;
    std::vector<unsigned> axes;
    Shape shape;
    const NameTemplate* row = nullptr;  ///< none: no template has that name
    Indices indices;
    bool guessed = false;
    bool from_gguf = false;  ///< the table of its GGUF family has the name; what is not in there has none in PyTorch
    std::string problem;     ///< why the shape is none that the template is for; empty when it is
};

struct Middles {
    std::vector<Middle> all;  ///< tensors in their order, then ties
    bool had_prefix = true;   ///< a name of the source has the base model's prefix
    std::vector<std::string> notes;
};

/// Takes: `family` of the configuration, or null: names without a template are read by the rules.
Middles find_torch_names(const NameFamily* family, const ModelConfig& config, Framework source,
                         std::span<const TensorInfo> tensors, std::span<const Tie> ties);

/// A template of `family` whose PyTorch name is `torch`, with its indices. Of two (BLIP) the one for that class.
const NameTemplate* find_row(const NameFamily& family, std::string_view torch, std::string_view architecture, Indices& indices);

}  // namespace mirfa::checkpoint::detail
