// SPDX-License-Identifier: Apache-2.0
#include "cli/interrupt.h"

#include <csignal>

namespace mirfa::cli {
namespace {

std::atomic<bool> stop = false;
static_assert(std::atomic<bool>::is_always_lock_free, "the handler may only touch what needs no lock");

void on_interrupt(int) {
    stop = true;
    std::signal(SIGINT, SIG_DFL);
}

}  // namespace

const std::atomic<bool>& stop_on_interrupt() {
    std::signal(SIGINT, on_interrupt);
    return stop;
}

bool was_interrupted() { return stop; }

}  // namespace mirfa::cli
