// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace mirfa::server {

/// Counters of the running server in Prometheus' text form. Threads: any.
class Metrics {
public:
    Metrics();
    ~Metrics();
    void count_request(std::string_view verb, int status, std::uint64_t octets, double seconds);
    void set_connections(std::size_t connections);
    std::string text() const;

private:
    struct Families;
    std::unique_ptr<Families> families_;
};

}  // namespace mirfa::server
