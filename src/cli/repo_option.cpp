// SPDX-License-Identifier: Apache-2.0
#include "cli/repo_option.h"

#include <CLI/CLI.hpp>

namespace mirfa::cli {

client::Outcome<client::RepoAddress> RepoOption::address() const {
    const auto parsed = client::parse_repo_type(type);
    if (!parsed) return parsed.failure();
    return client::parse_repo_address(text, *parsed);
}

std::shared_ptr<RepoOption> add_repo_option(CLI::App& leaf) {
    auto option = std::make_shared<RepoOption>();
    leaf.add_option("repo", option->text, "owner/name, datasets/owner/name or hf://… address")->required();
    leaf.add_option("--repo-type,--type", option->type, "model, dataset, space or kernel (model)");
    return option;
}

}  // namespace mirfa::cli
