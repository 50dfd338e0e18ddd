// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>

#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace mirfa::cli {

/// What every command that asks the hub takes.
struct HubOptions {
    std::string token;
    bool json = false;

    client::Outcome<client::Client> open() const;
};
/// Adds `--token` and `--json`.
std::shared_ptr<HubOptions> add_hub_options(CLI::App& leaf);

/// Asks on a terminal; false elsewhere, after saying that --yes is needed.
bool confirmed(const std::string& question);

}  // namespace mirfa::cli
