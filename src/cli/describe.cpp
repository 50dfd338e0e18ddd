// SPDX-License-Identifier: Apache-2.0
#include "cli/describe.h"

#include <CLI/CLI.hpp>

#include "cli/cli.h"

namespace mirfa::cli {
namespace {

Described read(CLI::App& app, std::vector<std::string> words, std::string help) {
    Described command;
    command.words = std::move(words);
    command.help = std::move(help);
    for (const auto* option : app.get_options()) {
        if (option->get_positional()) {
            command.positionals.push_back({option->get_single_name(), option->get_description(), option->get_required()});
        }
        Described::Option described{{}, option->get_description(), option->get_items_expected_max() != 0};
        for (const auto& name : option->get_lnames()) described.names.push_back("--" + name);
        for (const auto& name : option->get_snames()) described.names.push_back("-" + name);
        if (!described.names.empty()) command.options.push_back(std::move(described));
    }
    for (auto* below : app.get_subcommands({})) {
        auto longer = command.words;
        longer.push_back(below->get_name());
        command.below.push_back(read(*below, std::move(longer), below->get_description()));
    }
    return command;
}

}  // namespace

std::vector<Described> describe_all() {
    std::vector<Described> all;
    for (const auto& command : commands()) {
        CLI::App app;
        if (command.describe != nullptr) command.describe(app);
        all.push_back(read(app, {std::string(command.name)}, std::string(command.help)));
    }
    return all;
}

void each_below(const Described& command, const std::function<void(const Described&)>& take) {
    take(command);
    for (const auto& below : command.below) each_below(below, take);
}

}  // namespace mirfa::cli
