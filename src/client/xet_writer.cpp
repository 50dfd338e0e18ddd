// SPDX-License-Identifier: Apache-2.0
#include "client/xet_writer.h"

#include <fmt/format.h>

#include "base/ascii.h"
#include "format/json_reader.h"

namespace mirfa::client {
namespace {

/// A shard is sent when its sections reach this; servers refuse those beyond 64 MiB.
constexpr std::size_t kShardBytes = 32u << 20;
/// Between two questions about chunks of one file.
constexpr std::size_t kChunksBetweenQuestions = 256;
constexpr std::size_t kMaxDedupAnswer = 64u << 20;
/// So much at most is hashed again after an interruption.
constexpr std::uint64_t kBytesBetweenShards = 4ull << 30;
constexpr std::size_t kReadBytes = 1u << 20;

format::ShardXorb block_of(const format::Xorb& xorb) {
    format::ShardXorb block;
    block.hash = xorb.table.xorb;
    block.raw_bytes = xorb.table.raw_bytes();
    block.stored_bytes = xorb.table.stored_bytes();
    for (std::size_t i = 0; i < xorb.table.size(); ++i)
        block.chunks.push_back({xorb.table.hashes[i], xorb.table.raw_start(i), xorb.table.raw_length(i)});
    return block;
}

Result<void> send_xorb(Hub& hub, XetTokens& tokens, std::shared_ptr<const format::Xorb> xorb, const std::atomic<bool>* stop) {
    TRY(auto request, cas_request(tokens, "POST", "/v1/xorbs/default/" + format::to_string(xorb->table.xorb)));
    request.body = xorb->body;
    request.stop = stop;
    TRY(const auto answer, fetch::send_patiently(hub.http(), request));
    if (!answer.ok()) return hub_error(answer, "sending chunks");
    return ok();
}

/// Nothing when the hub does not know the chunk, or does not say.
std::optional<format::DedupAnswer> ask_for_chunk(Hub& hub, XetTokens& tokens, format::XetHash chunk,
                                                 const std::atomic<bool>* stop) {
    auto request = cas_request(tokens, "GET", "/v1/chunks/default/" + format::to_string(chunk));
    if (!request.has_value()) return std::nullopt;
    request.value().limits.body_bytes = kMaxDedupAnswer;
    request.value().limits.idle = std::chrono::seconds(30);
    request.value().stop = stop;
    const auto answer = hub.http().send(request.value());
    if (!answer.has_value() || answer.value().status != 200) return std::nullopt;
    auto parsed = format::parse_dedup_answer(as_bytes(answer.value().body));
    if (!parsed.has_value()) return std::nullopt;
    return std::move(parsed).value();
}

/// The last word of a stream of lines: a result, or what went wrong.
Result<void> read_shard_answer(std::string_view body) {
    for (const auto line : split(body, '\n')) {
        const auto json = format::parse_json(ascii_trim(line), 1u << 20);
        if (!json.has_value()) continue;
        const auto type = format::find_string(json.value(), "type");
        if (type == "result") return ok();
        if (type != "error") continue;
        const bool again = format::find_bool(json.value(), "retryable").value_or(false);
        return Error{again ? Code::kUnavailable : Code::kInvalidArgument,
                     "The hub refused the files: " +
                         std::string(format::find_string(json.value(), "message").value_or("no reason given"))};
    }
    return Error{Code::kUnavailable, "The hub's answer about the files breaks off."};
}

}  // namespace

/// A file while its chunks pass.
struct XetWriter::OpenFile {
    Sha256Hasher sha256;
    format::MerkleBuilder chunks;
    std::vector<Term> terms;
    std::optional<Term> term;
    std::vector<format::XetHash> term_hashes;
    std::size_t since_question = 0;
    bool asked = false;
};

XetWriter::XetWriter(Hub& hub, XetTokens& tokens, UploadState& state, Progress* progress, const std::atomic<bool>* stop)
    : hub_(hub), tokens_(tokens), state_(state), progress_(progress), stop_(stop) {
    state.each_xorb([this](const format::ShardXorb& xorb) {
        const auto number = index_.add_xorb(xorb.hash);
        for (std::uint32_t i = 0; i < xorb.chunks.size(); ++i) index_.add(xorb.chunks[i].hash, {number, i});
        sent_xorbs_.push_back(xorb);
        shard_bytes_ += 48 * (xorb.chunks.size() + 1);
    });
}

XetWriter::~XetWriter() = default;

Result<void> XetWriter::add(const LocalFile& local) {
    OpenFile file;
    TRY(const auto in, File::open_to_read(local.local));
    format::Chunker chunker;
    Bytes open_chunk, buffer(kReadBytes);
    std::uint64_t at = 0;
    for (;;) {
        if (stop_ != nullptr && stop_->load()) return Error{Code::kInternal, "The upload was stopped."};
        TRY(const auto count, in.read_at(at, buffer));
        if (count == 0) break;
        at += count;
        auto piece = ByteView(buffer).first(count);
        file.sha256.update(piece);
        while (!piece.empty()) {
            const auto cut = chunker.find_cut(piece);
            const auto part = piece.first(cut.value_or(piece.size()));
            open_chunk.insert(open_chunk.end(), part.begin(), part.end());
            if (!cut) break;
            TRY(take_chunk(file, open_chunk));
            open_chunk.clear();
            piece = piece.subspan(*cut);
        }
        if (progress_ != nullptr) progress_->advance(static_cast<std::int64_t>(count));
    }
    if (!open_chunk.empty()) TRY(take_chunk(file, open_chunk));
    if (at != local.bytes)
        return Error{Code::kConflict, local.local.string() + " changed while it was read. Start again when it is finished."};
    TRY(check_unchanged(local));
    close_term(file);
    const auto digest = file.sha256.finish();
    shard_bytes_ += 48 * (2 + 2 * file.terms.size());
    files_.push_back({local, file.chunks.finish_file(), digest, std::move(file.terms)});
    digests_.push_back(digest);
    if (progress_ != nullptr) progress_->finished(local.path);
    bytes_since_shard_ += local.bytes;
    if (bytes_since_shard_ < kBytesBetweenShards) return ok();
    TRY(close_xorb());
    return send_shard();
}

Result<void> XetWriter::take_chunk(OpenFile& file, ByteView raw) {
    const auto hash = format::chunk_hash(raw);
    file.chunks.add({hash, raw.size()});
    ++file.since_question;
    std::optional<ChunkIndex::Place> expected;
    if (file.term) expected = ChunkIndex::Place{file.term->first.xorb, file.term->first.chunk + file.term->chunks};
    take_answers(false);
    auto place = index_.find(hash, expected);
    if (!place) {
        TRY(ask_about(file, hash));
        place = index_.find(hash, expected);
    }
    if (!place) {
        TRY(place, store_chunk(raw, hash));
    }
    extend(file, *place, hash, raw.size());
    return ok();
}

void XetWriter::extend(OpenFile& file, ChunkIndex::Place place, const format::XetHash& hash, std::size_t raw_bytes) {
    const bool follows =
        file.term && file.term->first.xorb == place.xorb && file.term->first.chunk + file.term->chunks == place.chunk;
    if (!follows) {
        close_term(file);
        file.term = Term{place, 0, 0, {}};
    }
    ++file.term->chunks;
    file.term->raw_bytes += static_cast<std::uint32_t>(raw_bytes);
    file.term_hashes.push_back(hash);
}

void XetWriter::close_term(OpenFile& file) {
    if (!file.term) return;
    file.term->verification = format::range_hash(file.term_hashes);
    file.terms.push_back(*file.term);
    file.term.reset();
    file.term_hashes.clear();
}

Result<ChunkIndex::Place> XetWriter::store_chunk(ByteView raw, const format::XetHash& hash) {
    if (!xorb_.has_room_for(raw.size())) TRY(close_xorb());
    if (!open_xorb_) open_xorb_ = index_.add_xorb(std::nullopt);
    const ChunkIndex::Place place{*open_xorb_, xorb_.add(raw, hash)};
    index_.add(hash, place);
    return place;
}

/// The first chunk of a file is worth waiting for: its answer may save all of the file. Others are asked about meanwhile.
Result<void> XetWriter::ask_about(OpenFile& file, const format::XetHash& chunk) {
    const bool first = !file.asked;
    if (!first && (!format::is_dedup_eligible(chunk) || file.since_question < kChunksBetweenQuestions)) return ok();
    file.asked = true;
    file.since_question = 0;
    questions_.push_back(std::async(std::launch::async, ask_for_chunk, std::ref(hub_), std::ref(tokens_), chunk, stop_));
    if (first) take_answers(true);
    return ok();
}

void XetWriter::take_answers(bool wait) {
    std::erase_if(questions_, [&](auto& question) {
        if (!wait && question.wait_for(std::chrono::seconds(0)) != std::future_status::ready) return false;
        if (const auto answer = question.get()) index_.add_answer(*answer);
        return true;
    });
}

Result<void> XetWriter::close_xorb() {
    if (xorb_.empty()) return ok();
    auto xorb = std::make_shared<const format::Xorb>(xorb_.finish());
    index_.name_xorb(*open_xorb_, xorb->table.xorb);
    open_xorb_.reset();
    TRY(wait_for_xorbs(kInFlight - 1));
    auto block = block_of(*xorb);
    sending_.push_back(
        {std::move(block), std::async(std::launch::async, send_xorb, std::ref(hub_), std::ref(tokens_), xorb, stop_)});
    if (shard_bytes_ > kShardBytes) TRY(send_shard());
    return ok();
}

Result<void> XetWriter::wait_for_xorbs(std::size_t at_most) {
    const auto is_done = [](const Sending& one) {
        return one.done.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    };
    // What has arrived is noted at once, for the process that may have to go on from here.
    while (!sending_.empty() && (sending_.size() > at_most || is_done(sending_.front()))) {
        auto oldest = std::move(sending_.front());
        sending_.pop_front();
        TRY(oldest.done.get());
        state_.note_xorb(oldest.block);
        shard_bytes_ += 48 * (oldest.block.chunks.size() + 1);
        sent_xorbs_.push_back(std::move(oldest.block));
    }
    return ok();
}

/// All xorbs that the hub has taken, and the files that need no others.
Result<void> XetWriter::send_shard() {
    TRY(wait_for_xorbs(0));
    format::Shard shard;
    shard.xorbs = std::move(sent_xorbs_);
    sent_xorbs_.clear();
    std::vector<SentFile> rest, complete;
    for (auto& file : files_) {
        const bool whole =
            std::ranges::all_of(file.terms, [&](const Term& term) { return index_.xorb(term.first.xorb).has_value(); });
        (whole ? complete : rest).push_back(std::move(file));
    }
    for (const auto& file : complete) {
        auto& entry = shard.files.emplace_back();
        entry.hash = file.hash;
        entry.sha256 = file.sha256;
        for (const auto& term : file.terms) {
            entry.terms.push_back(
                {*index_.xorb(term.first.xorb), term.raw_bytes, term.first.chunk, term.first.chunk + term.chunks});
            entry.verification.push_back(term.verification);
        }
    }
    files_ = std::move(rest);
    shard_bytes_ = 0;
    bytes_since_shard_ = 0;
    if (shard.files.empty() && shard.xorbs.empty()) return ok();
    TRY(post_shard(format::write_shard(shard)));
    for (const auto& file : complete) state_.note_sent(file.local, file.sha256);
    return ok();
}

Result<void> XetWriter::post_shard(const Bytes& body) {
    for (const char* route : {"/v2/shards", "/v1/shards"}) {
        // A cut stream is repeated here, because its status has been a good one.
        for (int tries = 0;; ++tries) {
            TRY(auto request, cas_request(tokens_, "POST", route));
            request.body = body;
            request.stop = stop_;
            TRY(const auto answer, fetch::send_patiently(hub_.http(), request));
            if ((answer.status == 404 || answer.status == 501) && route[2] == '2') break;
            if (!answer.ok()) return hub_error(answer, "telling the hub of the files");
            if (route[2] == '1') return ok();
            auto said = read_shard_answer(answer.body);
            if (said.has_value() || said.error().code != Code::kUnavailable || tries >= 3) return said;
        }
    }
    return Error{Code::kUnsupported, "The hub takes no shards."};
}

Result<std::vector<Sha256>> XetWriter::finish() {
    TRY(close_xorb());
    TRY(send_shard());
    return std::move(digests_);
}

}  // namespace mirfa::client
