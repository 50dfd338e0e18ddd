// SPDX-License-Identifier: Apache-2.0
// A frame decodes to one length at most, nothing is written behind the buffer, and whatever is encoded decodes.
// Input: two octets of announced length, then the frame.
#include "format/bg4.h"
#include "format/lz4_frame.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::size_t raw_bytes = data[0] + 256u * data[1];
    const ByteView frame(data + 2, size - 2);
    Bytes raw(raw_bytes);
    if (lz4_frame_decode(frame, raw).has_value()) {
        Bytes longer(raw_bytes + 1);
        require(!lz4_frame_decode(frame, longer).has_value());
    }
    Bytes grouped(frame.size());
    Bytes joined(frame.size());
    bg4_split(frame, grouped);
    bg4_join(grouped, joined);
    require(std::equal(frame.begin(), frame.end(), joined.begin()));
    const Bytes encoded = lz4_frame_encode(frame);
    require(lz4_frame_decode(encoded, joined).has_value());
    require(std::equal(frame.begin(), frame.end(), joined.begin()));
    return 0;
}
