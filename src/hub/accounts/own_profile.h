// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/secret.h"
#include "catalog/accounts.h"
#include "hub/accounts/audit.h"

namespace mirfa::hub {

/// What owners say about themselves; absent parts stay. An empty full name becomes the name.
struct ProfileChange {
    std::optional<std::string> fullname = {};
    std::optional<std::string> bio = {};
    std::optional<std::string> homepage = {};
};

/// For the account's owner: its profile, and its e-mail address, which needs the password.
/// Fails: kInvalidArgument with the member at fault; kForbidden/kWrongPassword, slowed like sign-in;
///        kAlreadyExists/kEmailTaken; kNotFound. Nothing is changed then.
Result<void> change_own_profile(Hub&, const Actor& by, RowId user, const ProfileChange& change,
                                const std::optional<std::string>& email, const Secret& password);
/// Of an organisation; the caller has decided that `by` may. Fails: kInvalidArgument; kNotFound.
Result<catalog::Owner> change_organization_profile(Hub&, const Actor& by, const std::string& org, const ProfileChange& change);

inline constexpr std::size_t kLargestAvatar = 1u << 20;  ///< octets
inline constexpr std::uint32_t kWidestAvatar = 4096;     ///< pixels each way

/// The kind of picture is what its content says. Fails: kInvalidArgument/kPictureInvalid; kTooLarge/kPictureTooLarge.
Result<void> set_avatar(Hub&, const Actor& by, RowId owner, ByteView picture);
/// One that is not there is fine.
Result<void> remove_avatar(Hub&, const Actor& by, RowId owner);
/// By the name of its owner; nothing for owners without one, and for those who are not there.
Result<std::optional<catalog::Avatar>> find_avatar(Hub&, std::string_view owner);

}  // namespace mirfa::hub
