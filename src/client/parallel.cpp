// SPDX-License-Identifier: Apache-2.0
#include "client/parallel.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace mirfa::client {

Result<void> in_parallel(std::size_t count, std::size_t workers, const std::function<Result<void>(std::size_t)>& work) {
    std::atomic<std::size_t> next = 0;
    std::mutex mutex;
    std::optional<Error> first_error;  // guarded by mutex
    const auto run = [&] {
        for (std::size_t i; (i = next++) < count;) {
            auto done = work(i);
            if (done.has_value()) continue;
            const std::lock_guard lock(mutex);
            if (!first_error) first_error = std::move(done).error();
            next = count;
        }
    };
    std::vector<std::thread> threads;
    for (std::size_t i = 1; i < std::min(count, std::max<std::size_t>(workers, 1)); ++i) threads.emplace_back(run);
    run();
    for (auto& thread : threads) thread.join();
    if (first_error) return *std::move(first_error);
    return ok();
}

}  // namespace mirfa::client
