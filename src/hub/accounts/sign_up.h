// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "catalog/invitations.h"
#include "hub/accounts/accounts.h"

namespace mirfa::hub {

/// Who may make an account of their own. Administrators always may make them for others.
enum class SignUpPolicy { kClosed, kInvitation, kOpen };
/// closed, invitation, open.
std::string_view name_of(SignUpPolicy policy);
/// Fails: kInvalidArgument naming the policies there are.
Result<SignUpPolicy> parse_sign_up_policy(std::string_view text);
/// kClosed until an administrator has said otherwise.
Result<SignUpPolicy> load_sign_up_policy(Hub&);
Result<void> set_sign_up_policy(Hub&, const Actor& by, SignUpPolicy policy);

struct NewInvitation {
    std::string note;  ///< whom it is for; at most 200 octets of plain text
    std::chrono::milliseconds lasts = std::chrono::hours(24 * 7);
    std::int64_t max_uses = 1;  ///< 1 to 10,000
};
struct MadeInvitation {
    catalog::Invitation row;
    Secret secret;  ///< to be shown once
};
/// Fails: kInvalidArgument; kConflict when there are 1,000 already.
Result<MadeInvitation> create_invitation(Hub&, const Actor& by, const NewInvitation& wanted);
/// Newest first, those that are over too.
Result<std::vector<catalog::Invitation>> list_invitations(Hub&);
/// Fails: kNotFound.
Result<void> delete_invitation(Hub&, const Actor& by, RowId id);

/// Makes an account for whoever asks, as the policy allows; an invitation is counted in the same transaction.
/// Fails: kForbidden/kSignUpClosed; kForbidden/kInvitationInvalid; kTooManyRequests after many attempts from one
///        address; otherwise as create_user.
Result<catalog::User> sign_up(Hub&, const NewUser& wanted, std::string_view invitation, const std::string& address);

}  // namespace mirfa::hub
