// SPDX-License-Identifier: Apache-2.0
#include "client/failure.h"

#include "client/hub.h"

namespace mirfa::client {
namespace {

Kind kind_of(Code code) {
    switch (code) {
        case Code::kInvalidArgument:
        case Code::kUnsupported: return Kind::kInvalidArgument;
        case Code::kNotFound: return Kind::kNotFound;
        case Code::kAlreadyExists: return Kind::kAlreadyExists;
        case Code::kConflict: return Kind::kConflict;
        case Code::kUnauthenticated: return Kind::kUnauthenticated;
        case Code::kForbidden: return Kind::kForbidden;
        case Code::kTooLarge: return Kind::kTooLarge;
        case Code::kTooManyRequests:
        case Code::kUnavailable:
        case Code::kTimedOut: return Kind::kUnavailable;
        case Code::kOutOfSpace: return Kind::kLocal;
        case Code::kCorrupt: return Kind::kCorrupt;
        case Code::kInternal: return Kind::kInternal;
    }
    return Kind::kInternal;
}

constexpr std::string_view kRequest = "request ";

}  // namespace

Failure to_failure(const Error& error) {
    Failure failure{kind_of(error.code), error.message, ""};
    // hub_error() notes the request in the detail; other details are system errors that explain the message.
    if (error.detail.starts_with(kRequest))
        failure.request_id = error.detail.substr(kRequest.size());
    else if (!error.detail.empty())
        failure.message += " (" + error.detail + ")";
    if (is_offline(error)) failure.kind = Kind::kOffline;
    if (error.code == Code::kInternal && !error.detail.empty() && failure.request_id.empty()) failure.kind = Kind::kLocal;
    return failure;
}

}  // namespace mirfa::client
