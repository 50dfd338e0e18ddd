// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mirfa {

/// What the caller can do next. Kept short: a function names the two or three it can give.
enum class Code {
    kInvalidArgument,
    kNotFound,
    kAlreadyExists,
    kConflict,
    kUnauthenticated,
    kForbidden,
    kTooLarge,
    kTooManyRequests,
    kUnavailable,
    kTimedOut,
    kUnsupported,
    kOutOfSpace,
    kCorrupt,
    kInternal,
};

/// What exactly it was, where a client or a rule needs to know more than the code tells.
enum class Reason {
    kNone,
    kRepoNotFound,
    kRevisionNotFound,
    kEntryNotFound,
    kGated,
    kRepoDisabled,
    kBadCredentials,       ///< a token or password was given and is not (or no longer) good
    kMissingCredentials,   ///< none were given and they are needed
    kStaleParent,          ///< the branch moved since the caller looked: 412
    kContentMissing,       ///< an LFS object or xorb that is named is not stored
    kRangeNotSatisfiable,  ///< 416
    kUnprocessable,        ///< well-formed but refused by a rule: 422
    kNotBuilt,             ///< a feature this server does not have: 501
    // Accounts: what a form says beside the field, in the reader's language.
    kFieldMissing,     ///< or it is of another type
    kPageOutdated,     ///< the CSRF token is not the session's: ask for a new one and try again
    kOtherSite,        ///< sent by a page of another site
    kSessionNeeded,    ///< a token was given where only a signed-in browser will do
    kWrongPassword,    ///< of whoever signs in or confirms
    kAccountDisabled,  ///< by an administrator
    kNameInvalid,      ///< breaks a rule of names
    kNameReserved,     ///< is or may become a path of the site
    kNameTaken,        ///< somebody or something has it, or had it
    kEmailInvalid,
    kEmailTaken,
    kFullnameInvalid,
    kBioInvalid,
    kHomepageInvalid,
    kPasswordTooShort,
    kPasswordTooLong,
    kPasswordInvalid,  ///< no text
    kRoleInvalid,
    kScopesInvalid,
    kDateInvalid,
    kPictureInvalid,     ///< none of the kinds of pictures that are taken
    kPictureTooLarge,    ///< in octets or in pixels
    kSignUpClosed,       ///< accounts are made by administrators
    kInvitationInvalid,  ///< unknown, used up or over
    kCodeUnknown,        ///< a device code that is unknown, decided or over
    kSetupClosed,        ///< the one-time link was used or replaced
    kOwnAccount,         ///< what nobody may do to themselves
    kLastAdministrator,  ///< the hub or an organisation would be left without one
    kOwnsRepositories,   ///< what still has some is not deleted
    kConfirmationWrong,  ///< the name that was typed to confirm is another
};

struct Error {
    Code code = Code::kInternal;
    std::string message;  ///< for the person who asked: what, where, what to do
    Reason reason = Reason::kNone;
    std::string detail = {};  ///< for the log; never leaves the server
    std::string field = {};   ///< the member of the request that is at fault, as clients write it

    /// The same error with more for the log.
    Error with_detail(std::string_view text) &&;
    /// The same error about a member of the request; one that names its member already keeps it.
    Error in_field(std::string_view name) &&;
};

std::string_view name_of(Code code);
std::string_view name_of(Reason reason);

/// One line for logs: `code/reason: message (detail)`.
std::string describe(const Error& error);

/// An `kInternal` error for the person, with the truth in the detail.
Error internal_error(std::string detail);

/// A system call failed: `what` and the text of `errno_value`; a full disk becomes kOutOfSpace.
Error system_error(std::string_view what, int errno_value);

}  // namespace mirfa
