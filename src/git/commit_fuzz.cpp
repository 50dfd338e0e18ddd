// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.h"
#include "format/testing/fuzz.h"
#include "git/commit.h"

using namespace mirfa;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto commit = git::parse_commit(as_text(ByteView(data, size)));
    if (!commit.has_value()) return 0;
    const auto& read = commit.value();
    format::testing::require(is_utf8(read.message) && is_utf8(read.author.name) && is_utf8(read.committer.email));
    const auto written = git::write_commit(read);
    const auto again = git::parse_commit(written);
    format::testing::require(again.has_value() && again.value().parents == read.parents &&
                             git::write_commit(again.value()) == written);
    return 0;
}
