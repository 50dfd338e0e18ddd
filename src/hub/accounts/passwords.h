// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace mirfa::hub {

/// 8 to 1,024 characters of UTF-8. Fails: kInvalidArgument.
Result<void> check_password_rules(const Secret& password);

/// Argon2id in the text form that carries its own salt and cost.
///
/// Each takes tens of milliseconds and 32 MiB, so only a few run at once in a process and a few more may wait: sign-ins
/// cannot eat the machine. Fails: kTooManyRequests when too many wait. Threads: any; blocks.
Result<std::string> hash_password(const Secret& password);
/// Whether the password belongs to the hash. An empty `hash` (no such user) costs the same time and gives false.
Result<bool> verify_password(const std::string& hash, const Secret& password);

}  // namespace mirfa::hub
