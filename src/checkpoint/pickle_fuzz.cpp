// SPDX-License-Identifier: Apache-2.0
// What is taken refers to values that are there, and tensors lie in their storages.
#include "checkpoint/detail/state_dict.h"
#include "checkpoint/pickle.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;
using format::testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const PickleLimits limits{.octets = 1u << 20, .memory = 16u << 20, .text = 1u << 16, .depth = 100'000};
    for (const auto storages : {PickleStorages::kNone, PickleStorages::kZip, PickleStorages::kLegacy}) {
        const auto pickle = read_pickle(memory_source({data, size}), 0, storages, limits);
        if (!pickle.has_value()) continue;
        require(pickle.value().end() <= size);
        for (const std::uint32_t item : pickle.value().root().items) static_cast<void>(pickle.value().at(item).kind);
        for (const PickleTensor& tensor : pickle.value().tensors()) {
            require(tensor.storage < pickle.value().storages().size() && tensor.shape.size() == tensor.strides.size());
            std::uint64_t last = tensor.first;
            const std::uint64_t count = count_elements(tensor.shape).value();
            for (std::size_t i = 0; count > 0 && i < tensor.shape.size(); ++i) last += (tensor.shape[i] - 1) * tensor.strides[i];
            if (count > 0)
                require((last + 1) * bits_of(tensor.dtype) / 8 <= pickle.value().storages()[tensor.storage].size_bytes);
        }
        const auto names = find_state_dict(pickle.value());
        if (names.has_value()) require(!names.value().empty());
    }
    return 0;
}
