// SPDX-License-Identifier: Apache-2.0
// An index that is accepted names files of its own folder only, and reads back the same when it is written.
#include "checkpoint/detail/shard_index.h"
#include "checkpoint/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto index = parse_shard_index(as_text({data, size}), "model.safetensors.index.json");
    if (!index.has_value()) return 0;
    IndexToWrite same;
    for (const auto& [file, tensors] : index.value().shards) {
        require(file.ends_with(".safetensors") && file.find('/') == std::string::npos);
        for (const auto& [name, found] : tensors) same.weight_map[name] = file;
    }
    for (const Tie& tie : index.value().ties) same.dropped[tie.name] = tie.same_as;
    const auto again = parse_shard_index(write_shard_index(same), "model.safetensors.index.json");
    require(again.has_value() && again.value().shards == index.value().shards);
    require(again.value().ties.size() == index.value().ties.size() || same.dropped.contains("total_size"));
    return 0;
}
