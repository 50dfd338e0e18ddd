// SPDX-License-Identifier: Apache-2.0
#include "api/repo_json.h"

#include <boost/json/serialize.hpp>

#include "api/accounts_shared.h"
#include "base/percent.h"
#include "base/random.h"
#include "format/lfs_pointer.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

std::set<std::string> words(std::initializer_list<const char*> list) { return {list.begin(), list.end()}; }

/// A member of the card, as JSON.
std::optional<std::string> card_member(const boost::json::value& card, std::string_view key) {
    const auto* member = format::find_member(card, key);
    return member == nullptr ? std::nullopt : std::optional(boost::json::serialize(*member));
}

void write_card_fields(JsonWriter& json, const catalog::Repository& repo, const Fields& fields) {
    if (repo.card.empty()) return;
    if (fields.has("cardData")) json.raw("cardData", repo.card);
    if (!fields.has("model-index") && !fields.has("widgetData")) return;
    const auto card = format::parse_json(repo.card);
    if (!card.has_value()) return;
    if (const auto index = card_member(card.value(), "model-index"); index && fields.has("model-index"))
        json.raw("model-index", *index);
    if (const auto widget = card_member(card.value(), "widget"); widget && fields.has("widgetData"))
        json.raw("widgetData", *widget);
}

void write_sibling(JsonWriter& json, const hub::ListedEntry& entry, bool with_blobs) {
    json.object().field("rfilename", entry.path);
    if (with_blobs && entry.file) {
        const auto& file = *entry.file;
        json.field("size", file.content_size()).field("blobId", file.blob.hex());
        if (file.lfs_sha256)
            json.object("lfs")
                .field("sha256", file.lfs_sha256->hex())
                .field("size", file.lfs_size)
                .field("pointerSize", file.blob_size)
                .end();
    }
    json.end();
}

void write_files(JsonWriter& json, const InfoParts& parts) {
    if (parts.files == nullptr) return;
    json.array("siblings");
    for (const auto& entry : *parts.files) write_sibling(json, entry, parts.with_blobs);
    json.end();
}

void write_rights(JsonWriter& json, const Rights& rights) {
    const auto& [propose, write, administer] = rights;
    json.object("rights").field("propose", propose).field("write", write).field("administer", administer).end();
}

void write_gated(JsonWriter& json, const catalog::Repository& repo) {
    if (repo.gated.empty())
        json.field("gated", false);
    else
        json.field("gated", repo.gated);
}

/// What follows from the card and the files of main.
void write_details(JsonWriter& json, const boost::json::value& details, const Fields& fields) {
    for (const char* key : {"config", "transformersInfo", "baseModels", "safetensors", "gguf"}) {
        if (!fields.has(key)) continue;
        if (const auto member = card_member(details, key)) json.raw(key, *member);
    }
}

/// The card's word counts; before there is a card, that of whoever made the repository.
std::optional<std::string> sdk_of(const catalog::Repository& repo, const boost::json::value& details) {
    if (const auto sdk = format::find_string(details, "sdk")) return std::string(*sdk);
    const auto settings = format::parse_json(repo.settings.empty() ? "{}" : repo.settings);
    if (!settings.has_value()) return std::nullopt;
    const auto sdk = format::find_string(settings.value(), "sdk");
    return sdk ? std::optional(std::string(*sdk)) : std::nullopt;
}

}  // namespace

Fields Fields::info() {
    Fields fields;
    fields.names_ = words({"author",   "sha",       "lastModified", "createdAt",        "private",      "gated",
                           "disabled", "downloads", "likes",        "usedStorage",      "library_name", "pipeline_tag",
                           "tags",     "cardData",  "model-index",  "widgetData",       "siblings",     "sdk",
                           "modelId",  "spaces",    "config",       "transformersInfo", "safetensors",  "gguf"});
    return fields;
}

Fields Fields::list_item(const Parameters& query) {
    Fields fields;
    fields.names_ = words({"author", "likes", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt",
                           "modelId", "lastModified", "trendingScore", "sdk", "gated"});
    if (query.is_true("full"))
        for (const char* name : {"sha", "disabled", "siblings", "cardData"}) fields.add(name);
    if (query.is_true("cardData")) fields.add("cardData");
    if (query.is_true("config")) fields.add("config");
    return fields;
}

Fields Fields::named(const std::vector<std::string>& names) {
    Fields fields;
    fields.names_.insert(names.begin(), names.end());
    return fields;
}

Result<Rights> load_rights(const Call& call) {
    const auto& repo = call.repository();
    TRY(const auto standing,
        call.hub.catalog.read([&](catalog::Session& s) { return hub::load_standing(s, call.principal, repo); }));
    const auto may = [&](hub::Action action) {
        return hub::decide(call.principal, repo, standing, action) == hub::Verdict::kYes;
    };
    return Rights{may(hub::Action::kPropose), may(hub::Action::kWrite), may(hub::Action::kAdminister)};
}

void write_repository(JsonWriter& json, const catalog::Repository& repo, const Fields& fields, const InfoParts& parts) {
    const bool model = repo.type == catalog::RepoType::kModel;
    json.object().field("_id", public_id(repo.id)).field("id", repo.full_name());
    if (fields.has("modelId") && model) json.field("modelId", repo.full_name());
    if (fields.has("author")) json.field("author", repo.owner_name);
    if (fields.has("sha") && parts.sha) json.field("sha", parts.sha->hex());
    if (fields.has("lastModified"))
        json.field("lastModified", to_iso8601(parts.last_modified != 0 ? parts.last_modified : repo.modified));
    if (fields.has("createdAt")) json.field("createdAt", to_iso8601(repo.created));
    if (fields.has("private")) json.field("private", repo.is_private);
    if (fields.has("gated")) write_gated(json, repo);
    if (fields.has("disabled")) json.field("disabled", repo.disabled);
    if (fields.has("downloads")) json.field("downloads", repo.downloads);
    if (fields.has("downloadsAllTime")) json.field("downloadsAllTime", repo.downloads);
    if (fields.has("likes")) json.field("likes", repo.likes);
    if (fields.has("trendingScore")) json.field("trendingScore", catalog::trending_score(repo));
    if (fields.has("usedStorage")) json.field("usedStorage", repo.used_storage);
    if (fields.has("xetEnabled")) json.field("xetEnabled", true);
    if (fields.has("library_name") && model) json.field("library_name", repo.library);
    if (fields.has("pipeline_tag") && model) json.field("pipeline_tag", repo.pipeline_tag);
    if (fields.has("tags")) json.raw("tags", repo.tags.empty() ? "[]" : repo.tags);
    const auto details = format::parse_json(repo.details.empty() ? "{}" : repo.details);
    const boost::json::value& known = details.has_value() ? details.value() : boost::json::value(boost::json::object{});
    if (fields.has("sdk") && repo.type == catalog::RepoType::kSpace) json.field("sdk", sdk_of(repo, known));
    if (model) write_details(json, known, fields);
    if (fields.has("spaces") && model) json.array("spaces").end();
    write_card_fields(json, repo, fields);
    if (fields.has("siblings")) write_files(json, parts);
    if (parts.rights != nullptr) write_rights(json, *parts.rights);
    if (parts.security != nullptr) write_security(json.object("securityRepoStatus"), *parts.security);
    json.end();
}

void write_security(JsonWriter& json, const hub::RepoSecurity& security) {
    json.field("scansDone", security.scans_done).array("filesWithIssues");
    for (const auto& issue : security.issues) json.object().field("path", issue.path).field("level", issue.level).end();
    json.end().end();
}

void write_entry(JsonWriter& json, const hub::ListedEntry& entry, bool expanded) {
    json.object().field("type", entry.is_folder ? "directory" : "file").field("oid", entry.oid.hex());
    json.field("size", entry.file ? entry.file->content_size() : 0).field("path", entry.path);
    if (entry.file && entry.file->lfs_sha256) {
        const auto& file = *entry.file;
        json.object("lfs")
            .field("oid", file.lfs_sha256->hex())
            .field("size", file.lfs_size)
            .field("pointerSize", file.blob_size)
            .end();
        if (file.large && file.large->xet_file) json.field("xetHash", format::to_string(*file.large->xet_file));
    }
    if (expanded && entry.last_commit) {
        json.object("lastCommit").field("id", entry.last_commit->id.hex()).field("title", entry.last_commit->title);
        json.field("date", to_iso8601(entry.last_commit->date)).end();
    }
    if (!entry.security.empty()) json.raw("securityFileStatus", entry.security);
    json.end();
}

void write_commit(format::JsonWriter& json, const Call& call, const hub::CommitSummary& commit) {
    json.field("id", commit.id.hex()).field("title", commit.title).field("message", commit.description);
    json.field("date", to_iso8601(commit.date)).array("authors");
    for (const auto& author : commit.authors)
        json.object().field("user", author).field("avatar", avatar_url(call, percent_encode(author))).end();
    json.end().array("parents");
    for (const auto& parent : commit.parents) json.value(parent.hex());
    json.end();
}

}  // namespace mirfa::api
