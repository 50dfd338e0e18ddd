// SPDX-License-Identifier: Apache-2.0
// A model's configuration as the keys of its GGUF file tell it, for files that come without a config.json.
#pragma once

#include <map>
#include <string>

#include "checkpoint/model_config.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

/// What config.json would say, as JSON that parse_model_config and transformers read: the class and sizes of a model with a head.
/// Takes: a reader of GGUF.
/// Fails: kUnsupported for an architecture without a table (gguf_names.h), for one of several files, for positions that are
/// scaled in a way that only config.json can tell; kInvalidArgument for keys without a size that the family needs.
Result<std::string> config_json_of_gguf(const Reader& reader);

/// Does config.json speak of the file's architecture?
/// Fails: kInvalidArgument naming both; kUnsupported for one of several files, and for factors of positions
/// (`rope_freqs.weight`) that the configuration does not tell.
Result<void> check_gguf_config(const Reader& reader, const ModelConfig& config);

}  // namespace mirfa::checkpoint
