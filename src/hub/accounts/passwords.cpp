// SPDX-License-Identifier: Apache-2.0
#include "hub/accounts/passwords.h"

#include <sodium.h>

#include <atomic>
#include <cstdlib>
#include <semaphore>

#include "base/ascii.h"
#include "base/random.h"

namespace mirfa::hub {
namespace {

constexpr unsigned long long kPasses = 3;
constexpr std::size_t kMemory = 32u << 20;
constexpr int kAtOnce = 2;
constexpr int kMayWait = 16;

/// A place among those who may hash now; the others wait for it.
class Turn {
public:
    static Result<void> wait_for(Turn& turn) {
        if (waiting_.fetch_add(1) >= kAtOnce + kMayWait) {
            waiting_.fetch_sub(1);
            return Error{Code::kTooManyRequests, "Many people are signing in right now. Try again in a few seconds."};
        }
        free_.acquire();
        turn.taken_ = true;
        return ok();
    }
    Turn() = default;
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() {
        if (!taken_) return;
        free_.release();
        waiting_.fetch_sub(1);
    }

private:
    static inline std::counting_semaphore<kAtOnce> free_{kAtOnce};
    static inline std::atomic<int> waiting_ = 0;
    bool taken_ = false;
};

void ensure_sodium() {
    static const bool ready = sodium_init() >= 0;
    if (!ready) std::abort();
}

Result<std::string> argon2id(const Secret& password) {
    char text[crypto_pwhash_STRBYTES] = {};
    const auto& plain = password.reveal();
    if (crypto_pwhash_str_alg(text, plain.data(), plain.size(), kPasses, kMemory, crypto_pwhash_ALG_ARGON2ID13) != 0)
        return Error{Code::kUnavailable, "The server is short of memory. Try again later."};
    return std::string(text);
}

/// What an unknown user's password is compared with, so that its answer takes as long as any other.
const std::string& hash_of_nobody() {
    static const std::string hash = [] {
        const auto made = argon2id(Secret(random_alphanumeric(32)));
        return made.has_value() ? made.value() : std::string();
    }();
    return hash;
}

}  // namespace

Result<void> check_password_rules(const Secret& password) {
    const auto& text = password.reveal();
    if (text.size() < 8)
        return Error{Code::kInvalidArgument, "The password is too short. Take at least 8 characters.", Reason::kPasswordTooShort};
    if (text.size() > 1024)
        return Error{Code::kInvalidArgument, "The password is too long. Take at most 1,024 characters.",
                     Reason::kPasswordTooLong};
    if (!is_utf8(text) || text.find('\0') != text.npos)
        return Error{Code::kInvalidArgument, "The password is not valid text (UTF-8).", Reason::kPasswordInvalid};
    return ok();
}

Result<std::string> hash_password(const Secret& password) {
    ensure_sodium();
    Turn turn;
    TRY(Turn::wait_for(turn));
    return argon2id(password);
}

Result<bool> verify_password(const std::string& hash, const Secret& password) {
    ensure_sodium();
    Turn turn;
    TRY(Turn::wait_for(turn));
    const auto& text = hash.empty() ? hash_of_nobody() : hash;
    const auto& plain = password.reveal();
    const bool same = crypto_pwhash_str_verify(text.c_str(), plain.data(), plain.size()) == 0;
    return same && !hash.empty();
}

}  // namespace mirfa::hub
