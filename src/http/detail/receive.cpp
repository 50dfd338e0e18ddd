// SPDX-License-Identifier: Apache-2.0
// Bodies of any size, with a fixed window: one piece is filled from the socket while the receiver works on the one before.
#include <algorithm>

#include "http/detail/session.h"

namespace mirfa::http::detail {
namespace {

constexpr std::size_t kSmallestPiece = 16 << 10;
constexpr std::size_t kLargestPiece = 256 << 10;
constexpr Millis kQuick{50};

/// Grows the pieces of a fast client, so that handing over costs nothing, and keeps those of a slow one small, so that
/// ten thousand of them do not fill the memory.
class PieceSize {
public:
    std::size_t now() const { return size_; }
    void filled_in(Instant::duration time) {
        size_ = time < kQuick ? std::min(size_ * 4, kLargestPiece) : std::max(size_ / 4, kSmallestPiece);
    }

private:
    std::size_t size_ = kSmallestPiece;
};

/// Moves one body into one receiver.
class Pump {
public:
    Pump(Wire& wire, BodyReader& body, Exchange& x, BodyReceiver& receiver)
        : wire_(wire), body_(body), x_(x), receiver_(receiver), job_(wire.loop()) {
        job_.when_done([this] {
            if (!verdict_.has_value()) wire_.interrupt();  // do not wait for octets that nobody wants
        });
    }

    /// Gives: kEnd and the answer in `finished`; or kInterrupted when the receiver failed (see verdict); or why the body
    /// did not arrive. Nothing runs on the pool when this returns.
    Task<BodyState> run(Instant::duration queue_time) {
        BodyState state = BodyState::kSome;
        while (state == BodyState::kSome) {
            state = co_await fill();
            co_await job_.done();
            if (!verdict_.has_value()) co_return BodyState::kInterrupted;
            if (state != BodyState::kSome && state != BodyState::kEnd) co_return state;
            std::swap(filling_, working_);
            working_size_ = std::exchange(filled_, 0);
            const bool last = state == BodyState::kEnd;
            const auto deadline = std::chrono::steady_clock::now() + queue_time;
            const bool started = co_await start(last, deadline);
            if (!started) co_return BodyState::kRefused;
            if (!last) co_await wire_.loop().pause(Millis::zero());  // the other connections have a turn
        }
        co_await job_.done();
        co_return verdict_.has_value() ? BodyState::kEnd : BodyState::kInterrupted;
    }

    const Result<void>& verdict() const { return verdict_; }
    Response take_answer() { return std::move(answer_); }

private:
    /// One piece. Gives: kEnd when the body is complete with it.
    Task<BodyState> fill() {
        filling_.resize(std::max(filling_.size(), piece_.now()));
        const auto began = std::chrono::steady_clock::now();
        const std::size_t wanted = piece_.now();
        while (filled_ < wanted && !body_.finished()) {
            if (!job_.running() && !verdict_.has_value()) co_return BodyState::kInterrupted;
            std::size_t count = 0;
            const auto state = co_await body_.read(ByteSpan(filling_).subspan(filled_, wanted - filled_), count);
            filled_ += count;
            if (state != BodyState::kSome) co_return state;
        }
        piece_.filled_in(std::chrono::steady_clock::now() - began);
        co_return body_.finished() ? BodyState::kEnd : BodyState::kSome;
    }

    Task<bool> start(bool last, Instant deadline) {
        const std::function<void()> work = [this, last] {
            verdict_ = guarded(x_.head.request, [&]() -> Result<void> {
                if (working_size_ > 0) TRY(receiver_.receive(ByteView(working_).first(working_size_)));
                if (last) answer_ = receiver_.finish();
                return ok();
            });
        };
        if (x_.plan.pool != nullptr) {
            const bool started = co_await job_.start(*x_.plan.pool, work, deadline);
            co_return started;
        }
        work();
        co_return true;
    }

    Wire& wire_;
    BodyReader& body_;
    Exchange& x_;
    BodyReceiver& receiver_;
    PoolJob job_;
    PieceSize piece_;
    Bytes filling_;
    std::size_t filled_ = 0;
    Bytes working_;  // the job's while it runs, like the three below
    std::size_t working_size_ = 0;
    Result<void> verdict_ = ok();
    Response answer_;
};

}  // namespace

Task<Session::MaybeResponse> Session::receive(Exchange& x, BodyReader& body) {
    using Made = Result<std::unique_ptr<BodyReceiver>>;
    Made made = std::unique_ptr<BodyReceiver>();
    const std::function<void()> make = [&] {
        made = guarded(x.head.request, [&]() -> Made { return x.plan.receive(x.head.request); });
    };
    const bool ran = co_await run_blocking(loop_, x.plan.pool, make, queue_deadline());
    if (!ran) co_return refuse(x, too_busy());
    if (!made.has_value()) co_return give_up(x, made.error());
    const bool asked = co_await continue_if_asked(x);
    auto state = BodyState::kLost;
    MaybeResponse response;
    if (asked) {
        Pump pump(wire_, body, x, *made.value());
        state = co_await pump.run(shared_.options.queue_timeout);
        if (state == BodyState::kEnd)
            response = pump.take_answer();
        else if (state == BodyState::kInterrupted)
            response = give_up(x, pump.verdict().error());
    }
    if (state == BodyState::kRefused) response = refuse(x, body.refused() ? body.refusal() : too_busy());
    discard_on(x.plan.pool, std::move(made).value());
    co_return response;
}

}  // namespace mirfa::http::detail
