// SPDX-License-Identifier: Apache-2.0
#include "api/operations.h"
#include "http/conditional.h"
#include "hub/large/large_objects.h"

namespace mirfa::api {

Result<catalog::Repository> require_repository(const Call& call, hub::Action action) {
    return call.hub.catalog.read([&](catalog::Session& s) -> Result<catalog::Repository> {
        TRY(auto found, hub::find_permitted(s, call.principal, call.path.type, call.path.owner, call.path.name, action));
        if (found.moved) TRY(hub::require(s, call.principal, found.repo, action));
        return std::move(found.repo);
    });
}

namespace {

/// The part of an entity that a GET asks for, with status and headers set; nothing when there is no such part.
std::optional<http::ByteRange> choose_range(const Call& call, std::uint64_t size, http::Response& response) {
    response.headers.set("Accept-Ranges", "bytes");
    http::ByteRange range{0, size};
    response.length = size;
    if (call.request.verb == http::Verb::kHead) return range;
    if (!http::range_applies(call.request.headers, response.headers.get("ETag"))) return range;
    const auto asked = http::parse_range(call.request.headers.get("Range"), size);
    if (!asked.has_value()) {
        response.headers.set("Content-Range", "bytes */" + std::to_string(size));
        if (size == 0) return range;  // an empty file has no range that could be satisfied; clients want 200
        response.status = 416;
        response.headers.set("Content-Type", "application/json; charset=utf-8");
        response.headers.set("X-Error-Message", asked.error().message);
        response.text =
            "{\"error\":\"The range lies behind the end of the file.\",\"message\":\"The range lies behind the end of the "
            "file.\"}";
        response.length = response.text.size();
        return std::nullopt;
    }
    if (!asked.value()) return range;
    range = *asked.value();
    response.status = 206;
    response.headers.set("Content-Range", "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last - 1) + "/" +
                                              std::to_string(size));
    response.length = range.length();
    return range;
}

}  // namespace

Result<void> send_large(const Call& call, const catalog::LargeObject& object, http::Response& response) {
    const auto range = choose_range(call, static_cast<std::uint64_t>(object.size), response);
    if (!range || call.request.verb == http::Verb::kHead || range->length() == 0) return ok();
    TRY(response.stream, hub::open_large(call.hub, object, range->first, range->length()));
    return ok();
}

Result<void> send_bytes(const Call& call, Bytes content, http::Response& response) {
    const auto range = choose_range(call, content.size(), response);
    if (!range || call.request.verb == http::Verb::kHead) return ok();
    response.text.assign(as_text(content).substr(range->first, range->length()));
    return ok();
}

}  // namespace mirfa::api
