// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace mirfa::server {

/// Everything an administrator can set. A flag wins over the environment (MIRFA_…), that over the configuration file,
/// that over the defaults here. docs/operate/mirfa.conf lists them all with these defaults.
struct ServerConfig {
    std::filesystem::path data = "./mirfa-data";
    std::string listen = "127.0.0.1:8080";
    std::string public_url;  ///< "" : http(s)://LISTEN
    std::string tls_certificate;
    std::string tls_key;
    std::string database;  ///< "" : sqlite:DATA/mirfa.db
    std::string store;     ///< "" : file:DATA/store
    std::vector<std::string> trusted_proxies;
    std::uint64_t free_space_floor_mb = 1024;
    std::uint64_t git_cache_mb = 10240;
    std::uint64_t audit_days = 400;  ///< 0: events are kept for good
    std::string metrics_token;       ///< "" : /metrics answers loopback clients only
    std::string log_level = "info";

    std::string address() const;  ///< of `listen`
    std::uint16_t port() const;
    std::string database_address() const;
    std::string store_address() const;
    /// Without a slash at its end. `port` is the one really listened on.
    std::string url(std::uint16_t port) const;
};

/// Reads flags, environment and file. `arguments` are those behind `mirfa serve`.
/// Fails: kInvalidArgument naming the option. `--help` gives kUnsupported with the help text as its message.
Result<ServerConfig> parse_config(const std::vector<std::string>& arguments);
/// Checks what belongs together. Fails: kInvalidArgument.
Result<void> check_config(const ServerConfig& config);

}  // namespace mirfa::server
