// SPDX-License-Identifier: Apache-2.0
#include "hub/access/permission.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/digest.h"

namespace mirfa::hub {
namespace {

using catalog::OrgRole;
using catalog::Repository;
using catalog::RepoType;
using catalog::TokenRole;

/// How far somebody gets with a repository; each level includes those before it.
enum class Level { kNothing, kInfo, kContent, kPropose, kWrite, kAdminister };

Level level_for(Action action) {
    switch (action) {
        case Action::kSeeInfo: return Level::kInfo;
        case Action::kReadContent: return Level::kContent;
        case Action::kPropose: return Level::kPropose;
        case Action::kWrite: return Level::kWrite;
        case Action::kAdminister: return Level::kAdminister;
    }
    return Level::kAdminister;
}

/// What belonging to the owner gives, before visibility and tokens are looked at.
Level level_of_membership(const Principal& who, const Repository& repo, const Standing& standing) {
    if (who.user == 0) return Level::kNothing;
    if (who.is_admin || repo.owner == who.user) return Level::kAdminister;
    switch (standing.role) {
        case OrgRole::kNone: return Level::kNothing;
        case OrgRole::kRead: return Level::kPropose;
        case OrgRole::kContributor: return repo.creator == who.user ? Level::kAdminister : Level::kPropose;
        case OrgRole::kWrite: return Level::kWrite;
        case OrgRole::kAdmin: return Level::kAdminister;
    }
    return Level::kNothing;
}

/// What everybody gets from a public repository; signed-in users may also propose.
Level level_of_public(const Principal& who, const Repository& repo) {
    if (repo.is_private) return Level::kNothing;
    if (!repo.gated.empty()) return Level::kInfo;
    return who.user != 0 ? Level::kPropose : Level::kContent;
}

const char* entity_type_of(RepoType type) {
    switch (type) {
        case RepoType::kModel: return "model";
        case RepoType::kDataset: return "dataset";
        case RepoType::kSpace: return "space";
    }
    return "model";
}

bool covers(const Scope& scope, const Repository& repo) {
    if (scope.entity_type == "user" || scope.entity_type == "org") return ascii_iequals(scope.entity_name, repo.owner_name);
    return scope.entity_type == entity_type_of(repo.type) && ascii_iequals(scope.entity_name, repo.full_name());
}

Level level_of_permission(std::string_view permission) {
    if (permission == "repo.content.read") return Level::kContent;
    if (permission == "discussion.write") return Level::kPropose;
    if (permission == "repo.write") return Level::kWrite;
    if (permission == "repo.admin") return Level::kAdminister;
    return Level::kNothing;
}

/// The most a fine-grained token allows here.
Level level_of_scopes(const Principal& who, const Repository& repo) {
    Level most = Level::kNothing;
    for (const auto& scope : who.scopes)
        if (covers(scope, repo))
            for (const auto& permission : scope.permissions) most = std::max(most, level_of_permission(permission));
    return most;
}

/// A token for discussions alone: it sees what they are about, but it opens no octets that are not everybody's.
bool only_discusses(const Principal& who, const Repository& repo) {
    if (who.kind != PrincipalKind::kToken || who.token_role != TokenRole::kFineGrained) return false;
    for (const auto& scope : who.scopes)
        if (covers(scope, repo))
            for (const auto& permission : scope.permissions)
                if (permission != "discussion.write") return false;
    return true;
}

/// The most this kind of credential allows, whoever stands behind it.
Level cap_of_credential(const Principal& who, const Repository& repo) {
    switch (who.kind) {
        case PrincipalKind::kAnonymous: return Level::kContent;
        case PrincipalKind::kSession: return Level::kAdminister;
        case PrincipalKind::kCasToken: return Level::kNothing;
        case PrincipalKind::kToken: break;
    }
    switch (who.token_role) {
        case TokenRole::kRead: return Level::kContent;
        case TokenRole::kWrite: return Level::kAdminister;
        case TokenRole::kFineGrained: return level_of_scopes(who, repo);
    }
    return Level::kNothing;
}

Level reached(const Principal& who, const Repository& repo, const Standing& standing) {
    const Level cap = cap_of_credential(who, repo);
    const Level from_public = std::min(level_of_public(who, repo), std::max(cap, Level::kContent));
    return std::max(from_public, std::min(level_of_membership(who, repo, standing), cap));
}

Verdict decide_for_cas(const Principal& who, const Repository& repo, Action action) {
    if (who.bound_repo != repo.id) return Verdict::kHide;
    if (action == Action::kReadContent) return Verdict::kYes;
    return action == Action::kWrite && who.bound_write ? Verdict::kYes : Verdict::kNo;
}

std::string wanted_permission(Action action) {
    switch (action) {
        case Action::kSeeInfo:
        case Action::kReadContent: return "repo.content.read";
        case Action::kPropose: return "discussion.write";
        case Action::kWrite: return "repo.write";
        case Action::kAdminister: return "repo.admin";
    }
    return "repo.write";
}

Error unauthenticated() { return Error{Code::kUnauthenticated, "Invalid username or password.", Reason::kMissingCredentials}; }

Error gated(const Principal& who, const Repository& repo) {
    const std::string head = "Access to " + std::string(entity_type_of(repo.type)) + " " + repo.full_name() + " is restricted";
    if (who.is_anonymous())
        return Error{Code::kUnauthenticated,
                     head + ". You must have access to it and be authenticated to access it. Please log in.", Reason::kGated};
    return Error{Code::kForbidden, head + " and you are not in the authorized list. Ask its owner for access.", Reason::kGated};
}

}  // namespace

Result<Standing> load_standing(catalog::Session& session, const Principal& who, const Repository& repo) {
    if (who.user == 0 || who.user == repo.owner || who.is_admin) return Standing{};
    TRY(const auto role, catalog::role_of(session, repo.owner, who.user));
    return Standing{role};
}

Verdict decide(const Principal& who, const Repository& repo, const Standing& standing, Action action) {
    if (who.kind == PrincipalKind::kCasToken) return decide_for_cas(who, repo, action);
    const Level level = reached(who, repo, standing);
    if (level == Level::kNothing) return Verdict::kHide;
    if (repo.disabled && action != Action::kSeeInfo && !who.is_admin) return Verdict::kNoDisabled;
    const bool of_everybody = level_of_public(who, repo) >= Level::kContent;
    if (action == Action::kReadContent && level > Level::kContent && !of_everybody && only_discusses(who, repo))
        return Verdict::kNo;
    if (level >= level_for(action)) return Verdict::kYes;
    const bool only_gate = level == Level::kInfo && !repo.gated.empty() && !repo.is_private;
    return only_gate && action == Action::kReadContent ? Verdict::kNoGated : Verdict::kNo;
}

Result<void> enforce(Verdict verdict, const Principal& who, const Repository& repo, Action action) {
    switch (verdict) {
        case Verdict::kYes: return ok();
        case Verdict::kHide: return repo_not_found(who);
        case Verdict::kNoGated: return gated(who, repo);
        case Verdict::kNoDisabled: return Error{Code::kForbidden, "Access to this resource is disabled.", Reason::kRepoDisabled};
        case Verdict::kNo: break;
    }
    if (who.is_anonymous()) return unauthenticated();
    return Error{Code::kForbidden,
                 "You don't have the required permissions: " + wanted_permission(action) + " on " + repo.full_name() + "."};
}

Error repo_not_found(const Principal& who) {
    if (who.is_anonymous()) {
        auto error = unauthenticated();
        error.reason = Reason::kRepoNotFound;
        return error;
    }
    return Error{Code::kNotFound, "Repository not found. Check its name, its type and that your token may see it.",
                 Reason::kRepoNotFound};
}

Result<void> require(catalog::Session& session, const Principal& who, const Repository& repo, Action action) {
    TRY(const auto standing, load_standing(session, who, repo));
    return enforce(decide(who, repo, standing, action), who, repo, action);
}

Result<Permitted> find_permitted(catalog::Session& session, const Principal& who, RepoType type, std::string_view owner,
                                 std::string_view name, Action action) {
    TRY(auto repo, catalog::find_repository(session, type, owner, name));
    const bool moved = !repo.has_value();
    if (moved) {
        TRY(repo, catalog::find_redirect(session, type, owner, name));
    }
    if (!repo) return repo_not_found(who);
    TRY(require(session, who, *repo, moved ? Action::kSeeInfo : action));
    return Permitted{std::move(*repo), moved};
}

Result<Repository> require(catalog::Session& session, const Principal& who, RepoType type, std::string_view owner,
                           std::string_view name, Action action) {
    TRY(auto repo, catalog::find_repository(session, type, owner, name));
    if (!repo) return repo_not_found(who);
    TRY(require(session, who, *repo, action));
    return std::move(*repo);
}

Result<void> require_create(catalog::Session& session, const Principal& who, const catalog::Owner& owner, RepoType type) {
    TRY(require_user(who));
    const Error refused{Code::kForbidden, "You don't have the rights to create a " + std::string(entity_type_of(type)) +
                                              " under the namespace \"" + owner.name + "\"."};
    if (who.kind == PrincipalKind::kToken && who.token_role == TokenRole::kRead) return refused;
    if (who.kind == PrincipalKind::kToken && who.token_role == TokenRole::kFineGrained) {
        Repository wanted;  // only a scope over the whole owner covers a repository that does not exist yet
        wanted.owner_name = owner.name;
        wanted.type = type;
        if (level_of_scopes(who, wanted) < Level::kWrite) return refused;
    }
    if (owner.id == who.user || who.is_admin) return ok();
    if (owner.kind != catalog::OwnerKind::kOrganization) return refused;
    TRY(const auto role, catalog::role_of(session, owner.id, who.user));
    if (role < OrgRole::kContributor) return refused;
    return ok();
}

Result<void> require_user(const Principal& who) {
    if (who.is_anonymous()) return unauthenticated();
    if (who.kind == PrincipalKind::kCasToken)
        return Error{Code::kForbidden, "This token opens the chunk store of one repository only."};
    return ok();
}

Result<void> require_session(const Principal& who) {
    TRY(require_user(who));
    if (who.kind == PrincipalKind::kSession) return ok();
    return Error{Code::kForbidden, "An access token does not do this. Sign in with a browser.", Reason::kSessionNeeded};
}

std::string csrf_token(const Sha256& session) { return hmac_sha256(session.view(), as_bytes("mirfa csrf")).hex(); }

}  // namespace mirfa::hub
