// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/repositories.h"

#include <algorithm>
#include <array>

#include "base/fault.h"
#include "base/random.h"
#include "catalog/settings.h"
#include "format/json_reader.h"
#include "format/json_writer.h"
#include "git/node_cache.h"
#include <boost/json/serialize.hpp>

#include "hub/access/names.h"

namespace mirfa::hub {
namespace {

using catalog::Owner;
using catalog::Repository;
using catalog::RepoType;
using catalog::Session;

const FaultPoint kRepositoryDeleted("repository-deleted");

constexpr std::array<std::string_view, 4> kSdks = {"gradio", "streamlit", "docker", "static"};

Result<Owner> find_target_owner(Session& session, const Principal& who, std::string_view name) {
    TRY(auto owner, name.empty() ? catalog::find_owner_by_id(session, who.user) : catalog::find_owner(session, name));
    if (!owner || owner->kind == catalog::OwnerKind::kDeleted)
        return Error{Code::kNotFound, "There is no user or organization called \"" + std::string(name) + "\"."};
    return std::move(*owner);
}

Result<void> check_sdk(const NewRepository& wanted) {
    if (wanted.type != RepoType::kSpace) return ok();
    if (std::find(kSdks.begin(), kSdks.end(), wanted.sdk) != kSdks.end()) return ok();
    return Error{Code::kInvalidArgument, "A space needs an sdk: one of gradio, streamlit, docker, static.", Reason::kNone, "",
                 "sdk"};
}

std::string initial_settings(const NewRepository& wanted) {
    format::JsonWriter json;
    json.object();
    if (!wanted.sdk.empty()) json.field("sdk", wanted.sdk);
    if (wanted.multipart_threshold > 0) json.field("lfsmultipartthresh", wanted.multipart_threshold);
    return std::move(json).take();
}

/// A README with what is known of the repository, unless the caller brings one.
std::vector<InitialFile> initial_files(const NewRepository& wanted) {
    auto files = wanted.files;
    const bool has_card = std::any_of(files.begin(), files.end(), [](const auto& file) { return file.path == "README.md"; });
    std::string facts;
    if (wanted.type == RepoType::kSpace) facts += "title: " + wanted.name + "\nsdk: " + wanted.sdk + "\n";
    if (!wanted.license.empty()) facts += "license: " + wanted.license + "\n";
    if (!has_card && !facts.empty()) files.push_back({"README.md", "---\n" + facts + "---\n"});
    return files;
}

/// The row as it is now: what the request began with may have been moved, changed or handed over meanwhile.
Result<Repository> reload(Session& session, const Principal& who, catalog::RowId id) {
    TRY(auto now, catalog::find_repository_by_id(session, id));
    if (!now) return repo_not_found(who);
    TRY(require(session, who, *now, Action::kAdminister));
    return std::move(*now);
}

Result<void> audit(Session& session, Hub& hub, const Principal& who, std::string action, const Repository& repo) {
    return catalog::add_audit_event(session, {hub.clock.now(), who.label(), std::move(action), repo.full_name(), who.address});
}

}  // namespace

Result<CreateOutcome> create_repository(Hub& hub, const Principal& who, const NewRepository& wanted) {
    TRY(require_user(who));
    TRY(in_field("name", check_repo_name(wanted.name)));
    TRY(check_sdk(wanted));
    Repository repo;
    TRY(auto existing, hub.catalog.read([&](Session& s) -> Result<std::optional<Repository>> {
        TRY(const auto owner, find_target_owner(s, who, wanted.owner));
        repo.owner = owner.id;
        repo.owner_name = owner.name;
        TRY(auto found, catalog::find_repository(s, wanted.type, owner.name, wanted.name));
        if (found) {
            TRY(const auto standing, load_standing(s, who, *found));
            if (decide(who, *found, standing, Action::kSeeInfo) == Verdict::kYes) return found;
        }
        TRY(require_create(s, who, owner, wanted.type));
        return found;
    }));
    if (existing) return CreateOutcome{std::move(*existing), true};
    repo.id = new_row_id();
    repo.type = wanted.type;
    repo.name = wanted.name;
    repo.creator = who.user;
    repo.is_private = wanted.is_private;
    repo.settings = initial_settings(wanted);
    repo.created = repo.modified = hub.clock.now();
    const auto made = create_with_first_commit(hub, repo, who, initial_files(wanted));
    if (!made.has_value() && made.error().code == Code::kAlreadyExists) return CreateOutcome{std::move(repo), true};
    if (!made.has_value()) return made.error();
    return CreateOutcome{std::move(repo), false};
}

Result<void> delete_repository(Hub& hub, const Principal& who, const Repository& repo) {
    TRY(hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto now, reload(s, who, repo.id));
        TRY(catalog::delete_repository(s, now.id));
        return audit(s, hub, who, "repo.delete", now);
    }));
    kRepositoryDeleted.reach();
    hub.git_cache.drop(repo.id);
    return ok();
}

Result<Repository> move_repository(Hub& hub, const Principal& who, const Repository& repo, std::string_view new_owner,
                                   std::string_view new_name) {
    TRY(in_field("toRepo", check_repo_name(new_name)));
    return hub.catalog.write([&](Session& s) -> Result<Repository> {
        TRY(const auto now, reload(s, who, repo.id));
        TRY(const auto owner, find_target_owner(s, who, new_owner));
        TRY(require_create(s, who, owner, now.type));
        TRY(const auto taken, catalog::find_repository(s, now.type, owner.name, new_name));
        if (taken && taken->id != now.id)
            return Error{Code::kAlreadyExists,
                         "A repository called " + owner.name + "/" + std::string(new_name) + " already exists",
                         Reason::kNameTaken, "", "toRepo"};
        TRY(catalog::move_repository(s, now, owner.id, new_name));
        TRY(audit(s, hub, who, "repo.move", now));
        TRY(auto moved, catalog::find_repository_by_id(s, repo.id));
        if (!moved) return internal_error("a repository vanished while it was moved");
        return std::move(*moved);
    });
}

namespace {

/// The settings that the hub only keeps, with some of them changed.
Result<std::string> merged_settings(const Repository& repo, const SettingsChange& change) {
    TRY(auto settings, format::parse_json(repo.settings.empty() ? "{}" : repo.settings));
    if (!settings.is_object()) settings = boost::json::object();
    if (change.discussions_disabled) settings.as_object()["discussionsDisabled"] = *change.discussions_disabled;
    if (change.description) settings.as_object()["description"] = *change.description;
    return boost::json::serialize(settings);
}

}  // namespace

Result<Repository> change_settings(Hub& hub, const Principal& who, const Repository& repo, const SettingsChange& change) {
    if (change.gated && !change.gated->empty() && *change.gated != "auto" && *change.gated != "manual")
        return Error{Code::kInvalidArgument, "\"gated\" must be one of false, \"auto\", \"manual\"."};
    return hub.catalog.write([&](Session& s) -> Result<Repository> {
        TRY(auto now, reload(s, who, repo.id));
        TRY(now.settings, merged_settings(now, change));
        now.is_private = change.is_private.value_or(now.is_private);
        now.gated = change.gated.value_or(now.gated);
        TRY(catalog::update_settings(s, now));
        TRY(audit(s, hub, who, "repo.settings", now));
        return now;
    });
}

}  // namespace mirfa::hub
