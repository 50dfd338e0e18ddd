// SPDX-License-Identifier: Apache-2.0
// R-45…R-48: the octets of a file at a revision. HEAD and GET answer directly, with the same headers; a file of a
// repository is data and must not run in the hub's origin, whatever it claims to be.
#include "api/errors.h"
#include "api/operations.h"
#include "base/ascii.h"
#include "base/percent.h"
#include "http/conditional.h"
#include "hub/large/large_objects.h"
#include "hub/repos/files.h"

namespace mirfa::api {
namespace {

using hub::FileLocation;

struct Type {
    std::string_view extension;
    std::string_view content_type;
};
// What browsers may show inline; everything else is octets. None of these can run script under the CSP below.
constexpr Type kTypes[] = {
    {".txt", "text/plain; charset=utf-8"},
    {".md", "text/plain; charset=utf-8"},
    {".json", "application/json"},
    {".jsonl", "text/plain; charset=utf-8"},
    {".yaml", "text/plain; charset=utf-8"},
    {".yml", "text/plain; charset=utf-8"},
    {".py", "text/plain; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".avif", "image/avif"},
    {".bmp", "image/bmp"},
    {".ico", "image/x-icon"},
    {".mp4", "video/mp4"},
    {".webm", "video/webm"},
    {".m4v", "video/mp4"},
    {".mov", "video/quicktime"},
    {".ogv", "video/ogg"},
    {".wav", "audio/wav"},
    {".mp3", "audio/mpeg"},
    {".flac", "audio/flac"},
    {".ogg", "audio/ogg"},
    {".oga", "audio/ogg"},
    {".opus", "audio/ogg"},
    {".m4a", "audio/mp4"},
    {".aac", "audio/aac"},
};
constexpr std::string_view kRunnable[] = {".html", ".htm", ".xhtml", ".svg", ".xml", ".pdf", ".js", ".mjs", ".wasm"};

std::string_view content_type_of(std::string_view lower_path) {
    for (const auto& type : kTypes)
        if (lower_path.ends_with(type.extension)) return type.content_type;
    return "application/octet-stream";
}

bool is_runnable(std::string_view lower_path) {
    for (const auto extension : kRunnable)
        if (lower_path.ends_with(extension)) return true;
    return false;
}

std::string disposition_of(std::string_view path, bool attachment) {
    const auto slash = path.rfind('/');
    const auto name = slash == std::string_view::npos ? path : path.substr(slash + 1);
    std::string plain;
    for (const char c : name) plain += c < 0x20 || c > 0x7e || c == '"' || c == '\\' ? '_' : c;
    return std::string(attachment ? "attachment" : "inline") + "; filename*=UTF-8''" + percent_encode(name) + "; filename=\"" +
           plain + "\";";
}

void add_safety_headers(http::Response& response, std::string_view path, bool download) {
    const auto lower = ascii_lower(path);
    response.headers.set("Content-Type", std::string(content_type_of(lower)));
    response.headers.set("Content-Disposition", disposition_of(path, download || is_runnable(lower)));
    response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
    response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
}

std::string in_quotes(std::string_view text) { return "\"" + std::string(text) + "\""; }

void add_identity_headers(http::Response& response, const ObjectId& commit, const std::string& etag, std::uint64_t size) {
    response.headers.set("X-Repo-Commit", commit.hex());
    response.headers.set("ETag", in_quotes(etag));
    response.headers.set("X-Linked-Etag", in_quotes(etag));
    response.headers.set("X-Linked-Size", std::to_string(size));
    response.headers.set("Accept-Ranges", "bytes");
}

void add_xet_headers(http::Response& response, const Call& call, const ObjectId& commit, const format::XetHash& hash) {
    const std::string text = format::to_string(hash);
    response.headers.set("X-Xet-Hash", text);
    response.headers.set("Link", "<" + call.url(api_path(call.repository())) + "/xet-read-token/" + commit.hex() +
                                     ">; rel=\"xet-auth\", <" + call.url("/cas/v1/reconstructions/") + text +
                                     ">; rel=\"xet-reconstruction-info\"");
}

http::Response no_such_entry(const FileLocation& location, std::string_view revision) {
    const Error error{Code::kNotFound, "File not found: " + location.path + " at " + std::string(revision),
                      Reason::kEntryNotFound};
    auto response = error_response(error, ErrorStyle::kJson);
    response.headers.set("X-Repo-Commit", location.commit.hex());
    return response;
}

/// The small answer by which @huggingface/hub learns how to read a file through the chunk store.
http::Response xet_file_info(const Call& call, const FileLocation& location, const catalog::LargeObject& large) {
    const std::string hash = format::to_string(*large.xet_file);
    format::JsonWriter json;
    json.object().field("hash", hash).field("etag", in_quotes(large.sha256.hex())).field("size", large.size);
    json.field("refreshUrl", call.url(api_path(call.repository())) + "/xet-read-token/" + location.commit.hex());
    json.field("reconstructionUrl", call.url("/cas/v1/reconstructions/") + hash);
    auto response = json_response(std::move(json));
    add_identity_headers(response, location.commit, large.sha256.hex(), static_cast<std::uint64_t>(large.size));
    add_xet_headers(response, call, location.commit, *large.xet_file);
    response.headers.set("Content-Type", "application/vnd.xet-fileinfo+json");
    return response;
}

Result<http::Response> send_file(const Call& call, const FileLocation& location, const hub::FileFacts& file, bool pointer) {
    http::Response response;
    const bool large = file.large && !pointer;
    const std::string etag = large ? file.large->sha256.hex() : file.blob.hex();
    const auto size = static_cast<std::uint64_t>(large ? file.large->size : file.blob_size);
    add_safety_headers(response, location.path, call.query.is_true("download"));
    add_identity_headers(response, location.commit, etag, size);
    if (large && file.large->xet_file) add_xet_headers(response, call, location.commit, *file.large->xet_file);
    if (http::none_match_names(call.request.headers.get("If-None-Match"), in_quotes(etag))) {
        response.status = 304;
        return response;
    }
    if (large) {
        TRY(send_large(call, *file.large, response));
    } else {
        TRY(auto content, hub::read_file(call.hub, call.repository(), file));
        TRY(send_bytes(call, std::move(content), response));
    }
    return response;
}

Result<http::Response> send(Call& call, bool pointer) {
    TRY(const auto location, hub::locate_file(call.hub, call.repository(), call.path.rest));
    if (!location.file) return no_such_entry(location, location.revision);
    const auto& file = *location.file;
    const bool asks_for_info =
        call.request.headers.get("Accept").find("application/vnd.xet-fileinfo+json") != std::string_view::npos;
    if (asks_for_info && !pointer && file.large && file.large->xet_file) return xet_file_info(call, location, *file.large);
    TRY(auto response, send_file(call, location, file, pointer));
    call.is_download = call.request.verb == http::Verb::kGet && response.status == 200;
    return response;
}

}  // namespace

Result<http::Response> resolve(Call& call) { return send(call, false); }

/// Like resolve, but large files give their pointer.
Result<http::Response> raw(Call& call) {
    TRY(auto response, send(call, true));
    if (response.status < 300) response.headers.set("Content-Type", "text/plain; charset=utf-8");
    return response;
}

/// Pinned to a full commit, so that it never changes; what only some may read is not for caches that many share.
Result<http::Response> resolve_cache(Call& call) {
    TRY(auto response, send(call, false));
    const bool pinned = !call.path.rest.empty() && call.path.rest[0] == response.headers.get("X-Repo-Commit");
    const auto& repo = call.repository();
    const bool for_all = !repo.is_private && repo.gated.empty() && !repo.disabled;
    response.headers.set("Vary", "Accept");  // one of its forms is the small answer for the chunk store
    if (response.status < 400 && pinned)
        response.headers.set("Cache-Control", std::string(for_all ? "public" : "private") + ", max-age=31536000, immutable");
    return response;
}

}  // namespace mirfa::api
