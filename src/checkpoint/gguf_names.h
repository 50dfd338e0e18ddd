// SPDX-License-Identifier: Apache-2.0
// The families of models that GGUF is written for and read from: their names there and how their tensors differ.
// Source: docs of GGUF, and the files that llama.cpp's converters write.
#pragma once

#include <optional>

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

/// The inverse, with the prefix that models with a head have; empty: the family has no such tensor.
std::string torch_name_of_gguf(const ModelConfig& config, std::string_view gguf);

/// `llama` for Mistral too. Takes: a configuration that check_gguf_known takes.
std::string_view gguf_architecture(const ModelConfig& config);
/// A model type and its PyTorch class with a head, of an architecture of GGUF; none for one without a table.
struct GgufClass {
    std::string_view model_type;
    std::string_view class_name;
};
std::optional<GgufClass> find_gguf_class(std::string_view architecture);

struct GgufChange {
    Shape view;  ///< empty: as it is
    std::vector<unsigned> axes;
    Shape shape;  ///< row-major, as in PyTorch
};
/// Rows of queries and keys change from halves that rotate against each other to neighbours that do (Llama, Mistral); matrices
/// that PyTorch's GPT-2 stores as (in, out) are turned.
/// Fails: kInvalidArgument when the configuration's heads do not divide the tensor.
Result<GgufChange> gguf_change(const ModelConfig& config, std::string_view torch, const Shape& shape);
/// What undoes it: `shape` is the tensor's in GGUF, what comes back leads to PyTorch's.
Result<GgufChange> gguf_change_back(const ModelConfig& config, std::string_view torch, const Shape& shape);

}  // namespace mirfa::checkpoint
