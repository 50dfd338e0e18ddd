// SPDX-License-Identifier: Apache-2.0
// Values of headers that the hub reads: ranges lie inside their entity, cookies inside their header, addresses read back.
// The first two octets are the size of the entity, the rest is the value.
#include "format/testing/fuzz.h"
#include "http/conditional.h"
#include "http/cookies.h"
#include "http/detail/proxies.h"
#include "http/response.h"

using namespace mirfa;
using namespace mirfa::http;
using format::testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    const std::uint64_t entity = (std::uint64_t{data[0]} << 8) | data[1];
    const auto value = as_text(ByteView(data + 2, size - 2));

    if (const auto range = parse_range(value, entity); range.has_value() && range.value())
        require(range.value()->first < range.value()->last && range.value()->last <= entity);
    if (const auto ranges = parse_ranges(value, entity, 8); ranges.has_value()) {
        require(ranges.value().size() <= 8);
        for (const auto& range : ranges.value()) require(range.first < range.last && range.last <= entity);
    }
    (void)none_match_names(value, "\"tag\"");

    Headers headers;
    headers.add("Cookie", std::string(value));
    if (const auto cookie = find_cookie(headers, "session")) {
        const auto kept = headers.get("Cookie");
        require(cookie->data() >= kept.data() && cookie->data() + cookie->size() <= kept.data() + kept.size());
    }

    if (const auto address = detail::parse_address(value)) require(detail::parse_address(detail::to_text(*address)) == address);
    if (const auto proxies = detail::TrustedProxies::parse({std::string(value)}); proxies.has_value()) {
        Request request;
        request.headers.add("X-Forwarded-For", std::string(value));
        proxies.value().describe_client(detail::Address{}, false, request);
        require(!request.remote_address.empty());
    }
    return 0;
}
