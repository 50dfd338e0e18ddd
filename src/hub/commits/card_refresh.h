// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/repos.h"
#include "git/object.h"

namespace mirfa::hub {

/// What lists and info answers show of a repository, derived from README.md and the file names of one commit.
struct CardFacts {
    ObjectId head;
    std::string card;     ///< JSON object, "" without front matter
    std::string details;  ///< JSON object of what info answers repeat of it: config, transformersInfo, sdk, baseModels
    std::vector<std::string> tags;
    std::optional<std::string> pipeline_tag;
    std::optional<std::string> library;
    std::optional<std::string> license;
};

/// Reads them; a card that cannot be read counts as none.
Result<CardFacts> read_card_facts(git::ObjectSource& source, catalog::RepoType type, const ObjectId& commit);
Result<void> store_card_facts(catalog::Session& session, catalog::RowId repo, const CardFacts& facts);

}  // namespace mirfa::hub
