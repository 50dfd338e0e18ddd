// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "admin/admin.h"
#include "cli/cli.h"
#include "program/delayed_libraries.h"
#include "server/serve.h"

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const std::vector<std::string> rest(words.begin() + (words.empty() ? 0 : 1), words.end());
    // A hub loads all it may ever need at its start: later it could be missing, or have been exchanged by an upgrade.
    if (!words.empty() && words[0] == "serve") return mirfa::program::load_delayed_libraries() ? mirfa::server::serve(rest) : 1;
    if (!words.empty() && words[0] == "admin") return mirfa::admin::run(rest);
    if (!words.empty() && words[0] == "--version") return std::puts("mirfa " MIRFA_VERSION) < 0;
    if (const auto* command = words.empty() ? nullptr : mirfa::cli::find_command(words[0])) return command->run(rest);
    const bool asked = !words.empty() && (words[0] == "--help" || words[0] == "-h" || words[0] == "help");
    std::fprintf(asked ? stdout : stderr,
                 "Mirfa, a model hub that anyone can run.\n\n  mirfa serve [options]      start the hub (--help shows the "
                 "options)\n  mirfa admin COMMAND        administer a hub (--help shows the commands)\n\n%s\n  mirfa "
                 "--version\n",
                 mirfa::cli::help_lines().c_str());
    return asked ? 0 : 2;
}
