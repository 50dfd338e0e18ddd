// SPDX-License-Identifier: Apache-2.0
#include "cli/line_diff.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace mirfa::cli {
namespace {

constexpr std::size_t kAround = 3;
constexpr std::size_t kMaxCells = 4u << 20;

using Lines = std::vector<std::string_view>;

/// With their ends, so that one that changes its end is another.
Lines lines_of(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size() - 1) + 1;
        lines.push_back(text.substr(0, end));
        text.remove_prefix(end);
    }
    return lines;
}

struct Row {
    char sign;  ///< ' ', '-', '+'
    std::string_view line;
};

/// The stretch in which both differ, by the longest common sequence of lines.
void differing(std::span<const std::string_view> a, std::span<const std::string_view> b, std::vector<Row>& rows) {
    const std::size_t width = b.size() + 1;
    std::vector<std::uint32_t> common;
    if ((a.size() + 1) * width <= kMaxCells) {
        common.assign((a.size() + 1) * width, 0);
        for (std::size_t i = a.size(); i-- > 0;)
            for (std::size_t j = b.size(); j-- > 0;)
                common[i * width + j] = a[i] == b[j] ? common[(i + 1) * width + j + 1] + 1
                                                     : std::max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
    std::size_t i = 0, j = 0;
    while (i < a.size() || j < b.size()) {
        const bool both = i < a.size() && j < b.size();
        if (both && !common.empty() && a[i] == b[j]) {
            rows.push_back({' ', a[i++]});
            ++j;
        } else if (i < a.size() && (!both || common.empty() || common[(i + 1) * width + j] >= common[i * width + j + 1])) {
            rows.push_back({'-', a[i++]});
        } else {
            rows.push_back({'+', b[j++]});
        }
    }
}

std::vector<Row> rows_of(const Lines& a, const Lines& b) {
    std::size_t head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
    std::size_t tail = 0;
    while (tail < a.size() - head && tail < b.size() - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
    std::vector<Row> rows;
    for (std::size_t i = 0; i < head; ++i) rows.push_back({' ', a[i]});
    differing(std::span(a).subspan(head, a.size() - tail - head), std::span(b).subspan(head, b.size() - tail - head), rows);
    for (std::size_t i = a.size() - tail; i < a.size(); ++i) rows.push_back({' ', a[i]});
    return rows;
}

/// Which rows are shown: those that changed, and some around.
std::vector<bool> shown_rows(const std::vector<Row>& rows) {
    std::vector<bool> shown(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (rows[i].sign == ' ') continue;
        const std::size_t last = std::min(rows.size(), i + kAround + 1);
        for (std::size_t k = i < kAround ? 0 : i - kAround; k < last; ++k) shown[k] = true;
    }
    return shown;
}

std::string range(std::size_t begin, std::size_t count) {
    // Where nothing is, the line before is named.
    return std::to_string(count == 0 ? begin : begin + 1) + (count == 1 ? "" : "," + std::to_string(count));
}

}  // namespace

std::string line_diff(std::string_view name, std::string_view before, std::string_view after) {
    if (before == after) return {};
    const Lines a = lines_of(before), b = lines_of(after);
    const auto rows = rows_of(a, b);
    const auto shown = shown_rows(rows);
    std::string out = "--- " + std::string(name) + "\n+++ " + std::string(name) + "\n";
    std::size_t line_a = 0, line_b = 0;
    for (std::size_t i = 0; i < rows.size();) {
        if (!shown[i]) {
            ++line_a, ++line_b, ++i;
            continue;
        }
        std::string hunk;
        std::size_t count_a = 0, count_b = 0;
        for (; i < rows.size() && shown[i]; ++i) {
            count_a += rows[i].sign != '+';
            count_b += rows[i].sign != '-';
            hunk += rows[i].sign + std::string(rows[i].line);
            if (!rows[i].line.ends_with('\n')) hunk += "\n\\ No newline at end of file\n";
        }
        out += "@@ -" + range(line_a, count_a) + " +" + range(line_b, count_b) + " @@\n" + hunk;
        line_a += count_a;
        line_b += count_b;
    }
    return out;
}

}  // namespace mirfa::cli
