// SPDX-License-Identifier: Apache-2.0
#include "client/xet_reader.h"

#include <fmt/format.h>

#include <future>
#include <list>

#include "client/cache_layout.h"
#include "format/json_reader.h"
#include "format/xorb_chunk.h"

namespace mirfa::client {
namespace {

using boost::json::value;
using format::find_int;
using format::find_string;

/// One question covers so much of a file; its answer has some thousand terms.
constexpr std::uint64_t kBlockBytes = 1'000'000'000;
/// Stored pieces that are kept because a later term may need them again.
constexpr std::uint64_t kKeptBytes = 128u << 20;
constexpr int kMaxRefreshes = 3;
constexpr std::size_t kMaxAnswer = 256u << 20;

Error broken(std::string_view what) {
    return Error{Code::kCorrupt, fmt::format("The chunk store's plan of a file cannot be followed: {}.", what)};
}

struct Span {
    std::uint64_t start = 0, end = 0;
};
Result<Span> span_of(const value& of, std::string_view key) {
    const auto* member = format::find_member(of, key);
    const auto start = member ? find_int(*member, "start") : std::nullopt;
    const auto end = member ? find_int(*member, "end") : std::nullopt;
    if (!start || !end || *start < 0 || *end < *start) return broken(fmt::format("no {}", key));
    return Span{static_cast<std::uint64_t>(*start), static_cast<std::uint64_t>(*end)};
}

Result<void> add_range(std::vector<XetRange>& to, const std::string& url, const value& of, std::string_view chunks,
                       std::string_view bytes) {
    TRY(const auto c, span_of(of, chunks));
    TRY(const auto b, span_of(of, bytes));
    if (c.end <= c.start || c.end > format::kMaxChunksPerXorb || b.end - b.start >= format::kMaxXorbBytes)
        return broken("a range without measure");
    to.push_back({url, static_cast<std::uint32_t>(c.start), static_cast<std::uint32_t>(c.end), {b.start, b.end + 1}});
    return ok();
}

/// v2: `xorbs`: {hash: [{url, ranges: [{chunks, bytes}]}]}. v1: `fetch_info`: {hash: [{url, range, url_range}]}.
Result<void> read_entry(std::vector<XetRange>& to, const value& entry) {
    const auto url = find_string(entry, "url");
    if (!url) return broken("a range without address");
    const auto* several = format::find_array(entry, "ranges");
    if (several == nullptr) return add_range(to, std::string(*url), entry, "range", "url_range");
    for (const auto& one : *several) TRY(add_range(to, std::string(*url), one, "chunks", "bytes"));
    return ok();
}

const XetRange* range_for(const XetPlan& plan, const XetTerm& term) {
    const auto found = plan.ranges.find(term.xorb);
    if (found == plan.ranges.end()) return nullptr;
    for (const auto& range : found->second)
        if (range.first <= term.first && term.last <= range.last) return &range;
    return nullptr;
}

/// The stored octets of ranges that were fetched: the last ones used, up to kKeptBytes.
class Pieces {
public:
    using Piece = std::shared_ptr<const std::string>;
    Piece find(const XetRange& range, const std::string& xorb) {
        for (auto it = kept_.begin(); it != kept_.end(); ++it)
            if (it->xorb == xorb && it->first == range.first && it->last >= range.last) {
                kept_.splice(kept_.begin(), kept_, it);
                return it->piece;
            }
        return nullptr;
    }
    void keep(const XetRange& range, const std::string& xorb, Piece piece) {
        bytes_ += piece->size();
        kept_.push_front({xorb, range.first, range.last, std::move(piece)});
        while (bytes_ > kKeptBytes && kept_.size() > 1) {
            bytes_ -= kept_.back().piece->size();
            kept_.pop_back();
        }
    }

private:
    struct Kept {
        std::string xorb;
        std::uint32_t first, last;
        Piece piece;
    };
    std::list<Kept> kept_;
    std::uint64_t bytes_ = 0;
};

/// kForbidden: the signature of the address is over, and the plan has to be asked for anew.
Result<Pieces::Piece> fetch_piece(Hub& hub, XetRange range, const std::atomic<bool>* stop) {
    fetch::Request request;
    request.url = range.url;
    request.headers = {{"Range", fmt::format("bytes={}-{}", range.bytes.first, range.bytes.last - 1)}};
    request.limits.connect = std::chrono::seconds(60);
    request.limits.idle = std::chrono::seconds(300);
    request.limits.body_bytes = range.bytes.size();
    request.stop = stop;
    TRY(auto answer, fetch::send_patiently(hub.http(), request));
    if (answer.status == 403) return Error{Code::kForbidden, "The chunk store's addresses have ended."};
    if (answer.status != 206 && answer.status != 200) return hub_error(answer, "the chunk store");
    if (answer.body.size() != range.bytes.size()) return broken("a piece has another length");
    return std::make_shared<const std::string>(std::move(answer.body));
}

/// Writes the raw octets of chunks [term.first, term.last) of a piece, without the first `skip` and at most `left`.
Result<void> write_term(const XetTerm& term, const XetRange& range, std::string_view piece, std::uint64_t skip,
                        std::uint64_t& left, ByteSink& sink) {
    auto records = as_bytes(piece);
    Bytes raw(format::kMaxChunkBytes);
    std::uint64_t seen = 0;
    for (std::uint32_t chunk = range.first; chunk < term.last; ++chunk) {
        if (chunk < term.first) {  // passed over by its header, undecoded
            if (records.size() < format::kChunkHeaderBytes) return broken("a piece ends too early");
            TRY(const auto header, format::parse_chunk_header(records));
            const auto length = format::kChunkHeaderBytes + header.stored_bytes;
            if (length > records.size()) return broken("a piece ends too early");
            records = records.subspan(length);
            continue;
        }
        TRY(const auto decoded, format::decode_chunk(records, raw));
        records = records.subspan(decoded.record_bytes);
        auto bytes = ByteView(raw).first(decoded.raw_bytes);
        seen += bytes.size();
        const auto dropped = std::min<std::uint64_t>(skip, bytes.size());
        skip -= dropped;
        bytes = bytes.subspan(dropped);
        bytes = bytes.first(std::min<std::uint64_t>(left, bytes.size()));
        left -= bytes.size();
        if (!bytes.empty()) TRY(sink.write(bytes));
    }
    if (seen != term.raw_bytes) return broken("a term has another length than it says");
    return ok();
}

class Reader {
public:
    Reader(Hub& hub, XetTokens& tokens, const XetFile& file, ByteSink& sink, const std::atomic<bool>* stop)
        : hub_(hub), tokens_(tokens), file_(file), sink_(sink), stop_(stop) {}

    Result<void> read(std::uint64_t offset) {
        for (int refreshes = 0; offset < file_.bytes;) {
            const auto end = file_.bytes - offset < 2 * kBlockBytes ? file_.bytes : offset + kBlockBytes;
            TRY(const auto plan, ask_plan(offset, end));
            const auto before = offset;
            auto done = follow(plan, offset, end);
            if (done.has_value()) {
                if (offset != end) return broken("it covers less than was asked for");
                refreshes = 0;
                continue;
            }
            if (offset > before) refreshes = 0;
            if (done.error().code != Code::kForbidden) return done;
            if (++refreshes > kMaxRefreshes) return Error{Code::kUnavailable, done.error().message};
        }
        return ok();
    }

private:
    Result<XetPlan> ask_plan(std::uint64_t offset, std::uint64_t end) {
        for (const char* version : {"/v2/reconstructions/", "/v1/reconstructions/"}) {
            TRY(auto request, cas_request(tokens_, "GET", version + file_.hash));
            request.headers = {{"Range", fmt::format("bytes={}-{}", offset, end - 1)}};
            request.limits.body_bytes = kMaxAnswer;
            request.stop = stop_;
            TRY(const auto answer, fetch::send_patiently(hub_.http(), request));
            if ((answer.status == 404 || answer.status == 501) && version[2] == '2') continue;
            if (!answer.ok()) return hub_error(answer, "the chunk store");
            return parse_xet_plan(answer.body);
        }
        return broken("none of its routes is known");
    }

    /// Moves `offset` on with every term that reached the sink.
    Result<void> follow(const XetPlan& plan, std::uint64_t& offset, std::uint64_t end) {
        std::uint64_t skip = plan.skip;
        Next next;
        for (std::size_t i = 0; i < plan.terms.size() && offset < end; ++i) {
            const auto& term = plan.terms[i];
            const auto& range = *range_for(plan, term);
            auto piece = pieces_.find(range, term.xorb);
            if (!piece) {
                TRY(piece, next.is(term, range) ? next.piece.get() : fetch_piece(hub_, range, stop_));
                pieces_.keep(range, term.xorb, piece);
            }
            if (!next.piece.valid()) next = begin_next(plan, i + 1);
            std::uint64_t left = end - offset;
            const auto counted = left;
            TRY(write_term(term, range, *piece, skip, left, sink_));
            skip -= std::min<std::uint64_t>(skip, term.raw_bytes);
            offset += counted - left;
        }
        return ok();
    }

    /// A piece that is fetched while another is written.
    struct Next {
        std::string xorb;
        std::uint32_t first = 0;
        std::future<Result<Pieces::Piece>> piece;
        bool is(const XetTerm& term, const XetRange& range) const {
            return piece.valid() && term.xorb == xorb && range.first == first;
        }
    };

    /// The first range from there on that is not at hand.
    Next begin_next(const XetPlan& plan, std::size_t from) {
        for (std::size_t i = from; i < plan.terms.size(); ++i) {
            const auto& term = plan.terms[i];
            const auto& range = *range_for(plan, term);
            if (pieces_.find(range, term.xorb)) continue;
            return {term.xorb, range.first, std::async(std::launch::async, fetch_piece, std::ref(hub_), range, stop_)};
        }
        return {};
    }

    Hub& hub_;
    XetTokens& tokens_;
    const XetFile& file_;
    ByteSink& sink_;
    const std::atomic<bool>* stop_;
    Pieces pieces_;
};

}  // namespace

Result<XetPlan> parse_xet_plan(std::string_view text) {
    TRY(const auto json, format::parse_json(text, kMaxAnswer));
    XetPlan plan;
    const auto skip = find_int(json, "offset_into_first_range");
    const auto* terms = format::find_array(json, "terms");
    if (!skip || *skip < 0 || terms == nullptr) return broken("no terms");
    plan.skip = static_cast<std::uint64_t>(*skip);
    const auto* xorbs = format::find_object(json, "xorbs");
    if (xorbs == nullptr) xorbs = format::find_object(json, "fetch_info");
    if (xorbs == nullptr) return broken("no addresses");
    for (const auto& [hash, entries] : *xorbs) {
        if (!entries.is_array()) return broken("no list of ranges");
        for (const auto& entry : entries.get_array()) TRY(read_entry(plan.ranges[std::string(hash)], entry));
    }
    for (const auto& item : *terms) {
        const auto hash = find_string(item, "hash");
        const auto length = find_int(item, "unpacked_length");
        TRY(const auto range, span_of(item, "range"));
        if (!hash || !length || *length <= 0 || *length > UINT32_MAX || range.end <= range.start ||
            range.end > format::kMaxChunksPerXorb)
            return broken("a term without measure");
        plan.terms.push_back({std::string(*hash), static_cast<std::uint32_t>(range.start), static_cast<std::uint32_t>(range.end),
                              static_cast<std::uint32_t>(*length)});
        if (range_for(plan, plan.terms.back()) == nullptr) return broken("a term without address");
    }
    if (!plan.terms.empty() && plan.skip >= plan.terms.front().raw_bytes) return broken("it begins behind its first term");
    return plan;
}

Result<void> read_xet(Hub& hub, XetTokens& tokens, const XetFile& file, std::uint64_t offset, ByteSink& sink,
                      const std::atomic<bool>* stop) {
    return Reader(hub, tokens, file, sink, stop).read(offset);
}

}  // namespace mirfa::client
