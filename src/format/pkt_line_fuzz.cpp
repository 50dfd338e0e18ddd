// SPDX-License-Identifier: Apache-2.0
// Lines taken from memory and from a stream are the same ones.
#include "format/pkt_line.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    ByteView rest(data, size);
    MemorySource source(rest);
    PktLineReader reader(source);
    for (;;) {
        const auto line = take_pkt_line(rest);
        const auto streamed = reader.next();
        require(line.has_value() == streamed.has_value());
        if (!line.has_value()) return 0;
        require(line.value().kind == streamed.value().kind);
        require(as_text(line.value().payload) == as_text(streamed.value().payload));
        std::string again;
        if (line.value().kind == PktLine::Kind::kData) {
            append_pkt_line(again, as_text(line.value().payload));
            ByteView written = as_bytes(again);
            require(as_text(take_pkt_line(written).value().payload) == as_text(line.value().payload));
        }
    }
}
