// SPDX-License-Identifier: Apache-2.0
#include "cli/options.h"

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <iostream>

#include "cli/output.h"

namespace mirfa::cli {

client::Outcome<client::Client> HubOptions::open() const {
    return client::Client::open(client::Settings::from_environment(), token);
}

std::shared_ptr<HubOptions> add_hub_options(CLI::App& leaf) {
    auto options = std::make_shared<HubOptions>();
    leaf.add_option("--token", options->token, "Token to use instead of the stored one");
    leaf.add_flag("--json", options->json, "Print the result as JSON");
    return options;
}

bool confirmed(const std::string& question) {
    if (!::isatty(STDIN_FILENO)) {
        warn(question + " Nobody can be asked here: repeat with --yes.");
        return false;
    }
    std::cerr << printable(question) << " [y/N] ";
    std::string line;
    std::getline(std::cin, line);
    return line == "y" || line == "Y" || line == "yes";
}

}  // namespace mirfa::cli
