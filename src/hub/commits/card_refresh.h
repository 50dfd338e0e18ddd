// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/finding.h"
#include "git/object.h"
#include "hub/commits/weights.h"

namespace mirfa::hub {

/// What lists and info answers show of a repository, derived from README.md and the file names of one commit.
struct CardFacts {
    ObjectId head;
    std::string card;     ///< JSON object, "" without front matter
    std::string details;  ///< JSON object of what info answers repeat of it: config, transformersInfo, sdk, baseModels,
                          ///< safetensors, gguf
    std::vector<std::string> tags;
    std::optional<std::string> pipeline_tag;
    std::optional<std::string> library;
    std::optional<std::string> license;
    Weights weights;
    catalog::SearchFacts search;
};

/// Reads them; a card that cannot be read counts as none. To be called before the transaction: it reads from the store.
Result<CardFacts> read_card_facts(Hub& hub, const catalog::Repository& repo, git::ObjectSource& source, const ObjectId& commit);
Result<void> store_card_facts(catalog::Session& session, catalog::RowId repo, const CardFacts& facts);

/// Makes anew what finding works on for repositories that wait for it, at most `limit`: after an upgrade that finds by
/// more than before. Gives whether there may be more.
Result<bool> index_wanted(Hub& hub, int limit);

}  // namespace mirfa::hub
