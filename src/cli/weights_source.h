// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/outcome.h>

#include <filesystem>
#include <string>

namespace mirfa::cli {

inline constexpr const char* kWeightsHelp =
    "A weight file, an index of shards, a folder with weights, or owner/name[@revision] of the hub";

struct WeightsWish {
    bool companions = false;  ///< also what belongs to the weights: config.json, the tokenizer's files
    bool quiet = false;       ///< no progress bar
    std::string token = {};
};

/// Where the weights are that `text` names: a path that exists is itself. `owner/name`, `owner/name@revision` and
/// `hf://owner/name@revision/folder-or-file` are brought into the shared cache, only the weights that a loader would take.
/// Gives: a file or an index. Any other text comes back as a path, for whoever opens it to tell that it is not there.
/// Fails: as download_file; kNotFound when the repository has no weights there.
client::Outcome<std::filesystem::path> find_weights(const std::string& text, const WeightsWish& wish);

}  // namespace mirfa::cli
