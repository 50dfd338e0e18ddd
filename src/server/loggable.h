// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mirfa::server {

/// The address of a request as the log may hold it: at most 500 octets, without what opens something by itself (seals,
/// device codes, the link that makes the first administrator, tokens that somebody wrote into an address).
std::string loggable(std::string_view path, std::string_view query);

}  // namespace mirfa::server
