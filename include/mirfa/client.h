// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/outcome.h>
#include <mirfa/settings.h>

#include <memory>
#include <string>

namespace mirfa::client {

class Hub;

/// A hub and who asks it. Cheap to copy; copies share connections. Threads: any.
class Client {
public:
    /// Takes: `token`, or empty for the one of the environment or of the token file (none at all is fine too).
    /// Fails: kInvalidArgument when HF_ENDPOINT is missing or no http(s) address, or the token has a line break.
    static Outcome<Client> open(Settings settings, std::string token = "");

    const Settings& settings() const;
    const std::string& endpoint() const { return settings().endpoint; }

    /// For the library itself.
    Hub& hub() const { return *hub_; }

private:
    explicit Client(std::shared_ptr<Hub> hub) : hub_(std::move(hub)) {}
    std::shared_ptr<Hub> hub_;
};

/// `mirfa/1.2.3`, with which requests introduce themselves; programs may put their own name in front, once, at start.
void set_user_agent(std::string user_agent);

}  // namespace mirfa::client
