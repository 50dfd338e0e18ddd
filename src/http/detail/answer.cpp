// SPDX-License-Identifier: Apache-2.0
// Answers on their way out: text in one write with its head; bodies of any size piece by piece, the next one made while
// the last one is sent.
#include <fmt/format.h>

#include <array>
#include <limits>
#include <vector>

#include "base/log.h"
#include "http/detail/session.h"

namespace mirfa::http::detail {
namespace {

// One journey to the pool brings several segments: as many pieces of files as keep a socket busy for a while, but little
// that takes memory. A source that gives pieces of files has all it needs; one that gives octets may be waiting for
// somebody, so what it gives first is sent at once.
constexpr std::size_t kSegmentsAtOnce = 64;
constexpr std::uint64_t kOctetsAtOnce = 4 << 20;
constexpr std::uint64_t kMemoryAtOnce = 128 << 10;

/// Segments in order; the source has ended, or failed, behind them where that is said.
struct Fetched {
    std::vector<Segment> segments;
    bool ended = false;
    Result<void> outcome = ok();
};

iovec piece_of(std::string_view text) { return {const_cast<char*>(text.data()), text.size()}; }
iovec piece_of(ByteView bytes) { return {const_cast<Byte*>(bytes.data()), bytes.size()}; }

std::uint64_t size_of(const Segment& segment) {
    if (const auto* bytes = std::get_if<Bytes>(&segment)) return bytes->size();
    if (const auto* slice = std::get_if<FileSlice>(&segment)) return slice->length;
    return 0;
}

bool is_end(const Segment& segment) { return std::holds_alternative<std::monostate>(segment); }

/// Asks a source for its next segments on a pool. Segments without octets are stepped over: a chunk of none is the end.
class Fetcher {
public:
    Fetcher(Loop& loop, WorkerPool* pool, const Request& request, SegmentSource& source)
        : pool_(pool), request_(request), source_(source), job_(loop) {}

    Task<bool> start(Instant deadline) {
        const std::function<void()> work = [this] { fetch(); };
        if (pool_ != nullptr) {
            const bool started = co_await job_.start(*pool_, work, deadline);
            co_return started;
        }
        work();
        co_return true;
    }
    PoolJob::Done done() { return job_.done(); }
    Fetched take() { return std::exchange(fetched_, Fetched{}); }

private:
    void fetch() {
        std::uint64_t octets = 0, memory = 0;
        bool more = true;
        while (more) {
            auto made = guarded(request_, [&] { return source_.next(); });
            if (!made.has_value()) fetched_.outcome = made.error();
            fetched_.ended = made.has_value() && is_end(made.value());
            if (fetched_.ended || !made.has_value()) return;
            const auto size = size_of(made.value());
            if (size == 0) continue;
            octets += size;
            if (std::holds_alternative<Bytes>(made.value())) memory += size;
            fetched_.segments.push_back(std::move(made).value());
            const bool gives_files = octets > memory;
            more = gives_files && fetched_.segments.size() < kSegmentsAtOnce && octets < kOctetsAtOnce && memory < kMemoryAtOnce;
        }
    }

    WorkerPool* const pool_;
    const Request& request_;
    SegmentSource& source_;
    PoolJob job_;
    Fetched fetched_;  // the job's while it runs
};

}  // namespace

/// Gives: whether the answer went out whole. Sets what the log wants to know; takes keep_alive back where the end of the
/// answer can only be shown by closing.
Task<bool> Session::answer(Exchange& x, const Response& response, bool keep_alive) {
    const auto shape = shape_of(response, x.head.request.verb == Verb::kHead, x.head.minor_version);
    if (shape.framing == AnswerFraming::kUntilClose) x.head.keep_alive = keep_alive = false;
    x.status = status_of(response);
    x.principal = response.log_principal;
    x.detail = response.log_detail;
    std::string head = write_head(response, shape, {x.head.request.id, keep_alive, x.head.minor_version});
    WorkerPool* const pool = response.pool != nullptr ? response.pool : x.plan.pool;
    bool sent = false;
    if (response.stream != nullptr && shape.framing != AnswerFraming::kNoBody) {
        sent = co_await stream(x, *response.stream, pool, shape, head);
    } else {
        const std::string_view text = shape.framing == AnswerFraming::kNoBody ? std::string_view() : response.text;
        std::array pieces{piece_of(head), piece_of(text)};
        sent = co_await wire_.write(pieces, Channel::More::kNo, stall());
    }
    co_return sent;
}

/// `unsent`: the head, which goes out with the first segment. An answer that cannot be completed is cut: a client must
/// never take a part for the whole.
Task<bool> Session::stream(Exchange& x, SegmentSource& source, WorkerPool* pool, const AnswerShape& shape, std::string& unsent) {
    Fetcher fetcher(loop_, pool, x.head.request, source);
    const bool chunked = shape.framing == AnswerFraming::kChunked;
    std::uint64_t left = shape.length.value_or(std::numeric_limits<std::uint64_t>::max());
    bool started = left == 0;
    if (!started) started = co_await fetcher.start(queue_deadline());
    while (started && left > 0) {
        co_await fetcher.done();
        const Fetched fetched = fetcher.take();
        std::uint64_t octets = 0;
        for (const Segment& segment : fetched.segments) octets += size_of(segment);
        if (octets > left) co_return cut_short(x, "the body is longer than announced");
        if (shape.length) left -= octets;
        const bool goes_on = !fetched.ended && fetched.outcome.has_value() && left > 0;
        if (goes_on) started = co_await fetcher.start(queue_deadline());
        for (const Segment& segment : fetched.segments) {
            if (chunked) unsent += fmt::format("{:x}\r\n", size_of(segment));
            const bool last = &segment == &fetched.segments.back();
            const bool sent = co_await send_segment(segment, unsent, {chunked, last}, pool);
            unsent.clear();
            if (sent) continue;
            co_await fetcher.done();
            co_return false;
        }
        if (!fetched.outcome.has_value()) co_return cut_short(x, describe(fetched.outcome.error()));
        if (fetched.ended) break;
    }
    if (!started) co_return cut_short(x, "the pool stayed full");
    if (shape.length && left > 0) co_return cut_short(x, "the body is shorter than announced");
    if (chunked) unsent += "0\r\n\r\n";
    iovec last = piece_of(unsent);
    const bool sent = co_await wire_.write(std::span(&last, 1), Channel::More::kNo, stall());
    co_return sent;
}

Task<bool> Session::send_segment(const Segment& segment, const std::string& before, SegmentPlace place, WorkerPool* pool) {
    const std::string_view behind = place.in_chunk ? "\r\n" : "";
    const auto more = place.last_of_batch ? Channel::More::kNo : Channel::More::kFollows;
    if (const auto* bytes = std::get_if<Bytes>(&segment)) {
        std::array pieces{piece_of(before), piece_of(ByteView(*bytes)), piece_of(behind)};
        const bool sent = co_await wire_.write(pieces, more, stall());
        co_return sent;
    }
    iovec head = piece_of(before), tail = piece_of(behind);
    bool sent = co_await wire_.write(std::span(&head, 1), Channel::More::kFollows, stall());
    if (sent) sent = co_await wire_.send_file(std::get<FileSlice>(segment), pool, stall());
    if (sent) sent = co_await wire_.write(std::span(&tail, 1), more, stall());
    co_return sent;
}

/// Gives: false, always.
bool Session::cut_short(Exchange& x, const std::string& why) {
    log(LogLevel::kError, "request {}: {} {} was cut short: {}", x.head.request.id, name_of(x.head.request.verb),
        x.head.request.path, why);
    x.detail = "cut short: " + why;
    wire_.reset_on_close();
    return false;
}

}  // namespace mirfa::http::detail
