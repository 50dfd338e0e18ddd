// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/card_refresh.h"

#include <boost/json/serialize.hpp>

#include "card/summary.h"
#include "catalog/large.h"
#include "format/json_writer.h"
#include "git/tree.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"
#include "hub/repos/card_check.h"

namespace mirfa::hub {
namespace {

constexpr std::int64_t kMaxTextOctets = 4 << 20;  // of README.md and the like; larger ones are not read
constexpr std::size_t kMaxFolders = 200;          // whose files count for library and format; every commit pays for them
constexpr std::size_t kMaxPaths = 100'000;        // and no more files than these

/// Text of a file of the root; "" when it is missing, a folder, or too large.
Result<std::string> text_of(git::ObjectSource& source, const std::vector<git::TreeEntry>& root, std::string_view name) {
    for (const auto& entry : root) {
        if (entry.name != name || entry.is_tree() || entry.mode == git::kModeSubmodule) continue;
        TRY(const auto info, source.find_info(entry.id));
        if (!info || static_cast<std::int64_t>(info->size) > kMaxTextOctets) return std::string{};
        TRY(const auto data, read_object(source, entry.id, git::ObjectType::kBlob));
        return std::string(as_text(data));
    }
    return std::string{};
}

/// Paths of files, folder by folder from the root, as far as the limits go.
Result<std::vector<std::string>> file_paths(git::ObjectSource& source, const std::vector<git::TreeEntry>& root) {
    std::vector<std::string> files;
    std::vector<std::pair<std::string, ObjectId>> folders;
    const auto take = [&](const std::string& prefix, const std::vector<git::TreeEntry>& entries) {
        for (const auto& entry : entries) {
            if (files.size() + folders.size() >= kMaxPaths) return;
            if (entry.is_tree())
                folders.emplace_back(prefix + entry.name + "/", entry.id);
            else
                files.push_back(prefix + entry.name);
        }
    };
    take("", root);
    for (std::size_t next = 0; next < folders.size() && next < kMaxFolders && files.size() < kMaxPaths; ++next) {
        const auto [prefix, tree] = folders[next];
        TRY(const auto entries, git::load_tree(source, tree));
        take(prefix, entries);
    }
    return files;
}

std::string details_of(const card::Summary& summary) {
    boost::json::object details;
    if (!summary.config.empty()) details["config"] = summary.config;
    if (summary.transformers) {
        boost::json::object info{{"auto_model", summary.transformers->auto_model}};
        if (summary.transformers->pipeline_tag) info["pipeline_tag"] = *summary.transformers->pipeline_tag;
        if (!summary.transformers->processor.empty()) info["processor"] = summary.transformers->processor;
        details["transformersInfo"] = std::move(info);
    }
    if (summary.sdk) details["sdk"] = *summary.sdk;
    if (!summary.base_models.empty()) {
        boost::json::array models;
        for (const auto& base : summary.base_models) models.push_back(boost::json::object{{"id", base.id}});
        details["baseModels"] = boost::json::object{{"relation", summary.base_models[0].relation}, {"models", std::move(models)}};
    }
    return boost::json::serialize(details);
}

}  // namespace

Result<CardFacts> read_card_facts(git::ObjectSource& source, catalog::RepoType type, const ObjectId& commit) {
    TRY(const auto tree, tree_of(source, commit));
    TRY(const auto root, git::load_tree(source, tree));
    TRY(const auto readme, text_of(source, root, "README.md"));
    TRY(const auto config, text_of(source, root, "config.json"));
    TRY(const auto model_index, text_of(source, root, "model_index.json"));
    TRY(const auto files, file_paths(source, root));
    const auto [card, summary] = card::summarize({card_kind(type), readme, files, config, model_index});
    return CardFacts{commit,
                     card.empty() ? "" : boost::json::serialize(card),
                     details_of(summary),
                     summary.tags,
                     summary.pipeline_tag,
                     summary.library,
                     summary.license};
}

Result<void> store_card_facts(catalog::Session& session, catalog::RowId repo, const CardFacts& facts) {
    catalog::Repository row;
    row.id = repo;
    row.head = facts.head;
    row.card = facts.card;
    row.details = facts.details;
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
