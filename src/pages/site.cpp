// SPDX-License-Identifier: Apache-2.0
#include "pages/site.h"

#include "base/percent.h"

namespace mirfa::pages {

std::string site_path(const Call& call, std::string_view path) {
    return api::path_of_url(call.hub.options.public_url) + std::string(path);
}

Error no_such_page() { return Error{Code::kNotFound, "There is nothing at this address. Check it for a typing error."}; }

http::Response go_to(const Call& call, std::string_view path) {
    auto response = api::text_response(303, "text/plain; charset=utf-8", "");
    response.headers.set("Location", site_path(call, path));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

std::optional<http::Response> sign_in_first(const Call& call) {
    if (call.principal.kind == hub::PrincipalKind::kSession) return std::nullopt;
    std::string here(api::local_path(call.request.path, site_path(call, "")));
    if (!call.request.query.empty()) here += "?" + call.request.query;
    return go_to(call, "/login?next=" + percent_encode(here));
}

std::string revision_path(const catalog::Repository& repo, std::string_view section, std::string_view revision,
                          std::string_view path) {
    std::string address = api::web_path(repo) + "/" + std::string(section) + "/" + percent_encode(revision);
    if (!path.empty()) address += "/" + percent_encode(path, "/");
    return address;
}

std::string tree_path(const catalog::Repository& repo, std::string_view revision, std::string_view path) {
    return revision_path(repo, "tree", revision, path);
}

std::string blob_path(const catalog::Repository& repo, std::string_view revision, std::string_view path) {
    return revision_path(repo, "blob", revision, path);
}

std::string about_address(const catalog::Repository& repo) {
    return api::api_path(repo) +
           "?expand=sha&expand=private&expand=gated&expand=likes&expand=lastModified&expand=cardData"
           "&expand=rights";
}

std::string like_address(const catalog::Repository& repo) { return api::api_path(repo) + "/like"; }

}  // namespace mirfa::pages
