// SPDX-License-Identifier: Apache-2.0
// What is taken for a picture has a size, and is the same picture whatever follows it.
#include "format/picture.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto picture = inspect_picture({data, size});
    if (!picture.has_value()) return 0;
    require(picture.value().width > 0 && picture.value().height > 0);
    Bytes longer(data, data + size);
    longer.resize(size + 64);
    require(inspect_picture(longer).value() == picture.value());
    return 0;
}
