// SPDX-License-Identifier: Apache-2.0
// The rules about accounts that several files of this folder keep.
#pragma once

#include <string_view>

#include "catalog/accounts.h"

namespace mirfa::hub {

using catalog::RowId;

Error no_user(std::string_view name);
Error no_organization(std::string_view name);

/// UTF-8 without control characters.
bool is_plain_text(std::string_view text);
/// Each fails with kInvalidArgument, its reason, and the member at fault.
Result<void> check_email(std::string_view email);
Result<void> check_fullname(std::string_view fullname);
/// Plain text of at most 1,000 octets that may have several lines.
Result<void> check_bio(std::string_view bio);
/// Nothing, or an http or https address of at most 300 octets.
Result<void> check_homepage(std::string_view homepage);

/// Fails: kAlreadyExists/kNameTaken, kAlreadyExists/kEmailTaken. `user` may keep an address that is theirs.
Result<void> check_name_is_free(catalog::Session&, const std::string& name);
Result<void> check_email_is_free(catalog::Session&, const std::string& email, RowId user);

/// Fails: kNotFound.
Result<catalog::User> need_user(catalog::Session&, std::string_view name);
Result<catalog::Owner> need_organization(catalog::Session&, std::string_view name);

/// Is `user` the only administrator of `org`?
Result<bool> is_last_admin(catalog::Session&, RowId org, RowId user);
Error keeps_an_admin(const catalog::Owner& org);
/// Fails: kConflict/kOwnsRepositories.
Result<void> check_owns_nothing(catalog::Session&, const catalog::Owner& owner);
/// Fails: kConflict/kLastAdministrator.
Result<void> check_may_stop_administering(catalog::Session&, const catalog::User& user);

}  // namespace mirfa::hub
