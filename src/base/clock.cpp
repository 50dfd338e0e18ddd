// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <cstdio>
#include <ctime>

namespace mirfa {
namespace {

class SystemClock final : public Clock {
public:
    UnixMillis now() const override {
        const auto time = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    }
};

std::tm utc(UnixMillis time) {
    const std::time_t seconds = time / 1000;
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    return parts;
}

}  // namespace

const Clock& system_clock() {
    static const SystemClock clock;
    return clock;
}

std::string to_iso8601(UnixMillis time) {
    const std::tm t = utc(time);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
                  t.tm_min, t.tm_sec, static_cast<int>(time % 1000));
    return text;
}

Result<UnixMillis> parse_iso8601(std::string_view text) {
    const std::string copy(text);
    std::tm t{};
    double seconds = 0;
    char zone = 0;
    const int got = std::sscanf(copy.c_str(), "%4d-%2d-%2dT%2d:%2d:%lf%c", &t.tm_year, &t.tm_mon, &t.tm_mday, &t.tm_hour,
                                &t.tm_min, &seconds, &zone);
    if (got != 7 || zone != 'Z' || seconds < 0 || seconds >= 61)
        return Error{Code::kInvalidArgument, "A time is not written as 2025-03-09T08:15:27.000Z."};
    t.tm_year -= 1900;
    t.tm_mon -= 1;
    return static_cast<UnixMillis>(timegm(&t)) * 1000 + static_cast<UnixMillis>(seconds * 1000 + 0.5);
}

std::string to_http_date(UnixMillis time) {
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const std::tm t = utc(time);
    char text[64];
    std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[t.tm_wday], t.tm_mday, kMonths[t.tm_mon],
                  t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec);
    return text;
}

}  // namespace mirfa
