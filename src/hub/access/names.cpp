// SPDX-License-Identifier: Apache-2.0
#include "hub/access/names.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/ascii.h"

namespace mirfa::hub {
namespace {

// First path segments of the site, now or later; compared in lower case.
// clang-format off
constexpr std::array kReserved = std::to_array<std::string_view>({
    ".well-known", "about", "account", "accounts", "admin", "administrator", "api", "assets", "ar", "auth", "avatars",
    "billing", "blog", "buckets", "cas", "chat", "collections", "contact", "de", "device", "docs", "en", "es", "explore",
    "fa", "favicon.ico", "fr", "front", "health", "healthz", "help", "home", "huggingface", "hub", "index", "it", "ja", "jobs",
    "join", "kernels", "ko", "legal", "lfs", "login", "logout", "me", "metrics", "mirfa", "models", "new", "new-dataset",
    "new-space", "none",
    "notifications", "null", "oauth", "org", "organization", "organizations", "orgs", "papers", "posts", "pricing",
    "privacy", "profile", "pt", "repos", "robots.txt", "root", "ru", "search", "security", "settings", "setup", "shard",
    "shards", "signin", "signup", "sitemap.xml", "spaces", "static", "status", "support", "system", "tasks", "terms", "tr",
    "undefined", "upload", "uploads", "user", "users", "v1", "v2", "v3", "welcome", "zh", "datasets"});
// clang-format on

Error broken(std::string_view name, std::string_view rule, Reason reason = Reason::kNameInvalid) {
    return Error{Code::kInvalidArgument, "The name \"" + std::string(name.substr(0, 100)) + "\" " + std::string(rule), reason};
}

}  // namespace

Result<void> check_repo_name(std::string_view name) {
    if (name.empty() || name.size() > 96) return broken(name, "must have 1 to 96 characters.");
    const bool allowed =
        std::all_of(name.begin(), name.end(), [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; });
    if (!allowed) return broken(name, "may only hold ASCII letters, digits, '-', '_' and '.'.");
    if (name.front() == '-' || name.front() == '.' || name.back() == '-' || name.back() == '.')
        return broken(name, "must not begin or end with '-' or '.'.");
    if (name.find("--") != name.npos || name.find("..") != name.npos) return broken(name, "must not hold '--' or '..'.");
    const auto lower = ascii_lower(name);
    if (lower.ends_with(".git") || lower.ends_with(".ipynb")) return broken(name, "must not end with '.git' or '.ipynb'.");
    return ok();
}

Result<void> check_owner_name(std::string_view name) {
    TRY(check_repo_name(name));
    if (is_reserved_name(name)) return broken(name, "is reserved for the site itself. Choose another.", Reason::kNameReserved);
    return ok();
}

bool is_reserved_name(std::string_view name) {
    return std::find(kReserved.begin(), kReserved.end(), ascii_lower(name)) != kReserved.end();
}

}  // namespace mirfa::hub
