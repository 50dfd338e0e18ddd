// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/ascii.h"

namespace mirfa::server {
namespace {

constexpr std::uint64_t kMostMegabytes = std::uint64_t{1} << 40;
constexpr int kMostAuditDays = 36'500;

Error wrong(std::string text) { return Error{Code::kInvalidArgument, std::move(text)}; }

void add_options(CLI::App& app, ServerConfig& config) {
    app.allow_config_extras(CLI::config_extras_mode::error);
    app.set_config("--config", "", "File with these options, one `name = value` a line (see docs/operate/mirfa.conf)")
        ->envname("MIRFA_CONFIG");
    app.add_option("--data", config.data, "Folder that holds everything the hub keeps")->envname("MIRFA_DATA");
    app.add_option("--listen", config.listen, "ADDRESS:PORT to listen on; port 0 takes a free one")->envname("MIRFA_LISTEN");
    app.add_option("--public-url", config.public_url,
                   "URL under which clients reach the hub; a path prefix is allowed [http://LISTEN]")
        ->envname("MIRFA_PUBLIC_URL");
    app.add_option("--tls-certificate", config.tls_certificate, "PEM file with the certificate chain; needs --tls-key")
        ->envname("MIRFA_TLS_CERTIFICATE");
    app.add_option("--tls-key", config.tls_key, "PEM file with the private key")->envname("MIRFA_TLS_KEY");
    app.add_option("--database", config.database, "Database address [sqlite:DATA/mirfa.db]")->envname("MIRFA_DATABASE");
    app.add_option("--store", config.store, "Address of the store for large files [file:DATA/store]")->envname("MIRFA_STORE");
    app.add_option("--trusted-proxy", config.trusted_proxies,
                   "Address or CIDR of a proxy whose X-Forwarded-… is believed; may be repeated")
        ->envname("MIRFA_TRUSTED_PROXY")
        ->delimiter(',');
    app.add_option("--free-space-floor-mb", config.free_space_floor_mb, "Uploads are refused when the disk has less left (MB)")
        ->envname("MIRFA_FREE_SPACE_FLOOR_MB");
    app.add_option("--git-cache-mb", config.git_cache_mb, "How large the disposable cache for git clients may grow (MB)")
        ->envname("MIRFA_GIT_CACHE_MB");
    app.add_option("--audit-days", config.audit_days, "How long the record of security events is kept (days); 0: for good")
        ->envname("MIRFA_AUDIT_DAYS")
        ->check(CLI::Range(0, kMostAuditDays));
    app.add_option("--metrics-token", config.metrics_token, "Bearer token that opens /metrics to other machines [loopback only]")
        ->envname("MIRFA_METRICS_TOKEN");
    app.add_option("--log-level", config.log_level, "debug, info, warning or error")->envname("MIRFA_LOG_LEVEL");
}

/// The arguments, with what the environment adds: an option that stands on the command line is left alone. CLI11 would read the
/// environment after the file, so that the file won, and never for --config.
std::vector<std::string> with_environment(const CLI::App& app, std::vector<std::string> arguments) {
    const auto given = arguments;
    for (const CLI::Option* option : app.get_options()) {
        const char* value = option->get_envname().empty() ? nullptr : std::getenv(option->get_envname().c_str());
        if (value == nullptr || *value == '\0') continue;
        const std::string name = "--" + option->get_single_name();
        const bool named = std::any_of(given.begin(), given.end(),
                                       [&](const std::string& word) { return word == name || word.starts_with(name + "="); });
        if (!named) arguments.insert(arguments.begin(), name + "=" + value);
    }
    return arguments;
}

/// The part behind the last colon of `listen`; IPv6 addresses stand in brackets.
std::size_t colon_of(std::string_view listen) { return listen.rfind(':'); }

}  // namespace

std::string ServerConfig::address() const {
    std::string text = listen.substr(0, colon_of(listen));
    if (text.starts_with('[') && text.ends_with(']')) text = text.substr(1, text.size() - 2);
    return text;
}

std::uint16_t ServerConfig::port() const {
    std::uint16_t number = 0;
    const auto text = std::string_view(listen).substr(colon_of(listen) + 1);
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string ServerConfig::database_address() const {
    return database.empty() ? "sqlite:" + (data / "mirfa.db").string() : database;
}
std::string ServerConfig::store_address() const { return store.empty() ? "file:" + (data / "store").string() : store; }

std::string ServerConfig::url(std::uint16_t real_port) const {
    std::string text = public_url;
    if (text.empty()) {
        const bool any = address() == "0.0.0.0" || address() == "::";
        const std::string host = any ? "127.0.0.1" : listen.substr(0, colon_of(listen));
        text = (tls_certificate.empty() ? "http://" : "https://") + host + ":" + std::to_string(real_port);
    }
    while (text.ends_with('/')) text.pop_back();
    return text;
}

Result<ServerConfig> parse_config(const std::vector<std::string>& arguments) {
    ServerConfig config;
    CLI::App app("Starts the hub.", "mirfa serve");
    app.option_defaults()->always_capture_default();
    add_options(app, config);
    auto words = with_environment(app, arguments);
    std::reverse(words.begin(), words.end());  // CLI11 takes them from the back
    try {
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        return Error{Code::kUnsupported, app.help()};
    } catch (const CLI::ParseError& error) {
        return wrong(std::string(error.what()) + ". Run mirfa serve --help to see the options.");
    }
    TRY(check_config(config));
    return config;
}

Result<void> check_config(const ServerConfig& config) {
    const auto colon = colon_of(config.listen);
    const auto port = std::string_view(config.listen).substr(colon == std::string::npos ? config.listen.size() : colon + 1);
    const bool digits = !port.empty() && port.find_first_not_of("0123456789") == port.npos && port.size() <= 5;
    if (!digits || std::stoi(std::string(port)) > 65'535 || config.address().empty())
        return wrong("--listen must be ADDRESS:PORT, for example 127.0.0.1:8080, not \"" + config.listen + "\".");
    if (config.tls_certificate.empty() != config.tls_key.empty())
        return wrong("--tls-certificate and --tls-key must be given together.");
    const bool url =
        config.public_url.empty() || config.public_url.starts_with("http://") || config.public_url.starts_with("https://");
    const auto host = url && !config.public_url.empty() ? config.public_url.substr(config.public_url.find("://") + 3) : "x";
    if (!url || host.empty() || host.starts_with('/') || host.find_first_of("?#@ ") != std::string::npos)
        return wrong("--public-url must begin with http:// or https:// and a host, and hold no '?', '#', '@' or blank.");
    if (std::max(config.free_space_floor_mb, config.git_cache_mb) > kMostMegabytes)
        return wrong("--free-space-floor-mb and --git-cache-mb must be below 1 EiB.");
    for (const char* level : {"debug", "info", "warning", "error"})
        if (config.log_level == level) return ok();
    return wrong("--log-level must be one of debug, info, warning, error.");
}

}  // namespace mirfa::server
