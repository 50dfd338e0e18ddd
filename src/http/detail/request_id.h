// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "http/request.h"

namespace mirfa::http::detail {

/// The name of this request in logs and answers: the client's own X-Request-Id where it is up to 128 visible ASCII
/// characters, else one that holds its X-Amzn-Trace-Id, else a fresh one. Threads: any.
std::string choose_request_id(const Headers& headers);

}  // namespace mirfa::http::detail
