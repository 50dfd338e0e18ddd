// SPDX-License-Identifier: Apache-2.0
#include "cli/progress_bar.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "cli/output.h"

namespace mirfa::cli {
namespace {

constexpr std::chrono::milliseconds kFrame{150};
constexpr int kBarWidth = 24;

std::string minutes(double seconds) {
    char text[32];
    const auto whole = static_cast<long>(std::min(seconds, 359'999.0));
    std::snprintf(text, sizeof text, "%ld:%02ld", whole / 60, whole % 60);
    return text;
}

}  // namespace

ProgressBar::ProgressBar(std::string verb, std::optional<bool> asked)
    : verb_(std::move(verb)), shown_(asked.value_or(::isatty(STDERR_FILENO) == 1)) {
    if (shown_) painter_ = std::thread([this] { draw_until_done(); });
}

ProgressBar::~ProgressBar() {
    if (!shown_) return;
    {
        const std::lock_guard lock(mutex_);
        done_ = true;
    }
    wake_.notify_one();
    painter_.join();
    draw();
    std::fputc('\n', stderr);
}

void ProgressBar::expect(std::uint64_t files, std::uint64_t bytes) {
    files_ += files;
    bytes_ += bytes;
}
void ProgressBar::advance(std::int64_t bytes) { moved_ += bytes; }
void ProgressBar::finished(std::string_view) { ++files_done_; }

void ProgressBar::draw_until_done() {
    std::unique_lock lock(mutex_);
    while (!wake_.wait_for(lock, kFrame, [this] { return done_; })) draw();
}

void ProgressBar::draw() const {
    const auto moved = static_cast<std::uint64_t>(std::max<std::int64_t>(0, moved_.load()));
    const auto all = std::max<std::uint64_t>(bytes_.load(), moved);
    const double share = all == 0 ? 0.0 : static_cast<double>(moved) / static_cast<double>(all);
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    const double speed = seconds > 0 ? static_cast<double>(moved) / seconds : 0;
    std::string bar(kBarWidth, '.');
    std::fill_n(bar.begin(), static_cast<int>(share * kBarWidth), '#');
    std::string left = speed > 0 && all > moved ? ", " + minutes(static_cast<double>(all - moved) / speed) + " left" : "";
    std::fprintf(stderr, "\r\033[K%s %llu/%llu files [%s] %3.0f%% %s/%s, %s/s%s", verb_.c_str(),
                 static_cast<unsigned long long>(files_done_.load()), static_cast<unsigned long long>(files_.load()), bar.c_str(),
                 share * 100, human_size(moved).c_str(), human_size(all).c_str(),
                 human_size(static_cast<std::uint64_t>(speed)).c_str(), left.c_str());
    std::fflush(stderr);
}

std::function<void(std::uint64_t, std::uint64_t)> steps_of(ProgressBar& bar) {
    return [&bar, last = std::uint64_t{0}, expected = false](std::uint64_t done, std::uint64_t all) mutable {
        if (!expected) bar.expect(1, all);
        expected = true;
        bar.advance(static_cast<std::int64_t>(done) - static_cast<std::int64_t>(last));
        last = done;
    };
}

}  // namespace mirfa::cli
