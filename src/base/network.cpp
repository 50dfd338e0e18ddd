// SPDX-License-Identifier: Apache-2.0
#include "base/network.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>

namespace mirfa {
namespace {

constexpr std::size_t kLongestAddress = 64;

}  // namespace

std::string network_of(std::string_view address) {
    const std::string text(address.substr(0, kLongestAddress));
    in6_addr parsed{};
    if (text.find(':') == text.npos || inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return text;
    std::array<char, INET6_ADDRSTRLEN> written{};
    if (IN6_IS_ADDR_V4MAPPED(&parsed)) {
        inet_ntop(AF_INET, &parsed.s6_addr[12], written.data(), written.size());
        return written.data();
    }
    std::fill(std::begin(parsed.s6_addr) + 8, std::end(parsed.s6_addr), std::uint8_t{0});
    inet_ntop(AF_INET6, &parsed, written.data(), written.size());
    return std::string(written.data()) + "/64";
}

}  // namespace mirfa
