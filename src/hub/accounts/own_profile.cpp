// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/own_profile.h"

#include <tuple>

#include "base/random.h"
#include "format/picture.h"
#include "hub/accounts/detail/account_rules.h"
#include "hub/accounts/sessions.h"

namespace mirfa::hub {
namespace {

using catalog::Owner;
using catalog::Session;

Result<void> check_profile(const ProfileChange& change) {
    if (change.fullname) TRY(check_fullname(*change.fullname));
    if (change.bio) TRY(check_bio(*change.bio));
    if (change.homepage) TRY(check_homepage(*change.homepage));
    return ok();
}

/// Inside a write. Gives whether anything is another than it was.
Result<bool> store_profile(Session& session, Hub& hub, const Actor& by, Owner& owner, const ProfileChange& change) {
    const auto before = std::tuple(owner.fullname, owner.bio, owner.homepage);
    if (change.fullname) owner.fullname = change.fullname->empty() ? owner.name : *change.fullname;
    owner.bio = change.bio.value_or(owner.bio);
    owner.homepage = change.homepage.value_or(owner.homepage);
    if (before == std::tuple(owner.fullname, owner.bio, owner.homepage)) return false;
    TRY(catalog::update_profile(session, owner));
    TRY(audit(session, hub, by, "profile.change", owner.name));
    return true;
}

/// Whoever changes the address can have the password sent to it one day: so it needs the password of today.
Result<void> confirm(Hub& hub, const Actor& by, const catalog::User& user, const Secret& password) {
    TRY(const bool right, check_password(hub, user, password, by.address));
    if (right) return ok();
    return Error{Code::kForbidden, "The password is not right. Changing the e-mail address needs it.", Reason::kWrongPassword, "",
                 "password"};
}

Result<std::string> owner_name_of(Session& session, RowId id) {
    TRY(auto owner, catalog::find_owner_by_id(session, id));
    if (!owner || owner->kind == catalog::OwnerKind::kDeleted) return Error{Code::kNotFound, "This account has been deleted."};
    return std::move(owner->name);
}

}  // namespace

Result<void> change_own_profile(Hub& hub, const Actor& by, RowId id, const ProfileChange& change,
                                const std::optional<std::string>& email, const Secret& password) {
    TRY(check_profile(change));
    TRY(const auto known, hub.catalog.read([&](Session& s) { return catalog::find_user_by_id(s, id); }));
    if (!known) return no_user(by.name);
    const bool other_email = email && *email != known->email;
    if (other_email) {
        TRY(check_email(*email));
        TRY(confirm(hub, by, *known, password));
    }
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(auto user, catalog::find_user_by_id(s, id));
        if (!user) return no_user(by.name);
        TRY(store_profile(s, hub, by, user->owner, change));
        if (!other_email) return ok();
        TRY(check_email_is_free(s, *email, id));
        TRY(catalog::update_email(s, id, *email));
        return audit(s, hub, by, "email.change", user->owner.name);
    });
}

Result<Owner> change_organization_profile(Hub& hub, const Actor& by, const std::string& name, const ProfileChange& change) {
    TRY(check_profile(change));
    return hub.catalog.write([&](Session& s) -> Result<Owner> {
        TRY(auto org, need_organization(s, name));
        TRY(store_profile(s, hub, by, org, change));
        return org;
    });
}

Result<void> set_avatar(Hub& hub, const Actor& by, RowId owner, ByteView picture) {
    if (picture.size() > kLargestAvatar)
        return Error{Code::kTooLarge, "The picture is larger than 1 MiB. Make it smaller.", Reason::kPictureTooLarge};
    TRY(const auto found, format::inspect_picture(picture));
    if (found.width > kWidestAvatar || found.height > kWidestAvatar)
        return Error{Code::kTooLarge, "The picture is wider or higher than 4,096 pixels. Make it smaller.",
                     Reason::kPictureTooLarge};
    const catalog::Avatar avatar{new_row_id(), std::string(format::media_type_of(found.kind)), {picture.begin(), picture.end()}};
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto name, owner_name_of(s, owner));
        TRY(catalog::put_avatar(s, owner, avatar));
        return audit(s, hub, by, "avatar.change", name);
    });
}

Result<void> remove_avatar(Hub& hub, const Actor& by, RowId owner) {
    return hub.catalog.write([&](Session& s) -> Result<void> {
        TRY(const auto name, owner_name_of(s, owner));
        TRY(const bool had_one, catalog::delete_avatar(s, owner));
        if (!had_one) return ok();
        return audit(s, hub, by, "avatar.delete", name);
    });
}

Result<std::optional<catalog::Avatar>> find_avatar(Hub& hub, std::string_view name) {
    return hub.catalog.read([&](Session& s) -> Result<std::optional<catalog::Avatar>> {
        TRY(const auto owner, catalog::find_owner(s, name));
        if (!owner || owner->avatar == 0) return std::optional<catalog::Avatar>{};
        return catalog::find_avatar(s, owner->id);
    });
}

}  // namespace mirfa::hub
