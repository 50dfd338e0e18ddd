// SPDX-License-Identifier: Apache-2.0
#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace mirfa::server {
namespace {

constexpr std::array<std::string_view, 7> kVerbs = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"};
constexpr std::size_t kClasses = 6;

std::size_t place_of(std::string_view verb, int status) {
    const auto at = static_cast<std::size_t>(std::find(kVerbs.begin(), kVerbs.end(), verb) - kVerbs.begin());
    return at % kVerbs.size() * kClasses + static_cast<std::size_t>(status / 100) % kClasses;
}

}  // namespace

struct Metrics::Families {
    prometheus::Registry registry;
    prometheus::Family<prometheus::Counter>& requests =
        prometheus::BuildCounter().Name("mirfa_requests_total").Help("Requests answered").Register(registry);
    prometheus::Counter& octets =
        prometheus::BuildCounter().Name("mirfa_sent_bytes_total").Help("Octets of answers sent").Register(registry).Add({});
    prometheus::Histogram& seconds =
        prometheus::BuildHistogram()
            .Name("mirfa_request_seconds")
            .Help("Time from the head of a request to the end of its answer")
            .Register(registry)
            .Add({}, prometheus::Histogram::BucketBoundaries{0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600});
    prometheus::Gauge& connections =
        prometheus::BuildGauge().Name("mirfa_connections").Help("Open connections").Register(registry).Add({});
    /// Counters by verb and class of status: finding one by its labels takes longer than counting.
    std::array<std::atomic<prometheus::Counter*>, kVerbs.size() * kClasses> known{};

    prometheus::Counter& requests_of(std::string_view verb, int status) {
        auto& place = known[place_of(verb, status)];
        auto* counter = place.load(std::memory_order_acquire);
        if (counter == nullptr) {  // the family gives two threads the same one
            counter = &requests.Add({{"method", std::string(verb)}, {"status", std::to_string(status / 100) + "xx"}});
            place.store(counter, std::memory_order_release);
        }
        return *counter;
    }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::count_request(std::string_view verb, int status, std::uint64_t octets, double seconds) {
    families_->requests_of(verb, status).Increment();
    families_->octets.Increment(static_cast<double>(octets));
    families_->seconds.Observe(seconds);
}

void Metrics::set_connections(std::size_t connections) { families_->connections.Set(static_cast<double>(connections)); }

std::string Metrics::text() const { return prometheus::TextSerializer().Serialize(families_->registry.Collect()); }

}  // namespace mirfa::server
