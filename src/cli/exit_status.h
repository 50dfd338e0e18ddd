// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/outcome.h>

#include "base/error.h"

namespace mirfa::cli {

inline constexpr int kOk = 0;
inline constexpr int kFailed = 1;      ///< what was asked did not work; also a refused confirmation
inline constexpr int kUsage = 2;       ///< the command line itself is wrong
inline constexpr int kNotFound = 3;    ///< no such repository, revision, file
inline constexpr int kNotAllowed = 4;  ///< sign in, or ask for the right
inline constexpr int kConflict = 5;    ///< it exists already, or changed meanwhile
inline constexpr int kTryLater = 6;    ///< hub or network: repeating may help
inline constexpr int kInterrupted = 130;

/// The tables from failures to exit statuses: of the client library, and of what works on files of this machine.
int exit_status(client::Kind kind);
int exit_status(Code code);

}  // namespace mirfa::cli
