// SPDX-License-Identifier: Apache-2.0
#include "pages/site.h"

#include "base/percent.h"

namespace mirfa::pages {
namespace {

std::string at_revision(const catalog::Repository& repo, std::string_view kind, std::string_view revision,
                        std::string_view path) {
    std::string address = api::web_path(repo) + "/" + std::string(kind) + "/" + percent_encode(revision);
    if (!path.empty()) address += "/" + percent_encode(path, "/");
    return address;
}

}  // namespace

std::string site_path(const Call& call, std::string_view path) {
    return api::path_of_url(call.hub.options.public_url) + std::string(path);
}

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

std::string tree_path(const catalog::Repository& repo, std::string_view revision, std::string_view path) {
    return at_revision(repo, "tree", revision, path);
}

std::string blob_path(const catalog::Repository& repo, std::string_view revision, std::string_view path) {
    return at_revision(repo, "blob", revision, path);
}

}  // namespace mirfa::pages
