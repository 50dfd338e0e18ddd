// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace mirfa {

/// What stands for one visitor when addresses are told apart: an IPv4 address is itself; of an IPv6 address it is the /64,
/// because whoever has one address has all of those. `address` as text, in any of its spellings; what is no address is
/// given back, cut at 64 octets.
std::string network_of(std::string_view address);

}  // namespace mirfa
