// SPDX-License-Identifier: Apache-2.0
#include "client/tokens.h"

#include <sys/stat.h>

#include <charconv>

#include "base/ascii.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/percent.h"
#include "client/file_lock.h"
#include "client/hub.h"
#include "format/json_reader.h"

namespace mirfa::client {
namespace {

constexpr std::int64_t kRefreshSeconds = 24 * 3600;
constexpr std::chrono::seconds kLockLimit{30};

std::int64_t now_seconds() { return system_clock().now() / 1000; }

std::optional<std::int64_t> number(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || text.empty()) return std::nullopt;
    return value;
}

std::string value_of(const TokenSection& section, const std::string& key) {
    const auto found = section.find(key);
    return found == section.end() ? "" : found->second;
}

/// The section of the active token, if it can and should be refreshed now.
StoredTokens::iterator due_for_refresh(StoredTokens& stored, const std::string& active) {
    for (auto it = stored.begin(); it != stored.end(); ++it) {
        if (value_of(it->second, "hf_token") != active) continue;
        const auto ends = number(value_of(it->second, "expires_at"));
        const bool due = ends && *ends - now_seconds() < kRefreshSeconds;
        return due && !value_of(it->second, "refresh_token").empty() ? it : stored.end();
    }
    return stored.end();
}

Result<boost::json::value> ask_for_refresh(Hub& hub, const std::string& refresh_token) {
    const std::string form = "grant_type=refresh_token&refresh_token=" + percent_encode(refresh_token) +
                             "&client_id=" + percent_encode(hub.settings().oauth_client);
    fetch::Request request;
    request.method = "POST";
    request.url = hub.url("/oauth/token");
    request.headers = {{"Content-Type", "application/x-www-form-urlencoded"}};
    request.body = as_bytes(form);
    TRY(const auto answer, hub.http().send(request));
    if (!answer.ok()) return hub_error(answer, "refreshing the token");
    return format::parse_json(answer.body);
}

Result<std::string> refresh(Hub& hub, const TokenFiles& files, const std::string& old) {
    TRY(const auto lock, FileLock::acquire(files.lock_path(), kLockLimit));
    TRY(const auto now_active, files.active());
    if (!now_active.empty() && now_active != old) return now_active;  // another process was faster
    TRY(auto stored, files.stored());
    const auto section = due_for_refresh(stored, old);
    if (section == stored.end()) return old;
    TRY(const auto answer, ask_for_refresh(hub, value_of(section->second, "refresh_token")));
    TRY(const auto fresh, format::need_string(answer, "access_token"));
    section->second["hf_token"] = fresh;
    section->second["expires_at"] = std::to_string(now_seconds() + format::find_int(answer, "expires_in").value_or(0));
    if (const auto next = format::find_string(answer, "refresh_token")) section->second["refresh_token"] = *next;
    TRY(files.write_stored(stored));
    TRY(files.write_active(fresh));
    return fresh;
}

/// The text between [ and ], or nothing when the line opens no section.
std::optional<std::string> section_name(std::string_view line) {
    if (!line.starts_with('[')) return std::nullopt;
    const auto close = line.rfind(']');
    if (close == line.npos || close == 1) return std::nullopt;
    return std::string(line.substr(1, close - 1));
}

}  // namespace

StoredTokens parse_stored_tokens(std::string_view text) {
    StoredTokens tokens;
    TokenSection* section = nullptr;
    std::string* last_value = nullptr;
    for (auto line : split(text, '\n')) {
        const bool continues = !line.empty() && (line[0] == ' ' || line[0] == '\t');
        const auto trimmed = ascii_trim(line);
        if (trimmed.empty() || trimmed[0] == '#' || trimmed[0] == ';') continue;
        if (continues && last_value != nullptr) {
            *last_value += "\n" + std::string(trimmed);
            continue;
        }
        if (const auto name = section_name(trimmed)) {
            if (tokens.contains(*name)) return {};
            section = &tokens[*name];
            last_value = nullptr;
            continue;
        }
        const auto mark = trimmed.find_first_of("=:");
        if (section == nullptr || mark == trimmed.npos || mark == 0) return {};
        auto [place, is_new] = section->try_emplace(ascii_lower(ascii_trim(trimmed.substr(0, mark))));
        if (!is_new) return {};
        place->second = ascii_trim(trimmed.substr(mark + 1));
        last_value = &place->second;
    }
    tokens.erase("DEFAULT");
    return tokens;
}

namespace {

/// A value of several lines goes on in lines that begin with a tab.
std::string written(const std::string& key, std::string value) {
    for (std::size_t at = 0; (at = value.find('\n', at)) != value.npos; at += 2) value.replace(at, 1, "\n\t");
    return key + " = " + value + "\n";
}

}  // namespace

std::string write_stored_tokens(const StoredTokens& tokens) {
    std::string text;
    for (const auto& [name, section] : tokens) {
        text += "[" + name + "]\n";
        // The token first, as the Python client orders them.
        if (const auto token = section.find("hf_token"); token != section.end()) text += written(token->first, token->second);
        for (const auto& [key, value] : section)
            if (key != "hf_token") text += written(key, value);
        text += "\n";
    }
    return text;
}

TokenFiles::TokenFiles(const Settings& settings)
    : token_(settings.token_file), stored_(settings.token_file.parent_path() / "stored_tokens") {}

std::filesystem::path TokenFiles::lock_path() const { return stored_.parent_path() / "stored_tokens.lock"; }

namespace {

Result<std::string> read_or_empty(const std::filesystem::path& path) {
    auto text = read_small_file(path, 1u << 20);
    if (!text.has_value() && text.error().code == Code::kNotFound) return std::string();
    return text;
}

/// Both files are secrets, and so is their folder.
Result<void> write_secret(const std::filesystem::path& path, std::string_view text) {
    std::error_code failed;
    auto folder = path.parent_path();
    if (folder.empty()) folder = ".";
    TRY(ensure_folder(folder));
    (void)::chmod(folder.c_str(), 0700);
    const auto target = std::filesystem::is_symlink(path, failed) ? std::filesystem::weakly_canonical(path, failed) : path;
    return write_small_file(target, text);
}

Result<bool> remove_file(const std::filesystem::path& path) {
    std::error_code failed;
    const bool removed = std::filesystem::remove(path, failed);
    if (failed) return system_error("removing " + path.string(), failed.value());
    return removed;
}

}  // namespace

Result<std::string> TokenFiles::active() const {
    TRY(const auto text, read_or_empty(token_));
    std::string token;
    for (const char c : text)
        if (c != '\n' && c != '\r') token += c;
    return std::string(ascii_trim(token));
}
Result<StoredTokens> TokenFiles::stored() const {
    TRY(const auto text, read_or_empty(stored_));
    return parse_stored_tokens(text);
}
Result<void> TokenFiles::write_active(std::string_view token) const { return write_secret(token_, token); }
Result<void> TokenFiles::write_stored(const StoredTokens& tokens) const {
    return write_secret(stored_, write_stored_tokens(tokens));
}
Result<bool> TokenFiles::remove_active() const { return remove_file(token_); }
Result<bool> TokenFiles::remove_stored() const { return remove_file(stored_); }

Result<Secret> active_token(Hub& hub) {
    const TokenFiles files(hub.settings());
    TRY(const auto active, files.active());
    if (active.empty() || hub.settings().offline) return Secret(active);
    TRY(auto stored, files.stored());
    if (due_for_refresh(stored, active) == stored.end()) return Secret(active);
    auto fresh = refresh(hub, files, active);
    // The old token may still be good for hours; if it is not, the request it goes with says so better than we could.
    return Secret(fresh.has_value() ? fresh.value() : active);
}

}  // namespace mirfa::client
