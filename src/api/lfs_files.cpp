// SPDX-License-Identifier: Apache-2.0
// the large files a repository stores, and what room they take. R-31: handing them to another repository.
#include <algorithm>

#include "api/operations.h"
#include "hub/repos/large_files.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

constexpr std::size_t kMaxCopies = 500;

struct Target {
    catalog::RepoType type;
    std::string owner;
    std::string name;
};

Result<Target> target_in(const boost::json::value& json) {
    const auto* target = format::find_member(json, "target");
    if (target == nullptr) return Error{Code::kInvalidArgument, "\"target\" is missing: the repository to copy to."};
    const auto type = type_of_singular(format::find_string(*target, "type").value_or("model"));
    if (!type) return Error{Code::kInvalidArgument, "\"target.type\" must be one of model, dataset, space."};
    TRY(const auto id, format::need_string(*target, "name"));
    const auto slash = id.find('/');
    if (slash == std::string::npos) return Error{Code::kInvalidArgument, "\"target.name\" must be written as owner/name."};
    return Target{*type, id.substr(0, slash), id.substr(slash + 1)};
}

Result<std::vector<hub::WantedCopy>> copies_in(const boost::json::value& json) {
    TRY(const auto* items, format::need_array(json, "files"));
    if (items->size() > kMaxCopies) return Error{Code::kTooLarge, "At most 500 files can be copied at once."};
    std::vector<hub::WantedCopy> copies;
    for (const auto& item : *items) {
        hub::WantedCopy wanted;
        TRY(const auto sha256, format::need_string(item, "sha256"));
        TRY(wanted.sha256, Sha256::parse(sha256));
        if (const auto xet = format::find_string(item, "xetHash")) {
            TRY(wanted.xet_hash, format::parse_xet_hash(*xet));
        }
        copies.push_back(wanted);
    }
    return copies;
}

}  // namespace

Result<http::Response> repo_storage(Call& call) {
    TRY(const auto storage, hub::load_repo_storage(call.hub, call.repository()));
    JsonWriter json;
    json.object().field("logical", storage.logical).field("stored", storage.stored);
    json.field("saved", std::max<std::int64_t>(0, storage.logical - storage.stored)).field("objects", storage.objects);
    return json_response(std::move(json));
}

Result<http::Response> lfs_files(Call& call) {
    std::optional<Sha256> after;
    if (const auto cursor = call.query.find("cursor")) {
        const auto parsed = Sha256::parse(*cursor);
        if (!parsed.has_value()) return Error{Code::kInvalidArgument, "The cursor is not one of this list."};
        after = parsed.value();
    }
    const auto limit = static_cast<int>(call.query.number("limit", 1'000, 1, 1'000));
    TRY(const auto page, hub::list_large_files(call.hub, call.repository(), after, limit));
    JsonWriter json;
    json.array();
    for (const auto& item : page.items) {
        const std::string oid = item.object.sha256.hex();
        json.object().field("fileOid", oid).field("filename", item.path.empty() ? oid : item.path).field("oid", oid);
        json.field("pushedAt", to_iso8601(item.pushed)).field("size", item.object.size);
        if (!item.ref.empty()) json.field("ref", item.ref);
        json.end();
    }
    auto response = json_response(std::move(json));
    if (page.next) add_next_link(response, call, page.next->hex());
    return response;
}

Result<http::Response> lfs_files_duplicate(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(const auto target, target_in(json));
    TRY(const auto copies, copies_in(json));
    TRY(const auto failed,
        hub::share_large_files(call.hub, call.repository(), call.principal, target.type, target.owner, target.name, copies));
    JsonWriter answer;
    answer.object().array("failed");
    for (const auto& copy : failed) answer.object().field("sha256", copy.sha256.hex()).field("error", copy.message).end();
    return json_response(std::move(answer));
}

}  // namespace mirfa::api
