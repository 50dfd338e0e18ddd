// SPDX-License-Identifier: Apache-2.0
#include "http/detail/loop.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/post.hpp>

namespace asio = boost::asio;

namespace mirfa::http::detail {
namespace {

// The concrete executor: `any_io_executor` costs an allocation and virtual calls for every operation.
using Executor = asio::io_context::executor_type;
using Descriptor = asio::posix::basic_stream_descriptor<Executor>;
using Timer = asio::basic_waitable_timer<std::chrono::steady_clock, asio::wait_traits<std::chrono::steady_clock>, Executor>;

constexpr Millis kRetryFullPool{10};

}  // namespace

struct Loop::Impl {
    asio::io_context io{1};
    asio::executor_work_guard<Executor> guard{io.get_executor()};
    Timer ticker{io.get_executor()};
    Millis interval{};
    std::function<void()> tick;

    void arm() {
        ticker.expires_after(interval);
        ticker.async_wait([this](const boost::system::error_code& error) {
            if (error || !guard.owns_work()) return;
            tick();
            if (guard.owns_work()) arm();
        });
    }
};

Loop::Loop() : impl_(std::make_unique<Impl>()) {}
Loop::~Loop() = default;

void Loop::run() { impl_->io.run(); }

void Loop::release() {
    impl_->guard.reset();
    impl_->ticker.cancel();
}

void Loop::post(std::function<void()> work) { asio::post(impl_->io, std::move(work)); }

void Loop::every(Millis interval, std::function<void()> work) {
    impl_->interval = interval;
    impl_->tick = std::move(work);
    impl_->arm();
}

void Loop::resume_after(Millis time, std::coroutine_handle<> waiter) {
    if (time == Millis::zero()) return asio::post(impl_->io, [waiter] { waiter.resume(); });
    auto timer = std::make_shared<Timer>(impl_->io.get_executor(), time);
    timer->async_wait([timer, waiter](const boost::system::error_code&) { waiter.resume(); });
}

void Loop::complete(PoolJob& job) {
    const std::lock_guard lock(mutex_);
    job.next_ = completed_;
    completed_ = &job;
    if (job.next_ == nullptr) asio::post(impl_->io, [this] { resume_completed(); });
}

void Loop::resume_completed() {
    PoolJob* newest = nullptr;
    {
        const std::lock_guard lock(mutex_);
        newest = std::exchange(completed_, nullptr);
    }
    PoolJob* oldest = nullptr;
    while (newest != nullptr) {
        PoolJob* const job = newest;
        newest = job->next_;
        job->next_ = oldest;
        oldest = job;
    }
    while (oldest != nullptr) {
        PoolJob* const job = oldest;
        oldest = job->next_;  // the job may be gone after the next line
        job->finish();
    }
}

struct Watch::Impl {
    Impl(Loop& loop, int socket) : descriptor(loop.impl_->io.get_executor(), socket) {}
    Descriptor descriptor;
};

Watch::Watch(Loop& loop, int socket) : socket_(socket), impl_(std::make_unique<Impl>(loop, socket)) {}
Watch::~Watch() = default;

void Watch::cancel() {
    boost::system::error_code ignored;
    if (waiting()) impl_->descriptor.cancel(ignored);
}

void Watch::start(Direction direction, std::coroutine_handle<> waiter) {
    waiter_ = waiter;
    const auto type = direction == Direction::kRead ? Descriptor::wait_read : Descriptor::wait_write;
    impl_->descriptor.async_wait(type, [this](const boost::system::error_code& error) {
        woken_ = error ? Woken::kCancelled : Woken::kReady;
        std::exchange(waiter_, nullptr).resume();
    });
}

bool PoolJob::try_start(WorkerPool& pool, std::function<void()> work) {
    work_ = std::move(work);
    running_ = true;  // before the pool sees it: it may be finished before post() returns
    // One captured pointer fits into the pool's own function object: handing over allocates nothing.
    if (pool.post([this] {
            work_();
            loop_.complete(*this);
        }))
        return true;
    running_ = false;
    return false;
}

Task<bool> PoolJob::start(WorkerPool& pool, const std::function<void()>& work, Instant deadline) {
    while (!try_start(pool, work)) {
        if (std::chrono::steady_clock::now() >= deadline) co_return false;
        co_await loop_.pause(kRetryFullPool);
    }
    co_return true;
}

void PoolJob::finish() {
    running_ = false;
    if (when_done_) when_done_();
    if (waiter_) std::exchange(waiter_, nullptr).resume();
}

Task<bool> run_blocking(Loop& loop, WorkerPool* pool, const std::function<void()>& work, Instant deadline) {
    if (pool == nullptr) {
        work();
        co_return true;
    }
    PoolJob job(loop);
    const bool started = co_await job.start(*pool, work, deadline);
    if (started) co_await job.done();
    co_return started;
}

}  // namespace mirfa::http::detail
