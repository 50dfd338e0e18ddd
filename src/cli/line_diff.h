// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mirfa::cli {

/// What changed between two texts, as `diff -u` shows it with three lines around; empty when nothing did. Very long
/// stretches that differ are shown as replaced whole.
std::string line_diff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace mirfa::cli
