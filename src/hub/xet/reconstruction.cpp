// SPDX-License-Identifier: Apache-2.0
#include "hub/xet/reconstruction.h"

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "blob/chunk_tables.h"
#include "hub/access/keyring.h"

namespace mirfa::hub {
namespace {

using catalog::Term;
using format::XetHash;

constexpr std::string_view kPurpose = "xorb-fetch";
constexpr UnixMillis kUrlLife = 15 * 60 * 1000;  // as long as a token: what is taken from somebody ends with it

Error unsatisfiable() {
    return Error{Code::kInvalidArgument, "The range lies behind the end of the file.", Reason::kRangeNotSatisfiable};
}

Result<std::uint64_t> to_offset(std::string_view text) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return unsatisfiable();
    return number;
}

/// Octets [first, last) of a file of `size`.
Result<format::ByteRange> clamp(const FileRange& range, std::uint64_t size) {
    if (size == 0 && range.first == 0) return format::ByteRange{0, 0};
    const std::uint64_t first = range.suffix ? size - std::min(size, *range.suffix) : range.first;
    if (first >= size) return unsatisfiable();
    const std::uint64_t last = range.last && *range.last < size ? *range.last + 1 : size;
    if (last <= first) return unsatisfiable();
    return format::ByteRange{first, last};
}

/// Leaves out the chunks of a term that lie before `first` or from `last` on, both counted from the term's own beginning.
/// Gives: how many octets went at the front.
std::uint64_t narrow(Term& term, const format::ChunkTable& table, std::uint64_t first, std::uint64_t last) {
    std::uint64_t at = 0, front = 0;
    Term kept = term;
    kept.raw_size = 0;
    for (std::uint32_t chunk = term.first; chunk < term.last; ++chunk) {
        const auto end = at + table.raw_length(chunk);
        if (end <= first) {
            kept.first = chunk + 1;
            front = end;
        } else if (at < last) {
            kept.last = chunk + 1;
            kept.raw_size += table.raw_length(chunk);
        }
        at = end;
    }
    term = kept;
    return front;
}

/// The terms that [first, last) touches, without the chunks of the outer ones that it does not, and how far into the first
/// of them it begins: whoever goes on in the middle of a xorb of 64 MiB does not fetch it once more.
Result<void> pick_terms(Hub& hub, Reconstruction& answer, const std::vector<Term>& all, const format::ByteRange& wanted) {
    std::uint64_t at = 0;
    for (const auto& term : all) {
        const std::uint64_t begin = at;
        at += term.raw_size;
        if (at <= wanted.first || begin >= wanted.last) continue;
        auto& picked = answer.terms.emplace_back(term);
        const bool is_first = answer.terms.size() == 1;
        if (is_first) answer.offset_into_first_range = wanted.first - begin;
        if (begin >= wanted.first && at <= wanted.last) continue;
        TRY(const auto table, hub.chunk_tables.load(term.xorb));
        const auto skipped = wanted.first > begin ? wanted.first - begin : 0;
        const auto front = narrow(picked, *table, skipped, wanted.last - begin);
        if (is_first) answer.offset_into_first_range -= front;
    }
    return ok();
}

/// Overlapping and touching needs become one range: clients key their fetches by first chunk.
std::vector<std::pair<std::uint32_t, std::uint32_t>> merged(std::vector<std::pair<std::uint32_t, std::uint32_t>> needs) {
    std::sort(needs.begin(), needs.end());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> out;
    for (const auto& need : needs) {
        if (!out.empty() && need.first <= out.back().second)
            out.back().second = std::max(out.back().second, need.second);
        else
            out.push_back(need);
    }
    return out;
}

std::string seal_payload(const XetHash& xorb, const format::ByteRange& range) {
    return format::to_string(xorb) + "|" + std::to_string(range.first) + "|" + std::to_string(range.last);
}

Result<std::string> fetch_url(Hub& hub, const XetHash& xorb, const format::ByteRange& range, UnixMillis expires) {
    TRY(const auto seal, hub.keyring.seal(kPurpose, seal_payload(xorb, range), expires));
    return hub.options.public_url + "/cas/fetch/" + format::to_string(xorb) + "?seal=" + seal;
}

Result<catalog::XetFile> find_file(Hub& hub, const Principal& cas, const XetHash& hash) {
    TRY(auto file, hub.catalog.read([&](catalog::Session& s) { return catalog::find_repo_xet_file(s, cas.bound_repo, hash); }));
    if (!file) return Error{Code::kNotFound, "There is no such file in the repository this token is for."};
    return std::move(*file);
}

}  // namespace

Result<std::uint64_t> size_of_file(Hub& hub, const Principal& cas, const XetHash& hash) {
    TRY(const auto file, find_file(hub, cas, hash));
    return static_cast<std::uint64_t>(file.size);
}

Result<FileRange> parse_file_range(std::string_view header) {
    constexpr std::string_view kUnit = "bytes=";
    if (header.empty()) return FileRange{};
    if (!header.starts_with(kUnit)) return unsatisfiable();
    const auto text = ascii_trim(header.substr(kUnit.size()));
    const auto dash = text.find('-');
    if (dash == std::string_view::npos || text.find(',') != std::string_view::npos) return unsatisfiable();
    FileRange range;
    if (dash == 0) {
        TRY(range.suffix, to_offset(text.substr(1)));
        return range;
    }
    TRY(range.first, to_offset(text.substr(0, dash)));
    if (dash + 1 < text.size()) {
        TRY(range.last, to_offset(text.substr(dash + 1)));
    }
    return range;
}

Result<Reconstruction> reconstruct(Hub& hub, const Principal& cas, const XetHash& file_id, const FileRange& range) {
    TRY(const auto file, find_file(hub, cas, file_id));
    TRY(const auto wanted, clamp(range, static_cast<std::uint64_t>(file.size)));
    Reconstruction answer;
    TRY(pick_terms(hub, answer, file.terms, wanted));
    std::map<XetHash, std::vector<std::pair<std::uint32_t, std::uint32_t>>> needs;
    for (const auto& term : answer.terms) needs[term.xorb].emplace_back(term.first, term.last);
    const UnixMillis expires = hub.clock.now() + kUrlLife;
    for (auto& [xorb, ranges] : needs) {
        TRY(const auto table, hub.chunk_tables.load(xorb));
        auto& list = answer.fetch[format::to_string(xorb)];
        for (const auto& [first, last] : merged(std::move(ranges))) {
            const auto stored = table->stored_range(first, last);
            TRY(auto url, fetch_url(hub, xorb, stored, expires));
            list.push_back({first, last, stored, std::move(url)});
        }
    }
    return answer;
}

Result<format::ByteRange> open_fetch_seal(Hub& hub, const XetHash& xorb, std::string_view seal) {
    const Error refused{Code::kForbidden, "This address has expired. Ask for the file again."};
    const auto payload = hub.keyring.open(kPurpose, seal);
    if (!payload.has_value()) return refused;
    const auto parts = split(payload.value(), '|');
    if (parts.size() != 3 || parts[0] != format::to_string(xorb)) return refused;
    TRY(const auto first, to_offset(parts[1]));
    TRY(const auto last, to_offset(parts[2]));
    return format::ByteRange{first, last};
}

}  // namespace mirfa::hub
