// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "catalog/accounts.h"
#include "hub/access/principal.h"

namespace mirfa::hub {

/// What somebody wants to do with a repository, from least to most.
enum class Action {
    kSeeInfo,      ///< names, trees, refs, commits, sizes
    kReadContent,  ///< octets of files, by whatever door
    kPropose,      ///< open a pull request or a discussion, comment, like
    kWrite,        ///< commits, branches, tags, uploads
    kAdminister,   ///< settings, delete, move, force-push of the default branch
};

enum class Verdict {
    kYes,
    kNo,       ///< refused, and it may be said that the repository exists
    kNoGated,  ///< refused until its owner grants access
    kNoDisabled,
    kHide,  ///< answered as if there were no such repository
};

/// What the catalog knows between this principal and this repository.
struct Standing {
    catalog::OrgRole role = catalog::OrgRole::kNone;  ///< in the organisation that owns the repository
};
Result<Standing> load_standing(catalog::Session&, const Principal&, const catalog::Repository&);

/// The one function that says who may do what. Pure.
Verdict decide(const Principal&, const catalog::Repository&, const Standing&, Action);

/// The verdict as an error for the person, `ok` for kYes.
Result<void> enforce(Verdict verdict, const Principal&, const catalog::Repository&, Action);

/// Looks a repository up and checks the action: the way every rule gets at a repository.
/// Fails: kUnauthenticated or kNotFound with kRepoNotFound (missing and hidden alike), kForbidden, kGated.
Result<catalog::Repository> require(catalog::Session&, const Principal&, catalog::RepoType, std::string_view owner,
                                    std::string_view name, Action);
/// The same, but a name that a repository once had leads to it: `moved` says so, and the caller redirects. Somebody who
/// may not see the repository under its new name does not learn of it through the old one.
struct Permitted {
    catalog::Repository repo;
    bool moved = false;
};
Result<Permitted> find_permitted(catalog::Session&, const Principal&, catalog::RepoType, std::string_view owner,
                                 std::string_view name, Action);
/// The same for a repository that has been loaded.
Result<void> require(catalog::Session&, const Principal&, const catalog::Repository&, Action);

/// The answer for a repository that is missing or hidden: the same text for both.
Error repo_not_found(const Principal&);

/// May this principal create repositories of `owner`?
Result<void> require_create(catalog::Session&, const Principal&, const catalog::Owner& owner, catalog::RepoType);
/// Somebody who has signed in, with a session or with a token of any role.
Result<void> require_user(const Principal&);
/// Somebody signed in with a browser. What changes the account itself is closed to tokens, so that one that leaks cannot
/// make itself another, change the password or outlast its owner. Fails: kUnauthenticated; kForbidden/kSessionNeeded.
Result<void> require_session(const Principal&);
/// What a page of ours must send back to write with the session's cookie; nobody can make it without the session.
std::string csrf_token(const Sha256& session);

}  // namespace mirfa::hub
