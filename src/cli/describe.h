// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace mirfa::cli {

/// What can be said about one command of the table, read from the options that it declares itself. Completion and man
/// pages are made from these, so they never differ from what is parsed.
struct Described {
    struct Option {
        std::vector<std::string> names;  ///< `--include`, `-y`
        std::string help;
        bool takes_value = false;
    };
    struct Positional {
        std::string name;
        std::string help;
        bool required = false;
    };
    std::vector<std::string> words;  ///< `repo`, `branch`, `create`
    std::string help;
    std::vector<Positional> positionals;
    std::vector<Option> options;
    std::vector<Described> below;
};

/// Every command, those without options of their own to tell included.
std::vector<Described> describe_all();
/// Calls `take` for a command and all below it.
void each_below(const Described& command, const std::function<void(const Described&)>& take);

}  // namespace mirfa::cli
