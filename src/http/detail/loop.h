// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <coroutine>
#include <functional>
#include <memory>
#include <mutex>

#include "base/worker_pool.h"
#include "http/detail/task.h"

namespace mirfa::http::detail {

using Instant = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

enum class Direction { kRead, kWrite };
enum class Woken { kReady, kCancelled };

class PoolJob;

/// One thread's event loop: the only place that knows Asio, so that coroutines are written against this small door.
/// Threads: everything is for the loop's own thread but post() and complete().
class Loop {
public:
    Loop();
    ~Loop();
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    /// Serves until release() was called and nothing is under way any more.
    void run();
    void release();
    /// Runs `work` on the loop's thread. Threads: any.
    void post(std::function<void()> work);
    /// Calls `work` every `interval` until release().
    void every(Millis interval, std::function<void()> work);

    struct Pause {
        Loop& loop;
        Millis time;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiter) { loop.resume_after(time, waiter); }
        void await_resume() const noexcept {}
    };
    /// co_await: goes on after `time`; zero only lets the others have a turn.
    Pause pause(Millis time) { return {*this, time}; }

    /// A job is finished: its coroutine goes on upon the loop's thread. The loop is woken once however many jobs finish
    /// before it looks. Threads: any.
    void complete(PoolJob& job);

private:
    friend class Watch;
    struct Impl;

    void resume_after(Millis time, std::coroutine_handle<> waiter);
    void resume_completed();

    std::unique_ptr<Impl> impl_;
    std::mutex mutex_;
    PoolJob* completed_ = nullptr;  // guarded by mutex_; the newest first
};

/// A non-blocking socket that a loop watches, closed at the end. One wait at a time.
class Watch {
public:
    Watch(Loop& loop, int socket);
    ~Watch();
    Watch(const Watch&) = delete;
    Watch& operator=(const Watch&) = delete;

    int socket() const { return socket_; }
    bool waiting() const { return waiter_ != nullptr; }
    /// Ends the wait that is under way, if any, as kCancelled.
    void cancel();

    struct Wait {
        Watch& watch;
        Direction direction;
        bool await_ready() const noexcept { return false; }
        void await_suspend(std::coroutine_handle<> waiter) { watch.start(direction, waiter); }
        Woken await_resume() const noexcept { return watch.woken_; }
    };
    /// co_await: goes on when the socket may be read or written (or has failed), or upon cancel().
    Wait wait(Direction direction) { return {*this, direction}; }

private:
    struct Impl;
    void start(Direction direction, std::coroutine_handle<> waiter);

    const int socket_;
    std::unique_ptr<Impl> impl_;
    std::coroutine_handle<> waiter_;
    Woken woken_ = Woken::kReady;
};

/// One piece of blocking work at a time that a coroutine has under way on a pool. Ends the program when it is destroyed
/// while running, because the pool still points to it.
class PoolJob {
public:
    explicit PoolJob(Loop& loop) : loop_(loop) {}
    ~PoolJob() {
        if (running_) std::terminate();
    }
    PoolJob(const PoolJob&) = delete;
    PoolJob& operator=(const PoolJob&) = delete;

    /// Gives: false when the pool's queue is full; nothing has been started then. `work` must not throw.
    bool try_start(WorkerPool& pool, std::function<void()> work);
    /// The same, tried again until `deadline`: the caller's coroutine stands still, so its socket is not read.
    Task<bool> start(WorkerPool& pool, const std::function<void()>& work, Instant deadline);
    bool running() const { return running_; }
    /// Called on the loop's thread whenever the work has ended, before the coroutine that waits goes on.
    void when_done(std::function<void()> call) { when_done_ = std::move(call); }

    struct Done {
        PoolJob& job;
        bool await_ready() const noexcept { return !job.running_; }
        void await_suspend(std::coroutine_handle<> waiter) const noexcept { job.waiter_ = waiter; }
        void await_resume() const noexcept {}
    };
    /// co_await: goes on when nothing runs.
    Done done() { return {*this}; }

private:
    friend class Loop;
    void finish();

    Loop& loop_;
    std::function<void()> work_;
    std::function<void()> when_done_;
    std::coroutine_handle<> waiter_;
    bool running_ = false;
    PoolJob* next_ = nullptr;
};

/// Runs `work`, which may block but must not throw, on `pool`, and goes on upon the loop's thread: the only way across.
/// With no pool it runs right here. Gives: false when the pool stayed full until `deadline`; `work` has not run then.
Task<bool> run_blocking(Loop& loop, WorkerPool* pool, const std::function<void()>& work, Instant deadline);

/// Destroys `thing` on the pool, because that may block; here when the pool is full.
template <class T>
void discard_on(WorkerPool* pool, std::unique_ptr<T> thing) {
    if (thing == nullptr || pool == nullptr) return;
    const std::shared_ptr<T> shared(std::move(thing));
    (void)pool->post([shared] {});
}

}  // namespace mirfa::http::detail
