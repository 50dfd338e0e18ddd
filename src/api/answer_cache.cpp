// SPDX-License-Identifier: Apache-2.0
#include "api/answer_cache.h"

#include <utility>

#include "base/ascii.h"

namespace mirfa::api {
namespace {

constexpr std::size_t kLargestAnswer = 64u << 10;
constexpr std::size_t kPerAnswer = 500;  // of the maps and the objects themselves

std::size_t size_of(const std::string& key, const KeptAnswer& answer) {
    std::size_t size = kPerAnswer + key.size() + answer.response.text.size();
    for (const auto& [name, value] : answer.response.headers.fields()) size += 64 + name.size() + value.size();
    return size;
}

/// Fields by which an answer may differ in a way that no key here tells apart.
bool forbids_keeping(std::string_view name) {
    switch (name.empty() ? '\0' : name[0] | 0x20) {
        case 'c': return ascii_iequals(name, "Cookie");
        case 'i': return name.size() > 3 && ascii_iequals(name.substr(0, 3), "If-");
        case 'r': return ascii_iequals(name, "Range");
        case 't': return ascii_iequals(name, "Transfer-Encoding");
        default: return false;
    }
}

}  // namespace

std::optional<std::string> AnswerCache::key_of(const http::Request& request) {
    const bool get = request.verb == http::Verb::kGet;
    if ((!get && request.verb != http::Verb::kHead) || request.content_length.value_or(0) != 0) return std::nullopt;
    std::optional<std::string_view> accept, authorization;
    // Of a field that is there twice, the handler may read one and the key hold the other.
    const auto is_repeated = [](std::optional<std::string_view>& first, std::string_view value) {
        return std::exchange(first, value).has_value();
    };
    for (const auto& [name, value] : request.headers.fields()) {
        if (forbids_keeping(name)) return std::nullopt;
        if (ascii_iequals(name, "Accept") && is_repeated(accept, value)) return std::nullopt;
        if (ascii_iequals(name, "Authorization") && is_repeated(authorization, value)) return std::nullopt;
    }
    std::string key;
    key.append(get ? "G" : "H").append(request.target);
    key.append("\n").append(accept.value_or("")).append("\n").append(authorization.value_or(""));
    return key;
}

AnswerCache::Kept AnswerCache::find(const std::string& key) const {
    const std::lock_guard lock(mutex_);
    const auto found = answers_.find(key);
    return found == answers_.end() ? nullptr : found->second;
}

void AnswerCache::keep(std::string key, KeptAnswer answer) {
    const auto size = size_of(key, answer);
    if (size > kLargestAnswer) return;
    auto kept = std::make_shared<const KeptAnswer>(std::move(answer));
    std::unordered_map<std::string, Kept> old;  // freed behind the lock
    const std::lock_guard lock(mutex_);
    if (bytes_ + size > limit_bytes_) {
        old.swap(answers_);
        bytes_ = 0;
    }
    auto& place = answers_[key];
    if (place) bytes_ -= size_of(key, *place);
    place = std::move(kept);
    bytes_ += size;
}

std::size_t AnswerCache::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

std::optional<http::Response> copy_of(const http::Response& response) {
    if (response.stream != nullptr) return std::nullopt;
    http::Response copy;
    copy.status = response.status;
    copy.headers = response.headers;
    copy.text = response.text;
    copy.length = response.length;
    copy.log_principal = response.log_principal;
    copy.log_detail = response.log_detail;
    return copy;
}

}  // namespace mirfa::api
