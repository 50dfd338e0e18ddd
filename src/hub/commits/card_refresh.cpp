// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/card_refresh.h"

#include "catalog/large.h"
#include "format/json_writer.h"
#include "git/tree.h"
#include "hub/commits/tree_of.h"

namespace mirfa::hub {

Result<CardFacts> read_card_facts(git::ObjectSource& source, catalog::RepoType type, const ObjectId& commit) {
    (void)type;
    TRY(const auto tree, tree_of(source, commit));
    (void)tree;
    return CardFacts{commit, "", {}, {}, {}, {}};
}

Result<void> store_card_facts(catalog::Session& session, catalog::RowId repo, const CardFacts& facts) {
    catalog::Repository row;
    row.id = repo;
    row.head = facts.head;
    row.card = facts.card;
    format::JsonWriter tags;
    tags.array();
    for (const auto& tag : facts.tags) tags.value(tag);
    row.tags = std::move(tags).take();
    row.pipeline_tag = facts.pipeline_tag;
    row.library = facts.library;
    row.license = facts.license;
    TRY(row.used_storage, catalog::firm_size(session, repo));
    return catalog::update_card(session, row, facts.tags);
}

}  // namespace mirfa::hub
