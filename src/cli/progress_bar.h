// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mirfa/progress.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

namespace mirfa::cli {

/// One line on standard error for all that moves: files, octets, speed, time left. Only on a terminal, or where
/// HF_HUB_DISABLE_PROGRESS_BARS says 0; elsewhere silent.
class ProgressBar final : public client::Progress {
public:
    /// Takes: what is done, as `Fetching`.
    ProgressBar(std::string verb, std::optional<bool> asked);
    ~ProgressBar() override;

    void expect(std::uint64_t files, std::uint64_t bytes) override;
    void advance(std::int64_t bytes) override;
    void finished(std::string_view file) override;

private:
    void draw_until_done();
    void draw() const;

    const std::string verb_;
    const bool shown_;
    const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::atomic<std::uint64_t> files_ = 0, files_done_ = 0, bytes_ = 0;
    std::atomic<std::int64_t> moved_ = 0;
    std::mutex mutex_;
    std::condition_variable wake_;
    bool done_ = false;  // guarded by mutex_
    std::thread painter_;
};

/// For work that tells how far it is rather than how much more was done. The bar outlives it.
std::function<void(std::uint64_t done, std::uint64_t all)> steps_of(ProgressBar& bar);

}  // namespace mirfa::cli
