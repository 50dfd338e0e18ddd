// SPDX-License-Identifier: Apache-2.0
#include "hub/access/principal.h"

#include <algorithm>
#include <array>

#include "format/json_reader.h"
#include "format/json_writer.h"

namespace mirfa::hub {
namespace {

constexpr std::array<std::string_view, 5> kEntityTypes = {"model", "dataset", "space", "user", "org"};
constexpr std::array<std::string_view, 4> kPermissions = {"repo.content.read", "repo.write", "discussion.write", "repo.admin"};

Result<Scope> parse_scope(const boost::json::value& json) {
    const auto* entity = format::find_member(json, "entity");
    if (entity == nullptr) return Error{Code::kInvalidArgument, "A scope has no \"entity\"."};
    Scope scope;
    TRY(scope.entity_type, format::need_string(*entity, "type"));
    TRY(scope.entity_name, format::need_string(*entity, "name"));
    if (std::find(kEntityTypes.begin(), kEntityTypes.end(), scope.entity_type) == kEntityTypes.end())
        return Error{Code::kInvalidArgument,
                     "The scope type \"" + scope.entity_type + "\" is not one of model, dataset, space, user, org."};
    TRY(const auto* permissions, format::need_array(json, "permissions"));
    for (const auto& item : *permissions) {
        const std::string name = item.is_string() ? std::string(item.get_string()) : "";
        if (std::find(kPermissions.begin(), kPermissions.end(), name) == kPermissions.end())
            return Error{
                Code::kInvalidArgument,
                "The permission \"" + name + "\" is not one of repo.content.read, repo.write, discussion.write, repo.admin."};
        scope.permissions.push_back(name);
    }
    return scope;
}

}  // namespace

Result<std::vector<Scope>> parse_scopes(std::string_view json) {
    std::vector<Scope> scopes;
    if (json.empty()) return scopes;
    TRY(const auto parsed, format::parse_json(json, 1u << 16));
    const auto* scoped = format::find_array(parsed, "scoped");
    if (scoped == nullptr) return scopes;
    for (const auto& item : *scoped) {
        TRY(auto scope, parse_scope(item));
        scopes.push_back(std::move(scope));
    }
    return scopes;
}

std::string write_scopes(const std::vector<Scope>& scopes) {
    format::JsonWriter json;
    json.object().array("scoped");
    for (const auto& scope : scopes) {
        json.object().object("entity").field("type", scope.entity_type).field("name", scope.entity_name).end();
        json.array("permissions");
        for (const auto& permission : scope.permissions) json.value(permission);
        json.end().end();
    }
    json.end().array("global").end();
    return std::move(json).take();
}

std::string Principal::label() const {
    switch (kind) {
        case PrincipalKind::kAnonymous: return "-";
        case PrincipalKind::kSession: return user < 0 ? name : name + "@browser";  // below 0: `mirfa admin`, no account
        case PrincipalKind::kToken: return name + "/" + token_name;
        case PrincipalKind::kCasToken: return "cas:" + std::to_string(user);
    }
    return "-";
}

}  // namespace mirfa::hub
