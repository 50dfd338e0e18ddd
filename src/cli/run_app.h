// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace mirfa::cli {

/// A leaf of the command line does `action` when it is chosen; what it gives is the exit status.
/// Set once, by describe(), for each leaf.
void does(CLI::App& leaf, std::function<int()> action);

/// Parses `arguments` as `describe` declares them and runs the leaf that was chosen. Help and mistakes of usage are
/// answered here.
int run_app(std::string_view name, std::string_view help, void (*describe)(CLI::App&), std::span<const std::string> arguments);

}  // namespace mirfa::cli
