// SPDX-License-Identifier: Apache-2.0
// R-65…R-68: git-lfs locks.
#include <charconv>

#include "api/operations.h"
#include "hub/large/locks.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

constexpr int kPage = 100;

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

void write_lock(JsonWriter& json, const hub::LfsLock& lock) {
    json.field("id", std::to_string(lock.id)).field("path", lock.path).field("locked_at", to_iso8601(lock.created));
    json.object("owner").field("name", lock.user_name).end();
}

/// An array of those locks that `wanted` picks.
template <class Wanted>
void write_locks(JsonWriter& json, std::string_view key, const std::vector<hub::LfsLock>& locks, Wanted wanted) {
    json.array(key);
    for (const auto& lock : locks) {
        if (!wanted(lock)) continue;
        json.object();
        write_lock(json, lock);
        json.end();
    }
    json.end();
}

void write_next(JsonWriter& json, const std::vector<hub::LfsLock>& locks, int limit) {
    if (static_cast<int>(locks.size()) == limit) json.field("next_cursor", std::to_string(locks.back().id));
}

http::Response lfs_json(JsonWriter&& json, int status = 200) {
    return text_response(status, "application/vnd.git-lfs+json; charset=utf-8", std::move(json).take());
}

http::Response one_lock(const hub::LfsLock& lock, int status, std::string_view message = "") {
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
    TRY(const auto outcome, hub::lock_path(call.hub, call.repository(), call.principal, path, ref_in(json)));
    if (outcome.is_new) return one_lock(outcome.lock, 201);
    return one_lock(outcome.lock, 409, "already created lock");
}

Result<http::Response> lfs_locks(Call& call) {
    hub::LockQuery query{.path = call.query.find("path"), .limit = static_cast<int>(call.query.number("limit", kPage, 1, kPage))};
    if (const auto id = call.query.find("id")) query.id = to_number(*id);
    query.after = to_number(call.query.find("cursor").value_or("0"));
    TRY(const auto locks, hub::list_locks(call.hub, call.repository(), query));
    JsonWriter json;
    json.object();
    write_locks(json, "locks", locks, [](const hub::LfsLock&) { return true; });
    write_next(json, locks, query.limit);
    return lfs_json(std::move(json));
}

Result<http::Response> lfs_locks_verify(Call& call) {
    TRY(const auto body, json_body(call));
    hub::LockQuery query{.limit = kPage};
    query.after = to_number(format::find_string(body, "cursor").value_or("0"));
    TRY(const auto locks, hub::list_locks(call.hub, call.repository(), query));
    JsonWriter json;
    json.object();
    const auto is_mine = [&](const hub::LfsLock& lock) { return lock.user == call.principal.user; };
    write_locks(json, "ours", locks, is_mine);
    write_locks(json, "theirs", locks, [&](const hub::LfsLock& lock) { return !is_mine(lock); });
    write_next(json, locks, query.limit);
    return lfs_json(std::move(json));
}

Result<http::Response> lfs_unlock(Call& call) {
    TRY(const auto body, json_body(call));
    const bool force = format::find_bool(body, "force").value_or(false);
    TRY(const auto lock, hub::unlock(call.hub, call.repository(), call.principal, to_number(call.value("lock")), force));
    return one_lock(lock, 200);
}

}  // namespace mirfa::api
