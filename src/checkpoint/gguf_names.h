// SPDX-License-Identifier: Apache-2.0
// The families of models that GGUF is written for: their names there and how their tensors differ.
// Source: docs of GGUF, and the files that llama.cpp's converters write.
#pragma once

#include "checkpoint/model_config.h"
#include "checkpoint/tensor.h"

namespace mirfa::checkpoint {

/// Fails: kUnsupported for a model type without a table, naming those that have one.
Result<void> check_gguf_known(const ModelConfig& config);

struct GgufName {
    std::string name;  ///< empty: the family has no such tensor
};
/// Takes: the name in PyTorch.
GgufName gguf_name(const ModelConfig& config, std::string_view torch);

struct GgufChange {
    Shape view;  ///< empty: as it is
    std::vector<unsigned> axes;
    Shape shape;  ///< row-major, as in PyTorch
};
/// Rows of queries and keys change from halves that rotate against each other to neighbours that do (Llama, Mistral); matrices
/// that PyTorch's GPT-2 stores as (in, out) are turned.
/// Fails: kInvalidArgument when the configuration's heads do not divide the tensor.
Result<GgufChange> gguf_change(const ModelConfig& config, std::string_view torch, const Shape& shape);

}  // namespace mirfa::checkpoint
