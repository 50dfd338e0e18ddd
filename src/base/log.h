// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <string_view>

namespace mirfa {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

/// Lines below this level are dropped. The first setting is kInfo.
void set_log_level(LogLevel level);
bool log_enabled(LogLevel level);
/// One line to standard error with time and level. Control characters in it are escaped. Threads: any.
void log_line(LogLevel level, std::string_view text);

template <class... Args>
void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
    if (log_enabled(level)) log_line(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace mirfa
