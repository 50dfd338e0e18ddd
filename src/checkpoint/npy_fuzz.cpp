// SPDX-License-Identifier: Apache-2.0
// Arrays that are taken have the octets that their shape asks for.
#include "checkpoint/npz.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;
using format::testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto source = memory_source({data, size});
    const auto any = stream_of(source, 0, size);
    static_cast<void>(read_npy_head(*any, NpyObjects::kTell));
    const auto reader = open_npz(source);
    if (!reader.has_value()) return 0;
    for (std::size_t i = 0; i < reader.value()->tensors().size(); ++i) {
        const TensorInfo& info = reader.value()->tensors()[i];
        require(info.size_bytes == size_of(info.dtype, info.shape).value());
        if (info.size_bytes > 1u << 20) continue;
        const auto stream = reader.value()->open(i);
        if (!stream.has_value()) continue;
        Bytes piece(4'096);
        std::uint64_t given = 0;
        for (;;) {
            const auto count = stream.value()->read(piece);
            if (!count.has_value()) break;
            given += count.value();
            if (count.value() == 0) {
                require(given == info.size_bytes);
                break;
            }
        }
    }
    return 0;
}
