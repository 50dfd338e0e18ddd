// SPDX-License-Identifier: Apache-2.0
#include "fetch/retry.h"

#include <curl/curl.h>

#include <charconv>
#include <ctime>
#include <thread>

#include "base/ascii.h"

namespace mirfa::fetch {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

std::optional<long> whole_number(std::string_view text) {
    long value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size() || value < 0 || value > 1'000'000) return std::nullopt;
    return value;
}

/// `"api";r=0;t=41` says: nothing left, 41 seconds to go. One more for the clocks.
std::optional<milliseconds> rate_limit_pause(const Answer& answer) {
    const auto header = answer.find("RateLimit");
    if (!header) return std::nullopt;
    std::optional<long> left, time;
    for (const auto piece : split(*header, ';')) {
        const auto word = ascii_trim(piece);
        if (word.starts_with("r=")) left = whole_number(word.substr(2));
        if (word.starts_with("t=")) time = whole_number(word.substr(2));
    }
    if (left != 0 || !time) return std::nullopt;
    return seconds(*time + 1);
}

std::optional<milliseconds> retry_after(const Answer& answer) {
    const auto header = answer.find("Retry-After");
    if (!header) return std::nullopt;
    if (const auto count = whole_number(*header)) return seconds(*count);
    const auto date = curl_getdate(std::string(*header).c_str(), nullptr);
    if (date < 0) return std::nullopt;
    return seconds(std::max<long>(0, static_cast<long>(date - std::time(nullptr))));
}

}  // namespace

bool says_later(int status) {
    return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
}

bool is_passing(const Result<Answer>& outcome) {
    if (outcome.has_value()) return says_later(outcome.value().status);
    return outcome.error().code == Code::kUnavailable || outcome.error().code == Code::kTimedOut;
}

std::optional<milliseconds> pause_before(int repeat, const Result<Answer>& outcome, const RetryRules& rules) {
    if (repeat >= rules.repeats || !is_passing(outcome)) return std::nullopt;
    if (outcome.has_value()) {
        auto asked = rate_limit_pause(outcome.value());
        if (!asked) asked = retry_after(outcome.value());
        if (asked) return *asked <= rules.longest_asked ? asked : std::nullopt;
    }
    auto pause = rules.first;
    for (int i = 0; i < repeat && pause < rules.longest; ++i) pause *= 2;
    return std::min(pause, rules.longest);
}

bool wait_for_real(milliseconds time, const std::atomic<bool>* stop) {
    constexpr milliseconds kLook{50};
    for (; time.count() > 0; time -= kLook) {
        if (stop != nullptr && stop->load()) return false;
        std::this_thread::sleep_for(std::min(time, kLook));
    }
    return stop == nullptr || !stop->load();
}

Result<Answer> send_patiently(HttpClient& client, const Request& request, const RetryRules& rules, const Wait& wait) {
    for (int repeat = 0;; ++repeat) {
        auto outcome = client.send(request);
        const auto pause = pause_before(repeat, outcome, rules);
        if (!pause || !wait(*pause, request.stop)) return outcome;
    }
}

}  // namespace mirfa::fetch
