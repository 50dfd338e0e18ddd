// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace mirfa::checkpoint::detail {

/// name_templates.txt, which the build puts into the program in pieces that compilers take; together they are the file.
std::span<const std::string_view> name_templates_text();

}  // namespace mirfa::checkpoint::detail
