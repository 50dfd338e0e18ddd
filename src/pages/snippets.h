// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "card/summary.h"

namespace mirfa::pages {

/// Lines to copy.
struct Snippet {
    std::string title;
    std::string text;
};

/// What the lines depend on.
struct SnippetInput {
    const catalog::Repository& repo;
    std::string_view public_url;
    std::optional<card::TransformersInfo> transformers;  ///< of config.json
    std::vector<std::string> files;                      ///< names at the top of main
};

/// How to get at a repository: by git, by the hf command line, and in Python with the library that its card names.
/// Everything is quoted for the shell or for Python.
std::vector<Snippet> snippets_for(const SnippetInput& input);

}  // namespace mirfa::pages
