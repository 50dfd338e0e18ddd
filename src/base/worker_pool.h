// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace mirfa {

/// A fixed number of threads and a bounded queue, for work that blocks. Threads: any may post.
class WorkerPool {
public:
    using Job = std::function<void()>;

    WorkerPool(std::string name, std::size_t threads, std::size_t queue_limit);
    /// Runs what is queued, then ends the threads.
    ~WorkerPool();
    WorkerPool(const WorkerPool&) = delete;
    WorkerPool& operator=(const WorkerPool&) = delete;

    /// Gives: false, and `job` is not taken, when the queue is full or the pool is stopping.
    [[nodiscard]] bool post(Job job);
    std::size_t queued() const;
    const std::string& name() const { return name_; }

private:
    void run();

    const std::string name_;
    const std::size_t queue_limit_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;  // guarded by mutex_
    bool stopping_ = false;  // guarded by mutex_
    std::vector<std::thread> threads_;
};

}  // namespace mirfa
