// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "fetch/http.h"

namespace mirfa::fetch {

struct RetryRules {
    int repeats = 5;                                   ///< after the first attempt
    std::chrono::milliseconds first{1000};             ///< doubles with each attempt
    std::chrono::milliseconds longest{8000};           ///< of our own; what a server asks for may be longer
    std::chrono::milliseconds longest_asked{300'000};  ///< beyond it we give up instead of waiting
};

/// Statuses that say "later": 408, 429, 500, 502, 503, 504.
bool says_later(int status);
/// May the same request succeed if it is sent again? Broken connections, timeouts and says_later() answers.
bool is_passing(const Result<Answer>& outcome);

/// How long to wait before repeat number `repeat` (from 0), or nothing when it is time to give up. The server's own word
/// (`RateLimit` with r=0, `Retry-After` in seconds or as a date) comes before ours.
std::optional<std::chrono::milliseconds> pause_before(int repeat, const Result<Answer>& outcome, const RetryRules& rules);

/// Waits, so that tests need not. Gives false when it was interrupted.
using Wait = std::function<bool(std::chrono::milliseconds, const std::atomic<bool>* stop)>;
bool wait_for_real(std::chrono::milliseconds time, const std::atomic<bool>* stop);

/// Sends a request that may be repeated without harm, as often as the rules allow. Gives the last outcome.
Result<Answer> send_patiently(HttpClient& client, const Request& request, const RetryRules& rules = {},
                              const Wait& wait = wait_for_real);

}  // namespace mirfa::fetch
