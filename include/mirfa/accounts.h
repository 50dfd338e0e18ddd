// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/client.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace mirfa::client {

struct Person {
    std::string name;
    std::string fullname;
    std::string email;
    std::vector<std::string> organizations;
    std::string token_name;  ///< as the hub calls the token; empty for one of the device flow
    std::string token_role;  ///< read, write, fineGrained
};

/// Fails: kUnauthenticated without a token or with one that is not good; kUnavailable.
Outcome<Person> who_am_i(const Client& client);

struct Login {
    Person person;
    std::string stored_as;  ///< the name in the file of stored tokens
};
/// Asks the hub who the token belongs to, then keeps it as the active one, in the files that the Python client reads too.
/// Nothing is written when the hub refuses it.
Outcome<Login> login_with_token(const Client& client, const std::string& token);

/// What a person needs to approve this machine in a browser.
struct DeviceCode {
    std::string address;  ///< to open; contains the code where the hub can do that
    std::string code;
    std::string device_code;
    std::int64_t interval_seconds = 5;
    std::int64_t expires_seconds = 900;
};
Outcome<DeviceCode> start_device_login(const Client& client);
/// Waits until the person has decided, the code is over, or `stop` becomes true.
/// Fails: kForbidden when refused; kUnauthenticated when the code is over.
Outcome<Login> finish_device_login(const Client& client, const DeviceCode& code, const std::atomic<bool>* stop = nullptr);

/// The token that requests carry, refreshed when it is about to end; empty when there is none.
Outcome<std::string> token_in_use(const Client& client);

struct StoredToken {
    std::string name;
    std::string token;
    bool active = false;
};
Outcome<std::vector<StoredToken>> stored_tokens(const Settings& settings);
/// Makes a stored token the active one. Fails: kNotFound.
Outcome<void> switch_token(const Settings& settings, const std::string& name);
/// Forgets one stored token (the active one signs out with it), or all of them and the active one for an empty name.
/// Gives whether there was something to forget. Fails: kNotFound for a name that is not stored.
Outcome<bool> logout(const Settings& settings, const std::string& name = "");

}  // namespace mirfa::client
