// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/detail/account_rules.h"

#include <algorithm>

#include "base/ascii.h"
#include "catalog/repos.h"

namespace mirfa::hub {

using catalog::Membership;
using catalog::OrgRole;
using catalog::Owner;
using catalog::OwnerKind;
using catalog::Session;
using catalog::User;

namespace {

constexpr std::size_t kLongestBio = 1000;
constexpr std::size_t kLongestHomepage = 300;

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }

std::string quoted(std::string_view name) { return "\"" + std::string(name.substr(0, 100)) + "\""; }

}  // namespace

Error no_user(std::string_view name) { return Error{Code::kNotFound, "There is no user named " + quoted(name) + "."}; }
Error no_organization(std::string_view name) {
    return Error{Code::kNotFound, "There is no organization named " + quoted(name) + "."};
}

bool is_plain_text(std::string_view text) { return is_utf8(text) && std::none_of(text.begin(), text.end(), is_control); }

Result<void> check_email(std::string_view email) {
    const auto at = email.find('@');
    const bool shaped = at != email.npos && at > 0 && at + 1 < email.size() && email.find('@', at + 1) == email.npos;
    const bool clean = is_plain_text(email) && email.find_first_of(" <>\"(),:;[]\\") == email.npos;
    if (shaped && clean && email.size() <= 254) return ok();
    return Error{Code::kInvalidArgument, "The e-mail address is not one. Write it as name@example.org.", Reason::kEmailInvalid,
                 "", "email"};
}

Result<void> check_fullname(std::string_view fullname) {
    if (fullname.size() <= 200 && is_plain_text(fullname)) return ok();
    return Error{Code::kInvalidArgument, "The full name must be at most 200 octets of plain text.", Reason::kFullnameInvalid, "",
                 "fullname"};
}

Result<void> check_bio(std::string_view bio) {
    const bool plain = is_utf8(bio) && std::none_of(bio.begin(), bio.end(), [](char c) { return is_control(c) && c != '\n'; });
    if (plain && bio.size() <= kLongestBio) return ok();
    return Error{Code::kInvalidArgument, "What you say about yourself must be at most 1,000 octets of plain text.",
                 Reason::kBioInvalid, "", "bio"};
}

Result<void> check_homepage(std::string_view homepage) {
    if (homepage.empty()) return ok();
    const auto lower = ascii_lower(homepage.substr(0, 8));
    const std::size_t host = lower.starts_with("https://") ? 8 : lower.starts_with("http://") ? 7 : 0;
    const bool clean = is_plain_text(homepage) && homepage.find_first_of(" <>\"'`\\{}|^") == homepage.npos;
    const bool named = host > 0 && homepage.size() > host && homepage[host] != '/' &&
                       homepage.substr(host, homepage.find('/', host) - host).find('@') == homepage.npos;
    if (named && clean && homepage.size() <= kLongestHomepage) return ok();
    return Error{Code::kInvalidArgument, "The homepage is no web address. Write it as https://example.org.",
                 Reason::kHomepageInvalid, "", "homepage"};
}

Result<void> check_name_is_free(Session& session, const std::string& name) {
    TRY(const auto taken, catalog::find_owner(session, name));
    if (!taken) return ok();
    return Error{Code::kAlreadyExists, "The name " + quoted(name) + " is taken. Choose another.", Reason::kNameTaken, "", "name"};
}

Result<void> check_email_is_free(Session& session, const std::string& email, RowId user) {
    TRY(const auto same, catalog::find_user_by_email(session, email));
    if (!same || same->owner.id == user) return ok();
    return Error{Code::kAlreadyExists, "The e-mail address belongs to another user.", Reason::kEmailTaken, "", "email"};
}

Result<User> need_user(Session& session, std::string_view name) {
    TRY(auto user, catalog::find_user(session, name));
    if (!user) return no_user(name);
    return std::move(*user);
}

Result<Owner> need_organization(Session& session, std::string_view name) {
    TRY(auto org, catalog::find_owner(session, name));
    if (!org || org->kind != OwnerKind::kOrganization) return no_organization(name);
    return std::move(*org);
}

Result<bool> is_last_admin(Session& session, RowId org, RowId user) {
    TRY(const auto members, catalog::members_of(session, org));
    const auto is_admin = [](const Membership& member) { return member.role == OrgRole::kAdmin; };
    const auto admins = std::count_if(members.begin(), members.end(), is_admin);
    return admins == 1 && std::find_if(members.begin(), members.end(), is_admin)->owner.id == user;
}

Error keeps_an_admin(const Owner& org) {
    return Error{Code::kConflict,
                 "The organization \"" + org.name + "\" would be left without an administrator. Make somebody else one first.",
                 Reason::kLastAdministrator};
}

Result<void> check_owns_nothing(Session& session, const Owner& owner) {
    TRY(const auto count, catalog::count_repositories(session, owner.id));
    if (count == 0) return ok();
    return Error{Code::kConflict,
                 "\"" + owner.name + "\" still owns " + std::to_string(count) + (count == 1 ? " repository" : " repositories") +
                     ". Move or delete them first.",
                 Reason::kOwnsRepositories};
}

Result<void> check_may_stop_administering(Session& session, const User& user) {
    if (!user.is_admin || user.disabled) return ok();
    TRY(const auto admins, catalog::count_admins(session));
    if (admins > 1) return ok();
    return Error{Code::kConflict,
                 "\"" + user.owner.name + "\" is the last administrator of this hub. Make somebody else one first.",
                 Reason::kLastAdministrator};
}

}  // namespace mirfa::hub
