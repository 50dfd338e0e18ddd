// SPDX-License-Identifier: Apache-2.0
#include "fetch/url.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/ascii.h"

namespace mirfa::fetch {
namespace {

using Url = std::unique_ptr<CURLU, decltype(&curl_url_cleanup)>;

Error not_an_address(std::string_view url) {
    return Error{Code::kInvalidArgument, "\"" + std::string(url) + "\" is not an http or https address."};
}

Result<std::string> part(CURLU* url, CURLUPart which, unsigned flags, std::string_view whole) {
    char* text = nullptr;
    if (curl_url_get(url, which, &text, flags) != CURLUE_OK) return not_an_address(whole);
    std::string copy(text);
    curl_free(text);
    return copy;
}

Result<Url> parse(std::string_view text) {
    Url url(curl_url(), curl_url_cleanup);
    if (!url || curl_url_set(url.get(), CURLUPART_URL, std::string(text).c_str(), 0) != CURLUE_OK) return not_an_address(text);
    return url;
}

}  // namespace

Result<void> check_address(std::string_view text) {
    const auto front = ascii_lower(text.substr(0, 8));
    const auto host = text.substr(front.starts_with("https://") ? 8 : front.starts_with("http://") ? 7 : text.size());
    const auto is_blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; };
    if (host.empty() || host.front() == '/' || std::ranges::any_of(host, is_blank)) return not_an_address(text);
    return ok();
}

Result<std::string> origin_of(std::string_view text) {
    TRY(const auto url, parse(text));
    TRY(const auto scheme, part(url.get(), CURLUPART_SCHEME, 0, text));
    TRY(const auto host, part(url.get(), CURLUPART_HOST, 0, text));
    TRY(const auto port, part(url.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT, text));
    const auto lower = ascii_lower(scheme);
    if (lower != "http" && lower != "https") return not_an_address(text);
    return lower + "://" + ascii_lower(host) + ":" + port;
}

Result<std::string> resolve_url(std::string_view base, std::string_view reference) {
    TRY(const auto url, parse(base));
    if (curl_url_set(url.get(), CURLUPART_URL, std::string(reference).c_str(), 0) != CURLUE_OK) return not_an_address(reference);
    return part(url.get(), CURLUPART_URL, 0, reference);
}

}  // namespace mirfa::fetch
