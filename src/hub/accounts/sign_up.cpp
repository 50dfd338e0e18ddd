// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/sign_up.h"

#include "base/digest.h"
#include "base/random.h"
#include "hub/accounts/detail/account_rules.h"
#include "hub/accounts/sessions.h"

namespace mirfa::hub {
namespace {

using catalog::Invitation;
using catalog::Session;

constexpr const char* kSetting = "sign-up-policy";
constexpr std::int64_t kMostInvitations = 1000;
constexpr std::int64_t kMostUses = 10'000;
constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 365);
constexpr std::size_t kSecretLetters = 32;

Result<SignUpPolicy> policy_in(Session& session) {
    TRY(const auto word, catalog::find_setting(session, kSetting));
    if (!word) return SignUpPolicy::kClosed;
    const auto policy = parse_sign_up_policy(*word);
    return policy.has_value() ? policy.value() : SignUpPolicy::kClosed;  // of a program that is newer than this one
}

Result<Invitation> need_invitation(Session& session, std::string_view secret, UnixMillis now) {
    const Error refused{Code::kForbidden, "This invitation is not known, was used, or is over. Ask for another.",
                        Reason::kInvitationInvalid, "", "invitation"};
    if (secret.size() != kSecretLetters) return refused;
    TRY(auto found, catalog::find_open_invitation(session, sha256_of(secret), now));
    if (!found) return refused;
    return std::move(*found);
}

/// The invitation that lets somebody in; nothing where none is needed.
Result<std::optional<Invitation>> admit(Session& session, std::string_view secret, UnixMillis now) {
    TRY(const auto policy, policy_in(session));
    switch (policy) {
        case SignUpPolicy::kOpen: return std::optional<Invitation>{};
        case SignUpPolicy::kInvitation: {
            TRY(auto found, need_invitation(session, secret, now));
            return std::optional<Invitation>(std::move(found));
        }
        case SignUpPolicy::kClosed: break;
    }
    return Error{Code::kForbidden, "Accounts on this hub are made by its administrators. Ask one of them.",
                 Reason::kSignUpClosed};
}

Result<void> check_invitation(const NewInvitation& wanted) {
    const auto refuse = [](const char* field, const char* what) {
        return Error{Code::kInvalidArgument, what, Reason::kNone, "", field};
    };
    if (wanted.note.size() > 200 || !is_plain_text(wanted.note))
        return refuse("note", "The note must be at most 200 octets of plain text.");
    if (wanted.lasts.count() <= 0 || wanted.lasts > kLongest) return refuse("days", "An invitation lasts from 1 to 365 days.");
    if (wanted.max_uses < 1 || wanted.max_uses > kMostUses)
        return refuse("uses", "An invitation can be used from 1 to 10,000 times.");
    return ok();
}

}  // namespace

std::string_view name_of(SignUpPolicy policy) {
    switch (policy) {
        case SignUpPolicy::kClosed: return "closed";
        case SignUpPolicy::kInvitation: return "invitation";
        case SignUpPolicy::kOpen: return "open";
    }
    return "closed";
}

Result<SignUpPolicy> parse_sign_up_policy(std::string_view text) {
    for (const auto policy : {SignUpPolicy::kClosed, SignUpPolicy::kInvitation, SignUpPolicy::kOpen})
        if (name_of(policy) == text) return policy;
    return Error{Code::kInvalidArgument, "The policy must be one of closed, invitation, open.", Reason::kNone, "", "policy"};
}

Result<SignUpPolicy> load_sign_up_policy(Hub& hub) { return hub.catalog.read(policy_in); }

Result<void> set_sign_up_policy(Hub& hub, const Actor& by, SignUpPolicy policy) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(catalog::put_setting(s, kSetting, name_of(policy)));
        return audit(s, hub, by, "sign-up.policy", name_of(policy));
    });
}

Result<MadeInvitation> create_invitation(Hub& hub, const Actor& by, const NewInvitation& wanted) {
    TRY(check_invitation(wanted));
    const auto now = hub.clock.now();
    MadeInvitation made{{new_row_id(), wanted.note, by.name, now, now + wanted.lasts.count(), 0, wanted.max_uses},
                        Secret(random_alphanumeric(kSecretLetters))};
    TRY(hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto count, catalog::count_invitations(s));
        if (count >= kMostInvitations)
            return Error{Code::kConflict, "There are 1,000 invitations. Delete some before you make another."};
        TRY(catalog::insert_invitation(s, made.row, sha256_of(made.secret.reveal())));
        return audit(s, hub, by, "invitation.create", made.row.note);
    }));
    return made;
}

Result<std::vector<Invitation>> list_invitations(Hub& hub) {
    return hub.catalog.read([](Session& s) { return catalog::list_invitations(s, static_cast<int>(kMostInvitations)); });
}

Result<void> delete_invitation(Hub& hub, const Actor& by, RowId id) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const bool deleted, catalog::delete_invitation(s, id));
        if (!deleted) return Error{Code::kNotFound, "There is no such invitation. It may have been deleted already."};
        return audit(s, hub, by, "invitation.delete", public_id(id));
    });
}

Result<catalog::User> sign_up(Hub& hub, const NewUser& wanted, std::string_view invitation, const std::string& address) {
    const auto now = hub.clock.now();
    TRY(begin_sign_up(hub, address));
    // Before the costly hash of a password; asked again when the account is stored.
    TRY(hub.catalog.read([&](Session& s) { return admit(s, invitation, now); }));
    auto plain = wanted;
    plain.is_admin = false;
    TRY(auto user, prepare_user(hub, plain));
    TRY(hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto let_in_by, admit(s, invitation, now));
        if (let_in_by) {
            TRY(catalog::use_invitation(s, let_in_by->id, now));
            TRY(audit(s, hub, Actor{user.owner.name, address}, "invitation.use", let_in_by->note));
        }
        return insert_prepared(s, hub, Actor{user.owner.name, address}, user);
    }));
    return user;
}

}  // namespace mirfa::hub
