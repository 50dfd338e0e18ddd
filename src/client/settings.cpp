// SPDX-License-Identifier: Apache-2.0
#include <mirfa/settings.h>

#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>

#include "base/ascii.h"

namespace mirfa::client {
namespace {

/// The client id that hubs know as "a command on somebody's machine".
constexpr std::string_view kDeviceClient = "26be6b09-91c5-47da-9861-d2d2bb7a7e36";

std::optional<std::string> variable(const char* name) {
    const char* value = std::getenv(name);
    if (value == nullptr) return std::nullopt;
    return std::string(value);
}

std::string user_home() {
    if (const auto home = variable("HOME")) return *home;
    const passwd* entry = getpwuid(getuid());
    return entry ? entry->pw_dir : "/";
}

/// `~` at the front, `$NAME` and `${NAME}` anywhere; a name that is not set stays as text.
std::string expand(std::string text) {
    if (text == "~" || text.starts_with("~/")) text.replace(0, 1, user_home());
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const bool braces = text.compare(at, 2, "${") == 0;
        std::size_t end = at + (braces ? 2 : 1);
        const std::size_t begin = end;
        while (text[at] == '$' && end < text.size() && (is_ascii_alnum(text[end]) || text[end] == '_')) ++end;
        const auto value = end > begin && (!braces || (end < text.size() && text[end] == '}'))
                               ? variable(text.substr(begin, end - begin).c_str())
                               : std::nullopt;
        if (!value) {
            out += text[at++];
            continue;
        }
        out += *value;
        at = end + (braces ? 1 : 0);
    }
    return out;
}

/// A variable that is set but empty counts as set here: the Python client does the same.
std::filesystem::path path_of(std::initializer_list<const char*> names, const std::filesystem::path& otherwise) {
    for (const char* name : names)
        if (auto value = variable(name)) return expand(*std::move(value));
    return otherwise;
}

bool is_true(const std::string& text) {
    const auto lower = ascii_lower(text);
    return lower == "1" || lower == "on" || lower == "yes" || lower == "true";
}

bool flag(const char* name) {
    const auto value = variable(name);
    return value && is_true(*value);
}

int seconds_of(const char* name, int otherwise) {
    const auto text = variable(name).value_or("");
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value > 0 ? value : otherwise;
}

std::optional<std::string> token_of_environment() {
    for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"})
        if (const auto value = variable(name)) {
            const auto trimmed = ascii_trim(*value);
            if (!trimmed.empty()) return std::string(trimmed);
        }
    return std::nullopt;
}

bool offline_of_environment() {
    const auto first = variable("HF_HUB_OFFLINE").value_or("");
    return first.empty() ? flag("TRANSFORMERS_OFFLINE") : is_true(first);
}

}  // namespace

Settings Settings::from_environment() {
    Settings s;
    s.endpoint = variable("HF_ENDPOINT").value_or("");
    while (s.endpoint.ends_with('/')) s.endpoint.pop_back();
    const auto user_cache = variable("XDG_CACHE_HOME").value_or(user_home() + "/.cache");
    s.home = path_of({"HF_HOME"}, std::filesystem::path(expand(user_cache)) / "huggingface");
    s.hub_cache = path_of({"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}, s.home / "hub");
    s.token_file = path_of({"HF_TOKEN_PATH"}, s.home / "token");
    s.token = token_of_environment();
    s.oauth_client = variable("HF_DEVICE_CODE_OAUTH_CLIENT_ID").value_or(std::string(kDeviceClient));
    s.offline = offline_of_environment();
    s.symlinks = !flag("HF_HUB_DISABLE_SYMLINKS");
    s.xet = !flag("HF_HUB_DISABLE_XET");
    s.shared_blobs = !flag("HF_HUB_DISABLE_SHARED_BLOBS");
    s.implicit_token = !flag("HF_HUB_DISABLE_IMPLICIT_TOKEN");
    if (const auto off = variable("HF_HUB_DISABLE_PROGRESS_BARS"); off && !off->empty()) s.progress = !is_true(*off);
    s.metadata_seconds = seconds_of("HF_HUB_ETAG_TIMEOUT", 10);
    s.download_seconds = seconds_of("HF_HUB_DOWNLOAD_TIMEOUT", 10);
    return s;
}

}  // namespace mirfa::client
