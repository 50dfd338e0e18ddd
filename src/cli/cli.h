// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace mirfa::cli {

/// A command of the table: `mirfa NAME …`.
struct Command {
    std::string_view name;
    std::string_view help;  ///< one line, no full stop
    /// Takes what stands behind the name. Gives the exit status (exit_status.h).
    int (*run)(std::span<const std::string> arguments);
    /// Declares the options and sub-commands, for completion and man pages; null when there are none to tell.
    void (*describe)(CLI::App& app);
};

/// All commands in the order in which help shows them. A new one is a row in commands.cpp.
std::span<const Command> commands();

/// The command of that name, or null.
const Command* find_command(std::string_view name);

/// One line for each command, for the program's help.
std::string help_lines();

}  // namespace mirfa::cli
