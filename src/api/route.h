// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "api/call.h"

namespace mirfa::api {

/// Who may use a route. All but kOpen, kUser, kSession, kByUse, kCas and kAdminOnly load the repository the path names, follow
/// renames with a redirect, and check the action before the handler is called.
enum class Access {
    kOpen,     ///< anybody; the handler looks at no repository
    kUser,     ///< a signed-in user
    kSession,  ///< somebody signed in with a browser: what changes the account itself, or lets others in, is closed to tokens
    kSeeInfo,
    kReadContent,
    kPropose,
    kWrite,
    kAdminister,
    kWriteOrPropose,  ///< kPropose with `?create_pr=1` or below refs/pr/, otherwise kWrite
    kByUse,           ///< the handler itself calls hub::require: the action depends on the body or on a sealed URL
    kCas,             ///< a CAS token; the handler checks it
    kAdminOnly,       ///< administrators of the hub; their tokens only look
};

/// How much body a route takes.
enum class Body { kNone, kSmallJson, kForm, kLargeJson, kPicture, kStream };

/// Where a route works; the pools are separate so that none starves another.
enum class Work { kCatalog, kDisk, kHash, kGit };

/// Whether an answer may be given again. kWhileUnchanged: it depends on nothing but the address, `Accept`, the credentials
/// and the catalog, and has no effect but that a download is counted.
enum class Reuse { kNever, kWhileUnchanged };

/// How errors are written: JSON, plain text for git, JSON with `message` for git-lfs, a page for browsers.
enum class ErrorStyle { kJson, kGit, kLfs, kPage };

using Handler = Result<http::Response> (*)(Call&);
/// For Body::kStream: gives the receiver, which keeps the call.
using StreamHandler = Result<std::unique_ptr<http::BodyReceiver>> (*)(Call&&);

/// A row of the table of routes.
///
/// Pattern words: `literal`; `{name}` one segment; `{rest*}` all that remains (none too); `{types}` one of models,
/// datasets, spaces; `{repo}` owner/name behind an optional `models/`, `datasets/` or `spaces/`; `{repo}.git` the same
/// where the name may or may not end in `.git`; `{id}` owner/name (two segments).
struct Route {
    http::Verb verb;
    const char* pattern;
    Handler handle;
    Access access;
    Body body = Body::kNone;
    Work work = Work::kCatalog;
    ErrorStyle errors = ErrorStyle::kJson;
    StreamHandler receive = nullptr;  ///< instead of `handle` when body is kStream
    std::uint64_t max_body = 0;       ///< for kStream; 0: HubOptions::commit_body_limit
    Reuse reuse = Reuse::kNever;
};

/// Every route of the program: those of api/ and those given from pages/.
std::span<const Route> api_routes();

}  // namespace mirfa::api
