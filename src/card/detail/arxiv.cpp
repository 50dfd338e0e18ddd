// SPDX-License-Identifier: Apache-2.0
#include "card/detail/arxiv.h"

#include <algorithm>

namespace mirfa::card::detail {
namespace {

constexpr std::string_view kLinks[] = {"arxiv.org/abs/", "arxiv.org/pdf/", "huggingface.co/papers/", "hf.co/papers/"};
constexpr std::size_t kMostPapers = 200;

std::size_t count_digits(std::string_view text) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    return static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_digit) - text.begin());
}

/// `dddd.dddd` or `dddd.ddddd` at the front, or nothing.
std::string_view id_at(std::string_view text) {
    if (count_digits(text) != 4 || text.size() < 5 || text[4] != '.') return {};
    const std::size_t digits = count_digits(text.substr(5));
    return digits == 4 || digits == 5 ? text.substr(0, 5 + digits) : std::string_view{};
}

/// Octets of the link at the front, 0 for none.
std::size_t link_at(std::string_view text) {
    for (const auto link : kLinks)
        if (text.starts_with(link)) return link.size();
    return 0;
}

}  // namespace

std::vector<std::string> find_arxiv_ids(std::string_view text) {
    std::vector<std::string> ids;
    for (std::size_t at = 0; at < text.size() && ids.size() < kMostPapers; ++at) {
        if (text[at] != 'a' && text[at] != 'h') continue;
        const std::size_t link = link_at(text.substr(at));
        const auto id = link == 0 ? std::string_view{} : id_at(text.substr(at + link));
        if (!id.empty() && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.emplace_back(id);
    }
    return ids;
}

}  // namespace mirfa::card::detail
