// SPDX-License-Identifier: Apache-2.0
// /api/names: whether a name is free, while it is typed.
#include "api/accounts_shared.h"
#include "api/operations.h"
#include "hub/accounts/availability.h"

namespace mirfa::api {
namespace {

http::Response availability_answer(std::string_view name, const hub::Availability& found) {
    format::JsonWriter json;
    json.object().field("name", name).field("available", found.available());
    if (found.available())
        json.null("reason");
    else
        json.field("reason", name_of(found.reason));
    return private_json(std::move(json));
}

}  // namespace

Result<http::Response> name_available(Call& call) {
    const std::string name(call.value("name"));
    TRY(const auto found, hub::check_owner_availability(call.hub, name));
    return availability_answer(name, found);
}

Result<http::Response> repo_name_available(Call& call) {
    const auto word = call.query.find("type").value_or("model");
    const auto type = type_of_singular(word);
    if (!type) return Error{Code::kInvalidArgument, "\"type\" must be one of model, dataset, space.", Reason::kNone, "", "type"};
    const std::string owner(call.value("owner")), name(call.value("name"));
    TRY(const auto found, hub::check_repo_availability(call.hub, call.principal, *type, owner, name));
    return availability_answer(name, found);
}

}  // namespace mirfa::api
