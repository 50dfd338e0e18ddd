// SPDX-License-Identifier: Apache-2.0
#include "cli/run_app.h"

#include <CLI/CLI.hpp>

#include <algorithm>

#include "cli/exit_status.h"

namespace mirfa::cli {

void does(CLI::App& leaf, std::function<int()> action) {
    // CLI11 runs callbacks after everything is parsed; a status other than 0 leaves through its own exception.
    leaf.callback([action = std::move(action)] {
        if (const int status = action(); status != kOk) throw CLI::RuntimeError(status);
    });
}

int run_app(std::string_view name, std::string_view help, void (*describe)(CLI::App&), std::span<const std::string> arguments) {
    CLI::App app{std::string(help) + ".", "mirfa " + std::string(name)};
    app.get_formatter()->column_width(34);
    describe(app);
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    try {
        app.parse(std::move(reversed));
    } catch (const CLI::RuntimeError& status) {
        return status.get_exit_code();
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? kOk : kUsage;
    }
    return kOk;
}

}  // namespace mirfa::cli
