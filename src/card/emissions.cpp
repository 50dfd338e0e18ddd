// SPDX-License-Identifier: Apache-2.0
#include "card/emissions.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <vector>

#include "base/ascii.h"

namespace mirfa::card {
namespace {

constexpr std::size_t kMaxBytes = 16u << 20;
constexpr std::size_t kMaxColumns = 256;
constexpr std::size_t kMaxRuns = 10'000;
constexpr std::size_t kMaxText = 200;

using Row = std::vector<std::string>;

/// Takes one record off the front. A quoted cell may hold commas, line ends and doubled quotes.
Row take_row(std::string_view& csv) {
    Row row(1);
    bool quoted = false;
    std::size_t at = 0;
    for (; at < csv.size(); ++at) {
        const char c = csv[at];
        if (quoted) {
            if (c != '"')
                row.back() += c;
            else if (at + 1 < csv.size() && csv[at + 1] == '"')
                row.back() += csv[++at];
            else
                quoted = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == ',' && row.size() < kMaxColumns) {
            row.emplace_back();
        } else if (c == '\n') {
            ++at;
            break;
        } else if (c != '\r') {
            row.back() += c;
        }
    }
    csv.remove_prefix(at);
    return row;
}

class Record {
public:
    Record(const Row& head, const Row& row) : head_(head), row_(row) {}
    std::string text(std::string_view column) const {
        const auto found = std::ranges::find(head_, column);
        const auto index = static_cast<std::size_t>(found - head_.begin());
        const auto cell = index < row_.size() ? ascii_trim(row_[index]) : std::string_view();
        return cell.size() <= kMaxText && is_utf8(cell) && cell != "nan" ? std::string(cell) : std::string();
    }
    std::optional<double> number(std::string_view column) const {
        const std::string cell = text(column);
        double value = 0;
        const auto [end, failed] = std::from_chars(cell.data(), cell.data() + cell.size(), value);
        if (failed != std::errc{} || end != cell.data() + cell.size() || !std::isfinite(value) || value < 0) return std::nullopt;
        return value;
    }

private:
    const Row& head_;
    const Row& row_;
};

std::string joined(const std::string& a, const std::string& b) {
    return a.empty() || b.empty() || a == b ? (a.empty() ? b : a) : a + ", " + b;
}

/// `8 x A100`: newer versions have the count in the name already.
std::string counted(const std::optional<double>& count, const std::string& model) {
    const auto rest = model.find_first_not_of("0123456789");
    const bool has_count = rest != model.npos && rest > 0 && model.substr(rest).starts_with(" x ");
    if (model.empty() || has_count || !count || *count <= 1 || *count > 1e6) return model;
    return std::to_string(static_cast<long>(*count)) + " x " + model;
}

Emissions facts_of(const Record& record, double kilograms) {
    Emissions facts;
    facts.grams = kilograms * 1000;
    const auto version = record.text("codecarbon_version");
    facts.source = version.empty() ? "codecarbon" : "codecarbon " + version;
    facts.location = joined(record.text("region"), record.text("country_name"));
    facts.hardware = counted(record.number("gpu_count"), record.text("gpu_model"));
    if (facts.hardware.empty()) facts.hardware = record.text("cpu_model");
    facts.energy_kwh = record.number("energy_consumed");
    facts.seconds = record.number("duration");
    return facts;
}

void add_to(Emissions& sum, const Emissions& more) {
    const auto add = [](std::optional<double>& a, const std::optional<double>& b) {
        a = a && b ? std::optional(*a + *b) : std::nullopt;
    };
    sum.grams += more.grams;
    add(sum.energy_kwh, more.energy_kwh);
    add(sum.seconds, more.seconds);
}

}  // namespace

Result<Emissions> read_emissions_csv(std::string_view csv, EmissionRows rows) {
    if (csv.size() > kMaxBytes) return Error{Code::kTooLarge, "The file of emissions is longer than 16 MiB."};
    if (csv.starts_with("\xEF\xBB\xBF")) csv.remove_prefix(3);
    const std::size_t all = csv.size();
    const std::string_view whole = csv;
    const Row head = take_row(csv);
    if (std::ranges::find(head, "emissions") == head.end())
        return Error{Code::kInvalidArgument,
                     "The file of emissions has no column `emissions`. CodeCarbon writes one: is this its emissions.csv?"};
    std::map<std::string, Emissions> runs;  // by run, each with its last row
    std::optional<Emissions> last;
    while (!csv.empty()) {
        const auto line = 1 + std::count(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(all - csv.size()), '\n');
        const Row row = take_row(csv);
        if (row == Row(1)) continue;
        const Record record(head, row);
        const auto kilograms = record.number("emissions");
        if (!kilograms)
            return Error{Code::kInvalidArgument, "Line " + std::to_string(line) +
                                                     " of the file of emissions has no number of kilograms under `emissions`."};
        last = facts_of(record, *kilograms);
        if (rows == EmissionRows::kAllOfRuns) runs[record.text("run_id")] = *last;
        if (runs.size() > kMaxRuns) return Error{Code::kTooLarge, "The file of emissions has more than 10000 runs."};
    }
    if (!last) return Error{Code::kInvalidArgument, "The file of emissions has no rows."};
    if (rows == EmissionRows::kLast) return *last;
    Emissions sum = *last;
    sum.grams = 0;
    if (sum.energy_kwh) sum.energy_kwh = 0;
    if (sum.seconds) sum.seconds = 0;
    for (const auto& [run, emissions] : runs) add_to(sum, emissions);
    return sum;
}

}  // namespace mirfa::card
