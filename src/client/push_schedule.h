// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>

namespace mirfa::client {

/// Which steps of a training are pushed. No clock of its own. Threads: one at a time.
class PushSchedule {
public:
    using Time = std::chrono::steady_clock::time_point;
    PushSchedule(std::uint64_t every_steps, std::chrono::seconds every, Time start)
        : every_steps_(every_steps), every_(every), time_(start) {}

    bool due(std::uint64_t step, Time now) const {
        if (every_steps_ == 0 && every_.count() == 0) return true;
        if (step < step_) return true;  // a training that went back to an earlier step
        return (every_steps_ > 0 && step - step_ >= every_steps_) || (every_.count() > 0 && now - time_ >= every_);
    }
    void took(std::uint64_t step, Time now) {
        step_ = step;
        time_ = now;
    }

private:
    std::uint64_t every_steps_;
    std::chrono::seconds every_;
    std::uint64_t step_ = 0;
    Time time_;
};

}  // namespace mirfa::client
