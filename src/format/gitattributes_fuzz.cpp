// SPDX-License-Identifier: Apache-2.0
// Rules of any text can be asked for any path, in bounded time, and an appended line always takes effect.
// Input: the path up to the first LF, then the file.
#include "format/gitattributes.h"
#include "format/gitignore.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text({data, size});
    const auto line = text.substr(0, text.find('\n'));
    const auto file = text.substr(line.size());
    GitAttributes attributes(file);
    attributes.add(file, "a");
    attributes.lfs_rule(line);
    GitIgnore ignore(file);
    ignore.add(file, "a");
    ignore.is_ignored(line);
    const bool is_path = !line.empty() && line.size() < 150 && line.back() != '/' && line.front() != '/';
    if (is_path) require(GitAttributes(with_lfs_lines(file, {line})).is_lfs(line));
    return 0;
}
