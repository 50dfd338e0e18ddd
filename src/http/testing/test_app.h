// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "http/app.h"
#include "http/server.h"

namespace mirfa::http::testing {

/// An application of a few paths, each with a plan of its own, that remembers what was finished.
class TestApp final : public App {
public:
    using Planner = std::function<Plan(const Request&)>;

    void on(std::string path, Planner planner) { planners_[std::move(path)] = std::move(planner); }
    /// A path whose body, up to `max_body` octets, is handled whole on the pool.
    void handle(std::string path, std::function<Response(Request&)> handler, std::uint64_t max_body = 0);
    WorkerPool& pool() { return pool_; }

    Plan plan(const Request& head) override;
    Response refuse(const Request& head, const Error& error) override;
    void finished(const Request& head, int status, std::uint64_t sent_octets, double seconds, std::string_view principal,
                  std::string_view detail) override;
    /// Lines `GET /path 200 detail`, in the order in which the answers ended.
    std::vector<std::string> log() const;

private:
    std::map<std::string, Planner> planners_;
    mutable std::mutex mutex_;
    std::vector<std::string> log_;  // guarded by mutex_
    WorkerPool pool_{"test", 2, 64};
};

/// A 200 with this text.
Response text_answer(std::string text);

/// A server on a port of the system's choice that runs until this goes.
class RunningServer {
public:
    RunningServer(ServerOptions options, App& app);
    ~RunningServer();
    std::uint16_t port() const { return server_->port(); }
    std::size_t connections() const { return server_->connections(); }
    void stop() { server_->stop(); }
    /// Waits until the server has ended after stop().
    void join();

private:
    std::unique_ptr<Server> server_;
    std::thread thread_;
};

}  // namespace mirfa::http::testing
