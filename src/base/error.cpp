// SPDX-License-Identifier: Apache-2.0
#include "base/error.h"

#include <cerrno>
#include <system_error>

namespace mirfa {

Error Error::with_detail(std::string_view text) && {
    if (!detail.empty()) detail += "; ";
    detail += text;
    return std::move(*this);
}

Error Error::in_field(std::string_view name) && {
    if (field.empty()) field = name;
    return std::move(*this);
}

std::string_view name_of(Code code) {
    switch (code) {
        case Code::kInvalidArgument: return "invalid_argument";
        case Code::kNotFound: return "not_found";
        case Code::kAlreadyExists: return "already_exists";
        case Code::kConflict: return "conflict";
        case Code::kUnauthenticated: return "unauthenticated";
        case Code::kForbidden: return "forbidden";
        case Code::kTooLarge: return "too_large";
        case Code::kTooManyRequests: return "too_many_requests";
        case Code::kUnavailable: return "unavailable";
        case Code::kTimedOut: return "timed_out";
        case Code::kUnsupported: return "unsupported";
        case Code::kOutOfSpace: return "out_of_space";
        case Code::kCorrupt: return "corrupt";
        case Code::kInternal: return "internal";
    }
    return "unknown";
}

std::string_view name_of(Reason reason) {
    switch (reason) {
        case Reason::kNone: return "none";
        case Reason::kRepoNotFound: return "repo_not_found";
        case Reason::kRevisionNotFound: return "revision_not_found";
        case Reason::kEntryNotFound: return "entry_not_found";
        case Reason::kGated: return "gated";
        case Reason::kRepoDisabled: return "repo_disabled";
        case Reason::kBadCredentials: return "bad_credentials";
        case Reason::kMissingCredentials: return "missing_credentials";
        case Reason::kStaleParent: return "stale_parent";
        case Reason::kContentMissing: return "content_missing";
        case Reason::kRangeNotSatisfiable: return "range_not_satisfiable";
        case Reason::kUnprocessable: return "unprocessable";
        case Reason::kNotBuilt: return "not_built";
        case Reason::kFieldMissing: return "field_missing";
        case Reason::kPageOutdated: return "page_outdated";
        case Reason::kOtherSite: return "other_site";
        case Reason::kSessionNeeded: return "session_needed";
        case Reason::kWrongPassword: return "wrong_password";
        case Reason::kAccountDisabled: return "account_disabled";
        case Reason::kNameInvalid: return "name_invalid";
        case Reason::kNameReserved: return "name_reserved";
        case Reason::kNameTaken: return "name_taken";
        case Reason::kEmailInvalid: return "email_invalid";
        case Reason::kEmailTaken: return "email_taken";
        case Reason::kFullnameInvalid: return "fullname_invalid";
        case Reason::kBioInvalid: return "bio_invalid";
        case Reason::kHomepageInvalid: return "homepage_invalid";
        case Reason::kPasswordTooShort: return "password_too_short";
        case Reason::kPasswordTooLong: return "password_too_long";
        case Reason::kPasswordInvalid: return "password_invalid";
        case Reason::kRoleInvalid: return "role_invalid";
        case Reason::kScopesInvalid: return "scopes_invalid";
        case Reason::kDateInvalid: return "date_invalid";
        case Reason::kPictureInvalid: return "picture_invalid";
        case Reason::kPictureTooLarge: return "picture_too_large";
        case Reason::kSignUpClosed: return "sign_up_closed";
        case Reason::kInvitationInvalid: return "invitation_invalid";
        case Reason::kCodeUnknown: return "code_unknown";
        case Reason::kSetupClosed: return "setup_closed";
        case Reason::kOwnAccount: return "own_account";
        case Reason::kLastAdministrator: return "last_administrator";
        case Reason::kOwnsRepositories: return "owns_repositories";
        case Reason::kConfirmationWrong: return "confirmation_wrong";
    }
    return "unknown";
}

std::string describe(const Error& error) {
    std::string line{name_of(error.code)};
    if (error.reason != Reason::kNone) line.append("/").append(name_of(error.reason));
    line.append(": ").append(error.message);
    if (!error.detail.empty()) line.append(" (").append(error.detail).append(")");
    return line;
}

Error internal_error(std::string detail) {
    return Error{Code::kInternal, "Something went wrong on the server. The log has the details under this request's id.",
                 Reason::kNone, std::move(detail)};
}

Error system_error(std::string_view what, int errno_value) {
    auto detail = std::string(what) + ": " + std::generic_category().message(errno_value);
    if (errno_value == ENOSPC || errno_value == EDQUOT)
        return Error{Code::kOutOfSpace, "The server's disk is full. Ask its administrator to make room.", Reason::kNone,
                     std::move(detail)};
    return internal_error(std::move(detail));
}

}  // namespace mirfa
