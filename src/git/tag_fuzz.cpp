// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.h"
#include "format/testing/fuzz.h"
#include "git/commit.h"

using namespace mirfa;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto tag = git::parse_tag(as_text(ByteView(data, size)));
    if (!tag.has_value()) return 0;
    format::testing::require(is_utf8(tag.value().message) && is_utf8(tag.value().name) && is_utf8(tag.value().tagger.name));
    const auto again = git::parse_tag(git::write_tag(tag.value()));
    format::testing::require(again.has_value() && again.value().target == tag.value().target &&
                             again.value().name == tag.value().name);
    return 0;
}
