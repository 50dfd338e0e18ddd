// SPDX-License-Identifier: Apache-2.0
// R-65…R-68: git-lfs locks.
#include <charconv>

#include "api/operations.h"
#include "base/random.h"
#include "catalog/locks.h"

namespace mirfa::api {
namespace {

using catalog::LfsLock;
using catalog::Session;
using format::JsonWriter;

constexpr int kPage = 100;

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void write_lock(JsonWriter& json, const LfsLock& lock) {
    json.field("id", std::to_string(lock.id)).field("path", lock.path).field("locked_at", to_iso8601(lock.created));
    json.object("owner").field("name", lock.user_name).end();
}

http::Response lfs_json(JsonWriter&& json, int status = 200) {
    return text_response(status, "application/vnd.git-lfs+json; charset=utf-8", std::move(json).take());
}

http::Response one_lock(const LfsLock& lock, int status, std::string_view message = "") {
    JsonWriter json;
    json.object().object("lock");
    write_lock(json, lock);
    json.end();
    if (!message.empty()) json.field("message", message);
    return lfs_json(std::move(json), status);
}

std::string ref_in(const boost::json::value& json) {
    const auto* ref = format::find_member(json, "ref");
    return ref == nullptr ? "" : std::string(format::find_string(*ref, "name").value_or(""));
}

}  // namespace

Result<http::Response> lfs_lock(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(const auto path, format::need_string(json, "path"));
    const LfsLock lock{new_row_id(), call.repository().id, path, ref_in(json), call.principal.user, call.principal.name,
                       call.hub.clock.now()};
    const auto made = call.hub.catalog.write([&](Session& s) { return catalog::insert_lock(s, lock); });
    if (made.has_value()) return one_lock(lock, 201);
    if (made.error().code != Code::kAlreadyExists) return made.error();
    TRY(const auto existing, call.hub.catalog.read([&](Session& s) {
        return catalog::list_locks(s, call.repository().id, {.path = path});
    }));
    if (existing.empty()) return made.error();
    return one_lock(existing[0], 409, "already created lock");
}

Result<http::Response> lfs_locks(Call& call) {
    catalog::LockQuery query{.path = call.query.find("path"), .limit = static_cast<int>(call.query.number("limit", kPage, 1, kPage))};
    if (const auto id = call.query.find("id")) query.id = to_number(*id);
    query.after = to_number(call.query.find("cursor").value_or("0"));
    TRY(const auto locks, call.hub.catalog.read([&](Session& s) { return catalog::list_locks(s, call.repository().id, query); }));
    JsonWriter json;
    json.object().array("locks");
    for (const auto& lock : locks) {
        json.object();
        write_lock(json, lock);
        json.end();
    }
    json.end();
    if (static_cast<int>(locks.size()) == query.limit) json.field("next_cursor", std::to_string(locks.back().id));
    return lfs_json(std::move(json));
}

Result<http::Response> lfs_locks_verify(Call& call) {
    TRY(const auto body, json_body(call));
    catalog::LockQuery query{.limit = kPage};
    query.after = to_number(format::find_string(body, "cursor").value_or("0"));
    TRY(const auto locks, call.hub.catalog.read([&](Session& s) { return catalog::list_locks(s, call.repository().id, query); }));
    JsonWriter json;
    json.object();
    for (const bool ours : {true, false}) {
        json.array(ours ? "ours" : "theirs");
        for (const auto& lock : locks) {
            if ((lock.user == call.principal.user) != ours) continue;
            json.object();
            write_lock(json, lock);
            json.end();
        }
        json.end();
    }
    if (static_cast<int>(locks.size()) == query.limit) json.field("next_cursor", std::to_string(locks.back().id));
    return lfs_json(std::move(json));
}

/// Another's lock is taken away only by force, and only by who administers the repository.
Result<http::Response> lfs_unlock(Call& call) {
    TRY(const auto body, json_body(call));
    const bool force = format::find_bool(body, "force").value_or(false);
    const auto id = to_number(call.value("id"));
    return call.hub.catalog.write([&](Session& s) -> Result<http::Response> {
        TRY(const auto found, catalog::list_locks(s, call.repository().id, {.id = id == 0 ? -1 : id}));
        if (found.empty()) return Error{Code::kNotFound, "There is no such lock."};
        if (found[0].user != call.principal.user) {
            if (!force) return Error{Code::kForbidden, "The lock belongs to " + found[0].user_name + ". Use --force if you administer the repository."};
            TRY(hub::require(s, call.principal, call.repository(), hub::Action::kAdminister));
        }
        TRY(catalog::delete_lock(s, call.repository().id, id));
        return one_lock(found[0], 200);
    });
}

}  // namespace mirfa::api
