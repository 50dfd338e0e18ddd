// SPDX-License-Identifier: Apache-2.0
// Members of an archive that is taken lie in it, do not share octets, and give as many as they claim or an error.
#include "checkpoint/zip.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::checkpoint;
using format::testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto source = memory_source({data, size});
    const auto lenient = ZipArchive::open(source, ZipMode::kLenient);
    const auto archive = ZipArchive::open(source);
    if (!archive.has_value()) return 0;
    require(lenient.has_value() && lenient.value().problems().empty());
    for (const ZipMember& member : archive.value().members()) {
        require(member.data_offset + member.stored_size <= size);
        const auto content = archive.value().read(member, 1u << 20);
        if (content.has_value()) require(content.value().size() == member.size);
        if (!member.deflated && member.size <= 1u << 20) require(content.has_value());
    }
    return 0;
}
