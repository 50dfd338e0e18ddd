// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/json_reader.h"
#include "format/json_writer.h"
#include "http/app.h"
#include "hub/access/permission.h"
#include "hub/hub.h"

namespace mirfa::api {

/// A decimal number that is the whole text.
std::optional<std::int64_t> find_integer(std::string_view text);

/// Parameters of a query string or form, in order, decoded. Lists may be written `a=1&a=2`, `a[]=1&a[]=2` or `a=1,2`.
class Parameters {
public:
    Parameters() = default;
    explicit Parameters(std::vector<std::pair<std::string, std::string>> pairs) : pairs_(std::move(pairs)) {}
    std::optional<std::string> find(std::string_view name) const;
    /// `true`, `True`, `1` and a bare name are true.
    bool is_true(std::string_view name) const;
    /// Every value of `name` and `name[]`. Commas separate only where `commas` says so.
    std::vector<std::string> list(std::string_view name, bool commas = true) const;
    /// A number in [least, most]; `fallback` when absent or no number.
    std::int64_t number(std::string_view name, std::int64_t fallback, std::int64_t least, std::int64_t most) const;
    const std::vector<std::pair<std::string, std::string>>& pairs() const { return pairs_; }

private:
    std::vector<std::pair<std::string, std::string>> pairs_;
};

/// What the pattern of a route took out of the path; everything is decoded.
struct PathParts {
    catalog::RepoType type = catalog::RepoType::kModel;
    std::string owner;                                       ///< of {repo}
    std::string name;                                        ///< of {repo}, without `.git`
    std::map<std::string, std::string, std::less<>> values;  ///< of {word}
    std::vector<std::string> rest;                           ///< of {rest*}: one per segment, `%2F` inside a segment kept as '/'
};

/// Answers a GET of the API inside the program, for the same visitor: pages bring these answers along. Nothing is counted
/// as a download. `target` is path and query, without the path of the public URL.
using AskInside = std::function<http::Response(std::string_view target)>;

/// One request on its way through a handler.
struct Call {
    hub::Hub& hub;
    http::Request& request;
    hub::Principal principal;
    PathParts path;
    Parameters query;
    /// Loaded and permitted, when the route's access says so.
    std::optional<catalog::Repository> repo;
    /// Set by a handler whose answer is a download of the repository.
    bool is_download = false;
    /// Set for every call that comes through HubApp.
    AskInside ask = {};

    const catalog::Repository& repository() const { return *repo; }
    /// A value of the path; "" when the route has none of that name.
    std::string_view value(std::string_view name) const;
    /// The public URL of the site with this path (begins with a slash) behind it.
    std::string url(std::string_view site_path) const { return hub.options.public_url + std::string(site_path); }
};

/// 200 with JSON.
http::Response json_response(format::JsonWriter&& json, int status = 200);
/// `{}`, where there is nothing to tell.
http::Response empty_json_response();
/// Small answers of any kind.
http::Response text_response(int status, std::string_view content_type, std::string text);
/// The body as JSON. Fails: kInvalidArgument.
Result<boost::json::value> json_body(const Call& call);
/// The body as a form. Fails: kInvalidArgument.
Result<Parameters> form_body(const Call& call);

/// Web path of a repository: `/datasets/acme/clips`.
std::string web_path(const catalog::Repository& repo);
/// API path of a repository: `/api/datasets/acme/clips`.
std::string api_path(const catalog::Repository& repo);
using catalog::plural_of;
std::string_view singular_of(catalog::RepoType type);  ///< model, dataset, space
std::optional<catalog::RepoType> type_of_singular(std::string_view word);
std::optional<catalog::RepoType> type_of_plural(std::string_view word);

/// The path of a URL, without a slash at its end: "" or "/hf".
std::string path_of_url(std::string_view url);
/// `path` without `prefix`, whether a proxy has taken it off already or not; at least "/".
std::string_view local_path(std::string_view path, std::string_view prefix);

/// The segments of a `{rest*}` with slashes between them.
std::string joined(const std::vector<std::string>& parts);

/// For text inside HTML elements and quoted attributes.
std::string escape_html(std::string_view text);

/// Adds `Link: <…>; rel="next"` with the request's own parameters and this cursor.
void add_next_link(http::Response& response, const Call& call, std::string_view cursor);

}  // namespace mirfa::api
