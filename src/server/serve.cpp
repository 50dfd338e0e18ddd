// SPDX-License-Identifier: Apache-2.0
#include "server/serve.h"

#include <sys/file.h>

#include <csignal>
#include <cstdio>
#include <optional>
#include <thread>

#include "api/app.h"
#include "base/fault.h"
#include "http/server.h"
#include "hub/accounts/first_admin.h"
#include "hub/jobs/kinds.h"
#include "pages/routes.h"
#include "pages/shell.h"
#include "server/hub_parts.h"
#include "server/loggable.h"
#include "server/metrics.h"
#include "server/open_files.h"

namespace mirfa::server {
namespace {

constexpr std::chrono::seconds kTidyEvery{60};
constexpr std::size_t kQueue = 4096;  // requests waiting for a worker, per pool

LogLevel level_of(const std::string& name) {
    if (name == "debug") return LogLevel::kDebug;
    if (name == "warning") return LogLevel::kWarning;
    if (name == "error") return LogLevel::kError;
    return LogLevel::kInfo;
}

/// One server to a folder: two would each believe that they alone write.
Result<File> lock_folder(const std::filesystem::path& data) {
    TRY(ensure_folder(std::filesystem::absolute(data)));
    TRY(auto file, File::open_to_write(data / "server.lock"));
    if (::flock(file.descriptor(), LOCK_EX | LOCK_NB) == 0) return file;
    return Error{Code::kUnavailable,
                 "Another Mirfa server runs on " + data.string() + ". Stop it, or choose another --data folder."};
}

bool is_loopback(std::string_view address) { return address.starts_with("127.") || address == "::1"; }

/// Answers the two addresses that are about the process rather than the hub, and hands all others on.
class ProcessApp final : public http::App {
public:
    ProcessApp(http::App& inner, HubParts& parts, Metrics& metrics, const http::Server& server, WorkerPool& pool,
               std::string metrics_token)
        : inner_(inner),
          parts_(parts),
          metrics_(metrics),
          server_(server),
          pool_(pool),
          metrics_token_(std::move(metrics_token)) {}

    http::Plan plan(const http::Request& head) override {
        http::Plan plan;
        plan.pool = &pool_;
        if (head.path == "/healthz") {
            plan.handle = [this](http::Request&) { return health(); };
        } else if (head.path == "/metrics") {
            plan.handle = [this](http::Request& request) { return metrics(request); };
        } else {
            return inner_.plan(head);
        }
        return plan;
    }
    http::Response refuse(const http::Request& head, const Error& error) override { return inner_.refuse(head, error); }
    void finished(const http::Request& head, int status, std::uint64_t sent, double seconds, std::string_view principal,
                  std::string_view detail) override {
        inner_.finished(head, status, sent, seconds, principal, detail);
    }

private:
    http::Response health() {
        const auto read = parts_.catalog().read([](catalog::Session& s) { return catalog::find_setting(s, "none"); });
        const auto free = parts_.hub().store.free_bytes();
        const bool good = read.has_value() && free.has_value();
        http::Response response;
        response.status = good ? 200 : 503;
        response.headers.set("Content-Type", "text/plain; charset=utf-8");
        response.text = good ? "ok\n" : "not ok\n";
        return response;
    }

    http::Response metrics(const http::Request& request) {
        const bool proxied = request.headers.has("X-Forwarded-For");
        const bool local = is_loopback(request.remote_address) && !proxied;
        const std::string expected = "Bearer " + metrics_token_;
        const bool token =
            !metrics_token_.empty() && equal_in_constant_time(as_bytes(request.headers.get("Authorization")), as_bytes(expected));
        metrics_.set_connections(server_.connections());
        http::Response response;
        response.status = local || token ? 200 : 403;
        response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
        response.text =
            local || token ? metrics_.text() : "Metrics are for this machine, or with the token given by --metrics-token.\n";
        return response;
    }

    http::App& inner_;
    HubParts& parts_;
    Metrics& metrics_;
    const http::Server& server_;
    WorkerPool& pool_;
    const std::string metrics_token_;
};

void log_request(const http::Request& request, int status, std::uint64_t octets, double seconds, std::string_view principal,
                 std::string_view detail) {
    const auto level = status >= 500 ? LogLevel::kError : LogLevel::kInfo;
    log(level, "{} {} {} {} {} {} {:.1f}ms{}{}", request.id, request.remote_address, principal.empty() ? "-" : principal,
        name_of(request.verb), loggable(request.path, request.query), status, seconds * 1000,
        octets > 0 ? fmt::format(" {}B", octets) : "", detail.empty() ? "" : fmt::format(" [{}]", detail));
}

/// Blocks the signals that end the program in every thread, and waits for them in one.
class StopSignals {
public:
    StopSignals() {
        sigemptyset(&set_);
        sigaddset(&set_, SIGTERM);
        sigaddset(&set_, SIGINT);
        pthread_sigmask(SIG_BLOCK, &set_, nullptr);
        std::signal(SIGPIPE, SIG_IGN);
    }
    /// True when a signal has come within the time.
    bool wait_for(std::chrono::seconds span) {
        const timespec time{span.count(), 0};
        return sigtimedwait(&set_, nullptr, &time) > 0;
    }

private:
    sigset_t set_{};
};

http::ServerOptions http_options(const ServerConfig& config) {
    http::ServerOptions options;
    options.address = config.address();
    options.port = config.port();
    options.trusted_proxies = config.trusted_proxies;
    options.tls_certificate = config.tls_certificate;
    options.tls_key = config.tls_key;
    options.max_connections = connections_for(raise_open_files_limit());
    return options;
}

/// The port must be known before the hub is built (it is part of the public URL), and the application before the server
/// is opened: this stands in between.
class LateApp final : public http::App {
public:
    http::App* app = nullptr;
    http::Plan plan(const http::Request& head) override { return app->plan(head); }
    http::Response refuse(const http::Request& head, const Error& error) override { return app->refuse(head, error); }
    void finished(const http::Request& head, int status, std::uint64_t sent, double seconds, std::string_view principal,
                  std::string_view detail) override {
        app->finished(head, status, sent, seconds, principal, detail);
    }
};

void announce(HubParts& parts) {
    const auto& url = parts.hub().options.public_url;
    log(LogLevel::kInfo, "listening on {}", url);
    const auto link = hub::ensure_setup_link(parts.hub());
    if (!link.has_value())
        log(LogLevel::kError, "no link for the first administrator could be made: {}", describe(link.error()));
    else if (link.value()) {
        std::printf("\n  Mirfa is ready at %s\n  Make the first administrator here (this link works once):\n\n    %s\n\n",
                    url.c_str(), link.value()->c_str());
        std::fflush(stdout);
    }
}

Result<void> run(const ServerConfig& config) {
    StopSignals signals;
    TRY(const auto lock, lock_folder(config.data));
    LateApp late;
    TRY(auto server, http::Server::open(http_options(config), late));
    TRY(auto parts, HubParts::open(config, server->port()));
    Metrics metrics;
    const std::size_t cores = std::max(2u, std::thread::hardware_concurrency());
    WorkerPool catalog_pool("catalog", cores * 2, kQueue), disk_pool("disk", cores * 4, kQueue),
        hash_pool("hash", cores * 2, kQueue), git_pool("git", cores * 2, kQueue);
    api::HubApp app(
        parts->hub(), {catalog_pool, disk_pool, hash_pool, git_pool},
        [&](const http::Request& request) {
            return hub::authenticate(
                parts->hub(), parts->last_used(),
                {request.headers.get("Authorization"), request.headers.get("Cookie"), request.remote_address});
        },
        [&](const http::Request& request, int status, std::uint64_t octets, double seconds, std::string_view who,
            std::string_view detail) {
            metrics.count_request(name_of(request.verb), status, octets, seconds);
            log_request(request, status, octets, seconds, who, detail);
        },
        [&](catalog::RowId token) { parts->last_used().note(token, parts->hub().clock.now()); });
    app.add_routes(pages::page_routes());
    app.set_error_page(pages::error_shell);
    ProcessApp process(app, *parts, metrics, *server, catalog_pool, config.metrics_token);
    late.app = &process;
    std::thread loop([&] { server->run(); });
    announce(*parts);
    std::optional<hub::JobRunner> jobs(std::in_place, parts->hub(), hub::job_kinds(), hub::RunnerOptions{config.data / "jobs"});
    while (!signals.wait_for(kTidyEvery)) parts->tidy(hub::LastUsed::Which::kDue);
    log(LogLevel::kInfo, "stopping: finishing what runs");
    jobs.reset();
    server->stop();
    loop.join();
    parts->tidy(hub::LastUsed::Which::kAll);
    log(LogLevel::kInfo, "stopped");
    return ok();
}

}  // namespace

int serve(const std::vector<std::string>& arguments) {
    const auto config = parse_config(arguments);
    if (!config.has_value()) {
        const bool help = config.error().code == Code::kUnsupported;
        std::fprintf(help ? stdout : stderr, "%s\n", config.error().message.c_str());
        return help ? 0 : 2;
    }
    if (const auto fault = check_fault_setting(); !fault.has_value()) {
        std::fprintf(stderr, "%s\n", fault.error().message.c_str());
        return 2;
    }
    set_log_level(level_of(config.value().log_level));
    const auto ran = run(config.value());
    if (ran.has_value()) return 0;
    log(LogLevel::kError, "{}", describe(ran.error()));
    return 1;
}

}  // namespace mirfa::server
