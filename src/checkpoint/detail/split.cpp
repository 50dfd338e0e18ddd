// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/split.h"

#include <unordered_map>

namespace mirfa::checkpoint {

std::vector<std::vector<const OutTensor*>> split_into_shards(std::span<const OutTensor> tensors, std::uint64_t shard_bytes) {
    std::vector<std::vector<const OutTensor*>> shards;
    std::unordered_map<std::string_view, std::size_t> place;  // of a tensor: which shard
    // A shard's number is known when it is closed; what it holds until then waits here.
    std::vector<const OutTensor*> filling;
    std::uint64_t filled = 0;
    const auto close = [&](std::vector<const OutTensor*> row) {
        for (const auto* tensor : row) place[tensor->info.name] = shards.size();
        shards.push_back(std::move(row));
    };
    for (const OutTensor& tensor : tensors) {
        if (!tensor.same_as.empty()) {
            const auto closed = place.find(tensor.same_as);
            if (closed == place.end())
                filling.push_back(&tensor);
            else
                shards[closed->second].push_back(&tensor);
        } else if (tensor.info.size_bytes > shard_bytes) {
            close({&tensor});
        } else {
            if (filled + tensor.info.size_bytes > shard_bytes) {
                close(std::exchange(filling, {}));
                filled = 0;
            }
            filling.push_back(&tensor);
            filled += tensor.info.size_bytes;
        }
    }
    if (!filling.empty() || shards.empty()) close(std::move(filling));
    return shards;
}

}  // namespace mirfa::checkpoint
