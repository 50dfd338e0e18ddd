// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <mutex>
#include <span>

#include "base/secret.h"
#include "hub/accounts/audit.h"

namespace mirfa::hub {

struct NewToken {
    std::string name;
    catalog::TokenRole role = catalog::TokenRole::kRead;
    std::vector<Scope> scopes = {};  ///< for kFineGrained only
    std::optional<UnixMillis> expires = {};
};
struct MadeToken {
    catalog::AccessToken row;
    Secret text;  ///< to be shown once: only its SHA-256 is kept
};

/// `hf_` and 37 letters and digits.
Secret new_token_text();
/// Fails: kInvalidArgument (name, scopes, a time that is over); kAlreadyExists when the user has one of that name.
Result<MadeToken> create_token(Hub&, const Actor& by, RowId user, const NewToken&);
Result<std::vector<catalog::AccessToken>> list_tokens(Hub&, RowId user);
/// Fails: kNotFound.
Result<void> revoke_token(Hub&, const Actor& by, RowId user, RowId token);
Result<void> revoke_token(Hub&, const Actor& by, RowId user, const std::string& name);
/// Revokes those of the texts that are tokens: whoever shows a token has it, and wants it gone. Gives how many.
Result<int> revoke_leaked(Hub&, const Actor& by, std::span<const std::string> texts);

/// read, write, fineGrained.
std::string_view name_of(catalog::TokenRole role);
/// Fails: kInvalidArgument naming the roles there are.
Result<catalog::TokenRole> parse_token_role(std::string_view text);

/// When tokens were last used, kept in memory and written in batches, for a write per request would be too many.
/// Threads: any.
class LastUsed {
public:
    void note(RowId token, UnixMillis now);
    /// Writes what is new and was not written within a minute; to be called now and then, and with `Which::kAll` at the end.
    enum class Which { kDue, kAll };
    Result<void> flush(Hub&, Which which = Which::kDue);

private:
    struct Use {
        UnixMillis used = 0;
        UnixMillis written = 0;
    };
    std::vector<std::pair<RowId, UnixMillis>> take_due(UnixMillis now, Which which);

    std::mutex mutex_;
    std::map<RowId, Use> uses_;  // guarded by mutex_
};

/// What a request says about who sends it.
struct Credentials {
    std::string_view authorization;  ///< the header, "" for none
    std::string_view cookie;         ///< the header, "" for none
    std::string_view address;        ///< of the client
};

/// Bearer token; Basic with the token as password, or as user name with an empty or `x-oauth-basic` password; otherwise
/// the session of the cookie; otherwise nobody. A cookie whose session has ended is nobody too, so that the browser can
/// sign in again.
/// Fails: kUnauthenticated/kBadCredentials for a header that is malformed or a token that is unknown, has
///        expired, or belongs to a disabled account.
Result<Principal> authenticate(Hub&, LastUsed&, const Credentials&);

}  // namespace mirfa::hub
