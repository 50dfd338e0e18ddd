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
};

struct Error {
    Code code = Code::kInternal;
    std::string message;  ///< for the person who asked: what, where, what to do
    Reason reason = Reason::kNone;
    std::string detail = {};  ///< for the log; never leaves the server

    /// The same error with more for the log.
    Error with_detail(std::string_view text) &&;
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
