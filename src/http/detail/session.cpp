// SPDX-License-Identifier: Apache-2.0
#include "http/detail/session.h"

#include <array>

#include "base/log.h"
#include "http/detail/request_id.h"

namespace mirfa::http::detail {
namespace {

constexpr std::size_t kReadPiece = 16 << 10;
constexpr std::uint64_t kWorthDraining = 256 << 10;  // a longer rest of a body costs more than a new connection
constexpr Millis kLinger{30'000};
constexpr Millis kLingerQuiet{5'000};

/// Where heads arrive: one buffer for all connections of a thread, because it is used between two waits only.
ByteSpan scratch() {
    thread_local std::array<Byte, kReadPiece> octets;
    return octets;
}

Response plain_answer(int status, std::string text) {
    Response response;
    response.status = status;
    response.headers.set("Content-Type", "text/plain; charset=utf-8");
    response.text = std::move(text);
    return response;
}

}  // namespace

Error caught(const Request& request, const char* what) {
    log(LogLevel::kError, "request {}: {} {} threw: {}", request.id, name_of(request.verb), request.path, what);
    return internal_error(std::string("exception: ") + what);
}

Task<void> Session::run() {
    const bool ready = co_await wire_.handshake(from_now(shared_.options.head_timeout));
    bool keep = ready;
    while (keep) {
        std::size_t begin = 0, end = 0;
        keep = co_await read_head_octets(begin, end);
        if (keep) keep = co_await exchange(begin, end);
    }
}

/// Gives: false when the connection is over (a head that is none has been answered then).
Task<bool> Session::read_head_octets(std::size_t& begin, std::size_t& end) {
    HeadScanner scanner;
    if (inbox_.empty()) {
        if (shared_.stopping) co_return false;
        idle_ = true;
        const bool ready = co_await wire_.readable(from_now(shared_.options.idle_timeout));
        idle_ = false;
        if (!ready) co_return false;
    }
    const auto deadline = from_now(shared_.options.head_timeout);
    for (;;) {
        const auto state = scanner.feed(inbox_);
        if (state == HeadScanner::State::kComplete) break;
        if (state == HeadScanner::State::kBad) {
            const Refusal refusal = bad_request("This is not a request of HTTP/1.1.");
            co_await refuse_head(refusal);
            co_return false;
        }
        if (inbox_.size() >= shared_.options.max_head_octets) {
            const Refusal refusal{431, {Code::kTooLarge, "The head of the request is too long."}};
            co_await refuse_head(refusal);
            co_return false;
        }
        const auto read = co_await wire_.read(scratch(), deadline);
        if (read.got == Wire::Got::kTimedOut && !inbox_.empty()) {
            const Refusal refusal{408, {Code::kTimedOut, "The head of the request did not arrive in time."}};
            co_await refuse_head(refusal);
        }
        if (read.got != Wire::Got::kSome) co_return false;
        inbox_.append(as_text(scratch().first(read.count)));
    }
    begin = scanner.begin();
    end = scanner.end();
    co_return true;
}

Task<void> Session::refuse_head(const Refusal& refusal) {
    Exchange x;
    identify(x);
    const auto sent_before = wire_.sent();
    Response response = refuse(x, refusal);
    const bool sent = co_await answer(x, response, false);
    report(x, sent_before);
    if (sent) co_await linger();
}

Task<void> Session::linger() {
    idle_ = true;
    co_await wire_.close_gently(kLinger, kLingerQuiet);
}

Task<bool> Session::exchange(std::size_t begin, std::size_t end) {
    Exchange x;
    const auto sent_before = wire_.sent();
    const auto refusal = read_head(std::string_view(inbox_).substr(begin, end - begin), x.head);
    inbox_.erase(0, end);
    if (inbox_.empty()) std::string().swap(inbox_);
    identify(x);
    const bool planned = !refusal && plan(x);
    BodyReader body(wire_, inbox_, x.head.framing, x.plan.max_body, stall());
    MaybeResponse response;
    if (refusal) {
        x.refused_head = true;
        response = refuse(x, *refusal);
    } else if (planned && !x.plan.ready) {
        response = co_await respond(x, body);
    } else if (!planned) {
        response = give_up(x, internal_error("plan failed"));
    }
    const Response* const given = response ? &*response : x.plan.ready.get();
    bool keep = given != nullptr;
    if (keep) keep = co_await finish_exchange(x, body, *given);
    if (response) discard_on(response->pool != nullptr ? response->pool : x.plan.pool, std::move(response->stream));
    report(x, sent_before);
    co_return keep;
}

/// Sends the answer and leaves the connection where the next request begins. Gives: whether there may be one.
Task<bool> Session::finish_exchange(Exchange& x, BodyReader& body, const Response& response) {
    const bool promised = x.head.expects_continue && !x.continue_sent;  // the body may come or not
    const bool drainable = body.finished() || (!promised && body.left().value_or(kWorthDraining + 1) <= kWorthDraining);
    // After a bad head, where the next request begins is anybody's guess.
    const bool keep = x.head.keep_alive && drainable && !x.refused_head && !shared_.stopping;
    const bool sent = co_await answer(x, response, keep);
    if (!sent) co_return false;
    if (keep && x.head.keep_alive) {
        const bool drained = co_await drain(body);
        co_return drained;
    }
    if (x.refused_head || !body.finished() || !inbox_.empty()) co_await linger();
    co_return false;
}

Task<bool> Session::drain(BodyReader& body) {
    while (!body.finished()) {
        std::size_t count = 0;
        const auto state = co_await body.read(scratch(), count);
        if (state != BodyState::kSome && state != BodyState::kEnd) co_return false;
    }
    co_return true;
}

bool Session::plan(Exchange& x) {
    const auto planned = guarded(x.head.request, [&]() -> Result<void> {
        x.plan = shared_.app.plan(x.head.request);
        return ok();
    });
    return planned.has_value();
}

Task<Session::MaybeResponse> Session::respond(Exchange& x, BodyReader& body) {
    if (x.head.framing.length > x.plan.max_body) co_return refuse(x, body_too_large(x.plan.max_body));
    MaybeResponse response;
    if (x.plan.receive)
        response = co_await receive(x, body);
    else
        response = co_await handle_whole(x, body);
    co_return response;
}

Task<Session::MaybeResponse> Session::handle_whole(Exchange& x, BodyReader& body) {
    Request& request = x.head.request;
    BodyRoom room(shared_.buffered, shared_.options.max_buffered_octets);
    if (x.plan.admit && (x.head.framing.chunked || x.head.framing.length > BodyRoom::kFree)) {
        Result<void> admitted = ok();
        const std::function<void()> ask = [&] {
            admitted = guarded(request, [&]() -> Result<void> { return x.plan.admit(request); });
        };
        const bool answered = co_await run_blocking(loop_, x.plan.pool, ask, queue_deadline());
        if (!answered) co_return refuse(x, too_busy());
        if (!admitted.has_value()) co_return give_up(x, admitted.error());
    }
    if (x.head.framing.has_body()) {
        const bool asked = co_await continue_if_asked(x);
        if (!asked) co_return std::nullopt;
        const auto state = co_await body.read_all(request.body, room);
        if (state == BodyState::kRefused) co_return refuse(x, body.refusal());
        if (state != BodyState::kEnd) co_return std::nullopt;
    }
    Result<Response> made = Response{};
    const std::function<void()> work = [&] {
        made = guarded(request, [&]() -> Result<Response> { return x.plan.handle(request); });
    };
    const bool ran = co_await run_blocking(loop_, x.plan.pool, work, queue_deadline());
    std::string().swap(request.body);  // it is not kept while the answer goes out
    if (!ran) co_return refuse(x, too_busy());
    if (!made.has_value()) co_return give_up(x, made.error());
    co_return std::move(made).value();
}

Task<bool> Session::continue_if_asked(Exchange& x) {
    if (!x.head.expects_continue || x.continue_sent) co_return true;
    x.continue_sent = true;
    std::string text = "HTTP/1.1 100 Continue\r\n\r\n";
    iovec piece{text.data(), text.size()};
    const bool sent = co_await wire_.write(std::span(&piece, 1), Channel::More::kNo, stall());
    co_return sent;
}

void Session::stop() {
    if (idle_) wire_.cut();
}

void Session::identify(Exchange& x) const {
    Request& request = x.head.request;
    request.id = choose_request_id(request.headers);
    shared_.proxies.describe_client(peer_, wire_.uses_tls(), request);
}

/// The application's words for an error, with the status that it gives it; plain ones when it fails itself.
Response Session::give_up(Exchange& x, const Error& error) const {
    auto made = guarded(x.head.request, [&]() -> Result<Response> { return shared_.app.refuse(x.head.request, error); });
    Response response = made.has_value() ? std::move(made).value() : plain_answer(500, "The server could not answer.\n");
    if (response.status == 503 && !response.headers.has("Retry-After")) response.headers.set("Retry-After", "5");
    if (response.log_detail.empty()) response.log_detail = describe(error);
    return response;
}

/// The same for what the server itself refuses: the status is the server's.
Response Session::refuse(Exchange& x, const Refusal& refusal) const {
    Response response = give_up(x, refusal.error);
    response.status = refusal.status;
    return response;
}

void Session::report(const Exchange& x, std::uint64_t sent_before) const {
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - x.started;
    (void)guarded(x.head.request, [&]() -> Result<void> {
        shared_.app.finished(x.head.request, x.status, wire_.sent() - sent_before, seconds.count(), x.principal, x.detail);
        return ok();
    });
}

}  // namespace mirfa::http::detail
