// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "format/weights.h"
#include "git/tree.h"
#include "hub/hub.h"

namespace mirfa::hub {

/// What the weight files of a commit's root tell. Empty for a repository without any.
struct Weights {
    format::ParameterCounts safetensors;  ///< of the model: one file, or all shards of one index
    struct Gguf {
        std::string architecture;
        std::optional<std::int64_t> context_length;
        std::int64_t total = 0;
    };
    std::optional<Gguf> gguf;                          ///< of the first GGUF file
    std::vector<std::string> quantizations;            ///< of all of them: the type that most parameters of a file have
    std::vector<std::pair<Sha256, std::string>> read;  ///< heads that were read now, to be kept with the commit

    std::int64_t parameters() const;
};

/// Reads the heads of the weight files, by range and within limits; of content that was looked at before, what is kept of
/// it. A file that cannot be read, is not held by the repository or is not what its name says counts as none: no commit
/// fails for it.
Weights read_weights(Hub& hub, catalog::RowId repo, git::ObjectSource& source, const std::vector<git::TreeEntry>& root);

/// Keeps the heads that were read.
Result<void> store_weights(catalog::Session&, const Weights& weights);

}  // namespace mirfa::hub
