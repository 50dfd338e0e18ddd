// SPDX-License-Identifier: Apache-2.0
#include "http/detail/proxies.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"

namespace mirfa::http::detail {
namespace {

constexpr Address kMappedPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool is_mapped(const Address& address) { return std::equal(address.begin(), address.begin() + 12, kMappedPrefix.begin()); }

std::optional<Address> parse_bare_address(const std::string& text) {
    Address address = kMappedPrefix;
    if (inet_pton(AF_INET, text.c_str(), address.data() + 12) == 1) return address;
    if (inet_pton(AF_INET6, text.c_str(), address.data()) == 1) return address;
    return std::nullopt;
}

bool same_prefix(const Address& a, const Address& b, unsigned bits) {
    const auto whole = bits / 8;
    if (!std::equal(a.begin(), a.begin() + whole, b.begin())) return false;
    const unsigned rest = bits % 8;
    return rest == 0 || ((a[whole] ^ b[whole]) >> (8 - rest)) == 0;
}

/// Every element of every field of that name, in order.
std::vector<std::string_view> elements_of(const Headers& headers, std::string_view name) {
    std::vector<std::string_view> elements;
    for (const auto& [key, value] : headers.fields()) {
        if (!ascii_iequals(key, name)) continue;
        for (const auto part : split(value, ',')) elements.push_back(ascii_trim(part));
    }
    return elements;
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        return end == std::string_view::npos ? std::nullopt : parse_bare_address(std::string(text.substr(1, end - 1)));
    }
    const auto colon = text.find(':');
    if (colon != std::string_view::npos && colon == text.rfind(':')) text = text.substr(0, colon);
    return parse_bare_address(std::string(text));
}

std::string to_text(const Address& address) {
    char text[INET6_ADDRSTRLEN] = {};
    if (is_mapped(address))
        inet_ntop(AF_INET, address.data() + 12, text, sizeof text);
    else
        inet_ntop(AF_INET6, address.data(), text, sizeof text);
    return text;
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& entries) {
    TrustedProxies proxies;
    for (const std::string& entry : entries) {
        const auto slash = entry.find('/');
        const auto address = parse_bare_address(entry.substr(0, slash));
        unsigned bits = address && is_mapped(*address) ? 32 : 128;
        const unsigned most = bits;
        bool good = address.has_value();
        if (slash != std::string::npos) {
            const char* const end = entry.data() + entry.size();
            const auto parsed = std::from_chars(entry.data() + slash + 1, end, bits);
            good = good && parsed.ec == std::errc{} && parsed.ptr == end && bits <= most;
        }
        if (!good)
            return Error{Code::kInvalidArgument, "`" + entry +
                                                     "` in the list of trusted proxies is neither an address "
                                                     "nor a network. Write 10.1.2.3, 10.0.0.0/8 or fd00::/8."};
        proxies.networks_.push_back({*address, bits + (128 - most)});
    }
    return proxies;
}

bool TrustedProxies::contains(const Address& address) const {
    return std::any_of(networks_.begin(), networks_.end(),
                       [&](const Network& network) { return same_prefix(network.address, address, network.bits); });
}

void TrustedProxies::describe_client(const Address& peer, bool peer_uses_tls, Request& request) const {
    Address client = peer;
    request.over_tls = peer_uses_tls;
    if (!networks_.empty() && contains(peer)) {
        const auto forwarded = elements_of(request.headers, "X-Forwarded-For");
        for (auto element = forwarded.rbegin(); element != forwarded.rend(); ++element) {
            const auto address = parse_address(*element);
            if (!address) break;
            client = *address;
            if (!contains(client)) break;
        }
        const auto schemes = elements_of(request.headers, "X-Forwarded-Proto");
        if (!schemes.empty()) request.over_tls = ascii_iequals(schemes.back(), "https");
    }
    request.remote_address = to_text(client);
}

}  // namespace mirfa::http::detail
