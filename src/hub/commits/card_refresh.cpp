// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/card_refresh.h"

#include <boost/json/serialize.hpp>

#include "base/log.h"
#include "card/summary.h"
#include "catalog/history.h"
#include "catalog/large.h"
#include "format/json_writer.h"
#include "git/tree.h"
#include "hub/commits/objects.h"
#include "hub/commits/search_facts.h"
#include "hub/commits/transaction.h"
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

std::string details_of(const card::Summary& summary, const Weights& weights) {
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
    if (!weights.safetensors.empty())
        details["safetensors"] =
            boost::json::object{{"parameters", boost::json::object(weights.safetensors.begin(), weights.safetensors.end())},
                                {"total", format::total_of(weights.safetensors)}};
    if (weights.gguf) {
        boost::json::object gguf{{"total", weights.gguf->total}};
        if (!weights.gguf->architecture.empty()) gguf["architecture"] = weights.gguf->architecture;
        if (weights.gguf->context_length) gguf["context_length"] = *weights.gguf->context_length;
        details["gguf"] = std::move(gguf);
    }
    return boost::json::serialize(details);
}

}  // namespace

Result<CardFacts> read_card_facts(Hub& hub, const catalog::Repository& repo, git::ObjectSource& source, const ObjectId& commit) {
    TRY(const auto tree, tree_of(source, commit));
    TRY(const auto root, git::load_tree(source, tree));
    TRY(const auto readme, text_of(source, root, "README.md"));
    TRY(const auto config, text_of(source, root, "config.json"));
    TRY(const auto model_index, text_of(source, root, "model_index.json"));
    TRY(const auto files, file_paths(source, root));
    const auto [card, summary] = card::summarize({card_kind(repo.type), readme, files, config, model_index});
    auto weights = repo.type == catalog::RepoType::kModel ? read_weights(hub, repo.id, source, root) : Weights{};
    auto search = search_facts({repo.type, readme, files, card, summary, weights});
    return CardFacts{commit,
                     card.empty() ? "" : boost::json::serialize(card),
                     details_of(summary, weights),
                     summary.tags,
                     summary.pipeline_tag,
                     summary.library,
                     summary.license,
                     std::move(weights),
                     std::move(search)};
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
    TRY(catalog::update_card(session, row, facts.tags));
    TRY(store_weights(session, facts.weights));
    return catalog::put_search_facts(session, repo, facts.search);
}

namespace {

Result<void> index_one(Hub& hub, catalog::RowId id) {
    const auto load = [&](catalog::Session& s) -> Result<std::pair<std::optional<catalog::Repository>, std::optional<ObjectId>>> {
        TRY(auto repo, catalog::find_repository_by_id(s, id));
        TRY(const auto main, catalog::find_ref(s, id, kMainRef));
        return std::pair(std::move(repo), main ? std::optional(main->commit) : std::nullopt);
    };
    TRY(const auto before, hub.catalog.read(load));
    const auto& [repo, head] = before;
    if (!repo) return hub.catalog.write([&](catalog::Session& s) { return catalog::delete_wanted(s, id); });
    if (!head) return hub.catalog.write([&](catalog::Session& s) { return catalog::put_search_facts(s, id, {}); });
    NewObjects stored(hub, id);
    TRY(const auto facts, read_card_facts(hub, *repo, stored, *head));
    return hub.catalog.write([&](catalog::Session& s) -> Result<void> {
        TRY(const auto now, load(s));
        if (!now.first || now.second != facts.head) return ok();  // whoever changed it has indexed it
        return store_card_facts(s, id, facts);
    });
}

}  // namespace

Result<bool> index_wanted(Hub& hub, int limit) {
    TRY(const auto wanted, hub.catalog.read([&](catalog::Session& s) { return catalog::wanted_repositories(s, limit); }));
    for (const auto id : wanted) {
        const auto indexed = index_one(hub, id);
        if (indexed.has_value()) continue;
        // One that cannot be read must not keep the others waiting for ever.
        log(LogLevel::kWarning, "indexing repository {}: {}", id, describe(indexed.error()));
        TRY(hub.catalog.write([&](catalog::Session& s) { return catalog::delete_wanted(s, id); }));
    }
    TRY(const auto more_owners, hub.catalog.write([&](catalog::Session& s) { return catalog::index_wanted_owners(s, limit); }));
    return more_owners || static_cast<int>(wanted.size()) == limit;
}

}  // namespace mirfa::hub
