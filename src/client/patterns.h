// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/download.h>

#include <string>
#include <string_view>

namespace mirfa::client {

/// The rules of Python's fnmatchcase: `*` and `?` cross `/`, `[seq]`, `[!seq]`, ranges; no escapes. Characters are those
/// of UTF-8. The time is bounded by the product of both lengths.
bool fnmatch_case(std::string_view text, std::string_view pattern);

/// Include and exclude as the Python client reads them: `\` is `/`, a final `/` means everything below.
bool passes(const FileFilter& filter, std::string_view path);

}  // namespace mirfa::client
