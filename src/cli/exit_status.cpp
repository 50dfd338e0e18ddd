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

int exit_status(Code code) {
    switch (code) {
        case Code::kInvalidArgument:
        case Code::kUnsupported:
        case Code::kCorrupt:
        case Code::kTooLarge:
        case Code::kOutOfSpace:
        case Code::kInternal: return kFailed;
        case Code::kNotFound: return kNotFound;
        case Code::kAlreadyExists:
        case Code::kConflict: return kConflict;
        case Code::kUnauthenticated:
        case Code::kForbidden: return kNotAllowed;
        case Code::kTooManyRequests:
        case Code::kUnavailable:
        case Code::kTimedOut: return kTryLater;
    }
    return kFailed;
}

}  // namespace mirfa::cli
