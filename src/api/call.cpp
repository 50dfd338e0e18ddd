// SPDX-License-Identifier: Apache-2.0
#include "api/call.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/percent.h"
#include "format/json_reader.h"

namespace mirfa::api {

using catalog::RepoType;

std::optional<std::int64_t> find_integer(std::string_view text) {
    std::int64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<std::string> Parameters::find(std::string_view name) const {
    for (const auto& [key, value] : pairs_)
        if (key == name) return value;
    return std::nullopt;
}

bool Parameters::is_true(std::string_view name) const {
    const auto value = find(name);
    return value && (value->empty() || *value == "1" || ascii_iequals(*value, "true"));
}

std::vector<std::string> Parameters::list(std::string_view name, bool commas) const {
    std::vector<std::string> values;
    const std::string bracketed = std::string(name) + "[]";
    for (const auto& [key, value] : pairs_) {
        if (key != name && key != bracketed) continue;
        if (!commas) {
            values.push_back(value);
            continue;
        }
        for (const auto part : split(value, ','))
            if (!part.empty()) values.emplace_back(part);
    }
    return values;
}

std::int64_t Parameters::number(std::string_view name, std::int64_t fallback, std::int64_t least, std::int64_t most) const {
    const auto text = find(name);
    const auto number = text ? find_integer(*text) : std::nullopt;
    return number ? std::clamp(*number, least, most) : fallback;
}

std::string_view Call::value(std::string_view name) const {
    const auto found = path.values.find(name);
    return found == path.values.end() ? std::string_view{} : std::string_view(found->second);
}

http::Response json_response(format::JsonWriter&& json, int status) {
    return text_response(status, "application/json; charset=utf-8", std::move(json).take());
}

http::Response empty_json_response() { return text_response(200, "application/json; charset=utf-8", "{}"); }

http::Response text_response(int status, std::string_view content_type, std::string text) {
    http::Response response;
    response.status = status;
    response.headers.set("Content-Type", std::string(content_type));
    response.text = std::move(text);
    return response;
}

Result<boost::json::value> json_body(const Call& call) {
    if (call.request.body.empty()) return boost::json::value(boost::json::object_kind);
    return format::parse_json(call.request.body, call.request.body.size());
}

Result<Parameters> form_body(const Call& call) {
    TRY(auto pairs, parse_query(call.request.body));
    return Parameters(std::move(pairs));
}

std::string_view singular_of(RepoType type) {
    auto word = plural_of(type);
    word.remove_suffix(1);
    return word;
}

std::optional<RepoType> type_of_plural(std::string_view word) {
    for (const auto type : {RepoType::kModel, RepoType::kDataset, RepoType::kSpace})
        if (plural_of(type) == word) return type;
    return std::nullopt;
}

std::optional<RepoType> type_of_singular(std::string_view word) { return type_of_plural(std::string(word) + "s"); }

std::string web_path(const catalog::Repository& repo) {
    const std::string prefix = repo.type == RepoType::kModel ? "/" : "/" + std::string(plural_of(repo.type)) + "/";
    return prefix + repo.full_name();
}

std::string api_path(const catalog::Repository& repo) {
    return "/api/" + std::string(plural_of(repo.type)) + "/" + repo.full_name();
}

std::string joined(const std::vector<std::string>& parts) {
    std::string text;
    for (const auto& part : parts) text += (text.empty() ? "" : "/") + part;
    return text;
}

std::string escape_html(std::string_view text) {
    std::string safe;
    for (const char c : text) {
        switch (c) {
            case '<': safe += "&lt;"; break;
            case '>': safe += "&gt;"; break;
            case '&': safe += "&amp;"; break;
            case '"': safe += "&quot;"; break;
            case '\'': safe += "&#39;"; break;
            case '\0': break;
            default: safe += c;
        }
    }
    return safe;
}

std::string path_of_url(std::string_view url) {
    const auto host = url.find("://");
    const auto slash = url.find('/', host == std::string_view::npos ? 0 : host + 3);
    return slash == std::string_view::npos ? "" : std::string(url.substr(slash));
}

std::string_view local_path(std::string_view path, std::string_view prefix) {
    if (!prefix.empty() && path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/'))
        path.remove_prefix(prefix.size());
    return path.empty() ? std::string_view("/") : path;
}

namespace {

/// Some clients take the header apart at commas and brackets wherever they stand.
std::string safe_in_link(std::string_view encoded_path) {
    std::string safe;
    for (const char c : encoded_path) {
        if (std::string_view(",;<>\"").find(c) == std::string_view::npos)
            safe += c;
        else
            safe += percent_encode({&c, 1});
    }
    return safe;
}

}  // namespace

void add_next_link(http::Response& response, const Call& call, std::string_view cursor) {
    const auto path = local_path(call.request.path, path_of_url(call.hub.options.public_url));
    std::string url = call.url(safe_in_link(path)) + "?";
    for (const auto& [key, value] : call.query.pairs())
        if (key != "cursor") url += percent_encode(key) + "=" + percent_encode(value) + "&";
    url += "cursor=" + percent_encode(cursor);
    response.headers.set("Link", "<" + url + ">; rel=\"next\"");
}

}  // namespace mirfa::api
