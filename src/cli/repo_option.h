// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/repo_id.h>

#include <memory>
#include <string>

namespace CLI {
class App;
}

namespace mirfa::cli {

/// The repository that a command is about.
struct RepoOption {
    std::string text;
    std::string type = "model";

    client::Outcome<client::RepoAddress> address() const;
};
/// Adds the positional REPO, and `--repo-type` with `--type` as another name.
std::shared_ptr<RepoOption> add_repo_option(CLI::App& leaf);

}  // namespace mirfa::cli
