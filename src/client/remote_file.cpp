// SPDX-License-Identifier: Apache-2.0
#include "client/remote_file.h"

#include <charconv>

#include "client/cache_layout.h"
#include "client/tree.h"
#include "fetch/url.h"

namespace mirfa::client {
namespace {

std::string plain_etag(std::string_view value) {
    while (!value.empty() && (value.front() == 'W' || value.front() == '/')) value.remove_prefix(1);
    while (!value.empty() && value.front() == '"') value.remove_prefix(1);
    while (!value.empty() && value.back() == '"') value.remove_suffix(1);
    return std::string(value);
}

std::optional<std::uint64_t> number(std::optional<std::string_view> text) {
    std::uint64_t value = 0;
    if (!text) return std::nullopt;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size()) return std::nullopt;
    return value;
}

Result<RemoteFile> read_headers(const fetch::Answer& answer, std::string_view path) {
    RemoteFile file;
    file.path = path;
    file.commit = answer.find("X-Repo-Commit").value_or("");
    file.etag = plain_etag(answer.find("X-Linked-Etag").value_or(answer.find("ETag").value_or("")));
    if (!is_commit(file.commit))
        return Error{Code::kCorrupt, std::string(path) + ": the hub's answer names no commit. Is HF_ENDPOINT a hub?"};
    TRY(check_etag(file.etag));
    file.bytes = number(answer.find("X-Linked-Size"));
    if (!file.bytes && answer.ok()) file.bytes = number(answer.find("Content-Length"));
    const auto xet = answer.find("X-Xet-Hash").value_or("");
    const auto link = link_of(answer.find("Link").value_or(""), "xet-auth");
    if (is_sha256_text(xet) && file.bytes && (link || answer.find("X-Xet-Refresh-Route"))) file.xet_hash = xet;
    file.url = answer.url;
    if (const auto location = answer.find("Location"); location && !answer.ok()) {
        TRY(file.url, fetch::resolve_url(answer.url, *location));
    }
    return file;
}

}  // namespace

Refusal refusal_of(const Error& error) {
    Refusal refusal{error};
    refusal.is_final = error.reason == Reason::kRevisionNotFound || error.reason == Reason::kEntryNotFound ||
                       error.code == Code::kInvalidArgument;
    refusal.is_passing =
        (error.code == Code::kUnavailable || error.code == Code::kTimedOut || error.code == Code::kTooManyRequests) &&
        !is_offline(error);
    return refusal;
}

Looked look_at_file(Hub& hub, const RepoId& repo, std::string_view revision, std::string_view path, int seconds, bool patiently) {
    fetch::Request request;
    request.method = "HEAD";
    request.url = hub.url(resolve_path(repo, revision, path));
    request.headers = {{"Accept-Encoding", "identity"}};
    request.redirects = fetch::Redirects::kWithinOrigin;
    request.limits.connect = request.limits.idle = std::chrono::seconds(seconds);
    auto answer = hub.ask(std::move(request), patiently);
    if (!answer.has_value()) return {std::nullopt, refusal_of(answer.error())};
    if (answer.value().status >= 400) {
        auto refusal = refusal_of(hub_error(answer.value(), title_of(repo) + "/" + std::string(path)));
        const auto commit = answer.value().find("X-Repo-Commit").value_or("");
        if (refusal.error.reason == Reason::kEntryNotFound && is_commit(commit)) refusal.missing_in_commit = commit;
        return {std::nullopt, std::move(refusal)};
    }
    auto file = read_headers(answer.value(), path);
    if (!file.has_value()) return {std::nullopt, refusal_of(file.error())};
    return {std::move(file).value(), std::nullopt};
}

}  // namespace mirfa::client
