// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/request.h"

namespace mirfa::http::detail {

/// An address of either family in one form: sixteen octets, IPv4 as ::ffff:a.b.c.d.
using Address = std::array<std::uint8_t, 16>;

/// Accepts `1.2.3.4`, `1.2.3.4:80`, `::1`, `[::1]`, `[::1]:80`.
std::optional<Address> parse_address(std::string_view text);
/// The usual text form, IPv4 without its prefix.
std::string to_text(const Address& address);

/// Who may speak for others: a list of addresses and networks (`10.0.0.0/8`, `fd00::/8`).
class TrustedProxies {
public:
    /// Fails: kInvalidArgument, naming the entry.
    static Result<TrustedProxies> parse(const std::vector<std::string>& entries);
    bool contains(const Address& address) const;
    /// Sets remote_address and over_tls from the connection, and from X-Forwarded-For and -Proto where the connection
    /// comes from a trusted proxy: the nearest address that is not a trusted proxy itself.
    void describe_client(const Address& peer, bool peer_uses_tls, Request& request) const;

private:
    struct Network {
        Address address{};
        unsigned bits = 128;
    };
    std::vector<Network> networks_;
};

}  // namespace mirfa::http::detail
