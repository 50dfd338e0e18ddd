// SPDX-License-Identifier: Apache-2.0
// what differs between two revisions, as text.
#include "hub/repos/compare.h"

#include "api/operations.h"

namespace mirfa::api {

Result<http::Response> compare(Call& call) {
    std::string spec;
    for (const auto& part : call.path.rest) spec += (spec.empty() ? "" : "/") + part;
    const auto form = call.query.is_true("raw") ? hub::DiffForm::kRaw : hub::DiffForm::kUnified;
    TRY(auto text, hub::compare_revisions(call.hub, call.repository(), spec, form));
    return text_response(200, "text/plain; charset=utf-8", std::move(text));
}

}  // namespace mirfa::api
