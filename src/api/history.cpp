// SPDX-License-Identifier: Apache-2.0
// What one commit changed, and which commit each line of a file is from.
#include "api/operations.h"
#include "api/repo_json.h"
#include "hub/repos/blame.h"
#include "hub/repos/commit_details.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

std::string_view status_of(git::ChangeKind kind) {
    switch (kind) {
        case git::ChangeKind::kAdded: return "added";
        case git::ChangeKind::kDeleted: return "deleted";
        case git::ChangeKind::kRenamed: return "renamed";
        case git::ChangeKind::kModified:
        case git::ChangeKind::kTypeChanged: return "modified";
    }
    return "modified";
}

void write_large(JsonWriter& json, std::string_view side, const std::optional<hub::LargeSide>& large) {
    if (large) json.object(side).field("oid", large->sha256).field("size", large->size).end();
}

void write_file(JsonWriter& json, const hub::ChangedFile& file) {
    json.object().field("path", file.path).field("status", status_of(file.kind));
    if (file.old_path != file.path) json.field("oldPath", file.old_path);
    json.field("binary", file.is_binary).field("additions", file.added).field("deletions", file.removed);
    if (file.old_large || file.new_large) {
        json.object("lfs");
        write_large(json, "old", file.old_large);
        write_large(json, "new", file.new_large);
        json.end();
    }
    json.end();
}

}  // namespace

Result<http::Response> commit_details(Call& call) {
    const auto may_read = call.hub.catalog.read([&](catalog::Session& session) {
        return hub::require(session, call.principal, call.repository(), hub::Action::kReadContent);
    });
    const auto text = may_read.has_value() ? hub::WithText::kYes : hub::WithText::kNo;
    TRY(const auto details, hub::load_commit_details(call.hub, call.repository(), call.path.rest, text));
    JsonWriter json;
    json.object();
    write_commit(json, call, details.commit);
    json.field("fileCount", details.file_count).array("files");
    for (const auto& file : details.files) write_file(json, file);
    json.end();
    if (details.diff)
        json.field("diff", *details.diff);
    else
        json.null("diff");
    json.field("truncated", details.truncated);
    return json_response(std::move(json));
}

Result<http::Response> blame(Call& call) {
    TRY(const auto blame, hub::blame_file(call.hub, call.repository(), call.path.rest));
    JsonWriter json;
    json.object().field("commit", blame.head.hex()).field("path", blame.path).field("truncated", blame.truncated);
    json.field("text", blame.text).array("hunks");
    for (const auto& hunk : blame.hunks) {
        json.object().field("commit", hunk.commit.hex()).field("line", hunk.line).field("count", hunk.count);
        if (hunk.path != blame.path) json.field("path", hunk.path);
        json.end();
    }
    json.end().array("commits");
    for (const auto& commit : blame.commits) {
        json.object();
        write_commit(json, call, commit);
        json.end();
    }
    return json_response(std::move(json));
}

}  // namespace mirfa::api
