// SPDX-License-Identifier: Apache-2.0
#include "http/testing/test_app.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mirfa::http::testing {
namespace {

int status_of(Code code) {
    switch (code) {
        case Code::kInvalidArgument: return 400;
        case Code::kNotFound: return 404;
        case Code::kTooLarge: return 413;
        case Code::kUnavailable: return 503;
        case Code::kTimedOut: return 408;
        default: return 500;
    }
}

}  // namespace

Response text_answer(std::string text) {
    Response response;
    response.text = std::move(text);
    return response;
}

void TestApp::handle(std::string path, std::function<Response(Request&)> handler, std::uint64_t max_body) {
    on(std::move(path), [this, handler = std::move(handler), max_body](const Request&) {
        Plan plan;
        plan.handle = handler;
        plan.max_body = max_body;
        plan.pool = &pool_;
        return plan;
    });
}

Plan TestApp::plan(const Request& head) {
    if (const auto found = planners_.find(head.path); found != planners_.end()) return found->second(head);
    Plan plan;
    plan.handle = [this](Request& request) { return refuse(request, {Code::kNotFound, "nothing here"}); };
    plan.pool = &pool_;
    plan.max_body = 1 << 20;
    return plan;
}

Response TestApp::refuse(const Request&, const Error& error) {
    Response response = text_answer(error.message);
    response.status = status_of(error.code);
    return response;
}

void TestApp::finished(const Request& head, int status, std::uint64_t, double, std::string_view, std::string_view detail) {
    const std::lock_guard lock(mutex_);
    log_.push_back(fmt::format("{} {} {} {}", name_of(head.verb), head.path, status, detail));
}

std::vector<std::string> TestApp::log() const {
    const std::lock_guard lock(mutex_);
    return log_;
}

RunningServer::RunningServer(ServerOptions options, App& app) {
    options.port = 0;
    if (options.threads == 0) options.threads = 2;
    auto opened = Server::open(std::move(options), app);
    EXPECT_TRUE(opened.has_value());
    server_ = std::move(opened).value();
    thread_ = std::thread([this] { server_->run(); });
}

void RunningServer::join() {
    if (thread_.joinable()) thread_.join();
}

RunningServer::~RunningServer() {
    stop();
    join();
}

}  // namespace mirfa::http::testing
