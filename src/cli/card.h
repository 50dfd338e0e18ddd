// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace CLI {
class App;
}

namespace mirfa::cli {

/// `mirfa card new`, declared in a file of its own: it has most of the options.
void describe_card_new(CLI::App& app);

/// A folder means the README.md in it.
std::filesystem::path readme_path(const std::filesystem::path& given);
/// Written aside and renamed; a file that is there keeps its mode, and a link stays a link.
Result<void> replace_text(const std::filesystem::path& path, std::string_view text);

}  // namespace mirfa::cli
