// SPDX-License-Identifier: Apache-2.0
#include "base/ascii.h"
#include "format/testing/fuzz.h"
#include "git/path_rules.h"

using namespace mirfa;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto path = as_text(ByteView(data, size));
    const auto checked = git::check_path(path);
    if (!checked.has_value()) {
        format::testing::require(is_utf8(checked.error().message));
        return 0;
    }
    format::testing::require(is_utf8(path) && path.size() <= 4'096 && path.find('\0') == path.npos);
    for (const auto part : split(path, '/'))
        format::testing::require(!part.empty() && part != "." && part != ".." && !ascii_iequals(part, ".git") &&
                                 git::check_entry_name(part).has_value());
    return 0;
}
