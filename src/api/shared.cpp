// SPDX-License-Identifier: Apache-2.0
#include "api/operations.h"
#include "hub/large/large_objects.h"

namespace mirfa::api {

Result<catalog::Repository> require_repository(const Call& call, hub::Action action) {
    return call.hub.catalog.read([&](catalog::Session& s) -> Result<catalog::Repository> {
        TRY(auto found, hub::find_permitted(s, call.principal, call.path.type, call.path.owner, call.path.name, action));
        if (found.moved) TRY(hub::require(s, call.principal, found.repo, action));
        return std::move(found.repo);
    });
}

Result<void> send_large(const Call& call, const catalog::LargeObject& object, http::Response& response) {
    const auto size = static_cast<std::uint64_t>(object.size);
    http::ByteRange range{0, size};
    response.headers.set("Accept-Ranges", "bytes");
    if (call.request.verb == http::Verb::kGet) {
        const auto header = call.request.headers.get("Range");
        const auto asked = http::parse_range(header, size);
        if (!asked.has_value() && size > 0) {
            response.status = 416;
            response.headers.set("Content-Range", "bytes */" + std::to_string(size));
            response.text = "{\"error\":\"The range lies behind the end of the file.\"}";
            response.headers.set("Content-Type", "application/json; charset=utf-8");
            return ok();
        }
        if (!asked.has_value()) response.headers.set("Content-Range", "bytes */0");
        if (asked.has_value() && asked.value()) {
            range = *asked.value();
            response.status = 206;
            response.headers.set("Content-Range", "bytes " + std::to_string(range.first) + "-" +
                                                      std::to_string(range.last - 1) + "/" + std::to_string(size));
        }
        if (range.length() > 0) {
            TRY(response.stream, hub::open_large(call.hub, object, range.first, range.length()));
        }
    }
    response.length = range.length();
    return ok();
}

}  // namespace mirfa::api
