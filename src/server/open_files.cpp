// SPDX-License-Identifier: Apache-2.0
#include "server/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace mirfa::server {
namespace {

constexpr std::size_t kOwnFiles = 256;  // database, listeners, pipes to git
constexpr std::size_t kMostConnections = 20'000;

}  // namespace

std::size_t raise_open_files_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    rlimit raised = limit;
    raised.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    return limit.rlim_cur;
}

std::size_t connections_for(std::size_t open_files) {
    return std::clamp<std::size_t>((std::max(open_files, kOwnFiles) - kOwnFiles) / 2, 64, kMostConnections);
}

}  // namespace mirfa::server
