// SPDX-License-Identifier: Apache-2.0
// `model.safetensors.index.json` and its like: which tensor lies in which shard.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

inline constexpr std::size_t kMaxIndexBytes = 64u << 20;
inline constexpr std::size_t kMaxShardFiles = 1'000;  // each is kept open

struct ShardIndex {
    std::map<std::string, std::map<std::string, bool>> shards;  ///< by file name: its tensors (true once found)
    std::vector<Tie> ties;                                      ///< names in the metadata that are in no shard
};

/// Takes: `file_name` of the index, which tells the extension that its shards have.
/// Fails: kInvalidArgument for a shard that is no bare name in the same folder or of another extension; kTooLarge.
Result<ShardIndex> parse_shard_index(std::string_view json, std::string_view file_name);

/// As transformers writes it: two spaces, sorted keys, a final newline.
struct IndexToWrite {
    std::uint64_t total_bytes = 0;
    std::map<std::string, std::string> weight_map;  ///< tensor to file
    std::map<std::string, std::string> dropped;     ///< names that share the tensor of another one and are in no file
};
std::string write_shard_index(const IndexToWrite& index);

/// All shards that the index at `path` names, as one.
Result<ReaderPtr> open_shards(const std::filesystem::path& path);

}  // namespace mirfa::checkpoint
