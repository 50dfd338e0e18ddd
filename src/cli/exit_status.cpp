// SPDX-License-Identifier: Apache-2.0
#include "cli/exit_status.h"

namespace mirfa::cli {

int exit_status(client::Kind kind) {
    using client::Kind;
    switch (kind) {
        case Kind::kInvalidArgument: return kUsage;
        case Kind::kNotFound: return kNotFound;
        case Kind::kAlreadyExists:
        case Kind::kConflict: return kConflict;
        case Kind::kUnauthenticated:
        case Kind::kForbidden: return kNotAllowed;
        case Kind::kUnavailable:
        case Kind::kOffline: return kTryLater;
        case Kind::kTooLarge:
        case Kind::kCorrupt:
        case Kind::kLocal:
        case Kind::kInternal: return kFailed;
    }
    return kFailed;
}

}  // namespace mirfa::cli
