// SPDX-License-Identifier: Apache-2.0
#include "api/same_site.h"

#include "base/ascii.h"

namespace mirfa::api {
namespace {

/// Scheme, host and port of a URL.
std::string_view origin_of(std::string_view url) {
    const auto host = url.find("://");
    return url.substr(0, url.find('/', host == url.npos ? 0 : host + 3));
}

}  // namespace

Result<void> require_same_site(const http::Request& request, const hub::HubOptions& options) {
    const auto site = request.headers.get("Sec-Fetch-Site");
    const auto origin = request.headers.get("Origin");
    const bool right_site = site.empty() || site == "same-origin" || site == "none";
    if (right_site && (origin.empty() || ascii_iequals(origin, origin_of(options.public_url)))) return ok();
    return Error{
        Code::kForbidden,
        "This form was sent from another address than this hub's own. Open " + options.public_url + " and try again there.",
        Reason::kOtherSite};
}

}  // namespace mirfa::api
