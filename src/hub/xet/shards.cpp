// SPDX-License-Identifier: Apache-2.0
// A shard is a set of claims. Numbers in the comments are those of xet.md 5.7.
#include "hub/xet/shards.h"

#include "base/fault.h"
#include "blob/chunk_tables.h"
#include "blob/rebuild.h"
#include "hub/large/large_objects.h"
#include "hub/xet/cas_tokens.h"

namespace mirfa::hub {
namespace {

using catalog::Session;
using format::ChunkLeaf;
using format::XetHash;

const FaultPoint kShardPlausible("shard-plausible");
const FaultPoint kShardVerified("shard-verified");
const FaultPoint kShardRecorded("shard-recorded");

constexpr std::size_t kMaxChunksPerFile = 8u << 20;    // about 512 GiB; bounds the memory of the file hash
constexpr std::size_t kMaxChunksPerShard = 32u << 20;  // terms may repeat: bounds the work that a few octets can ask for

Error refused(std::string text) { return Error{Code::kInvalidArgument, std::move(text)}; }

std::vector<blob::Term> to_blob_terms(const std::vector<catalog::Term>& terms) {
    std::vector<blob::Term> out;
    out.reserve(terms.size());
    for (const auto& term : terms) out.push_back({term.xorb, term.first, term.last, term.raw_size});
    return out;
}

/// A xorb that is not there is the sender's mistake; what else goes wrong is ours, and the sender may try again.
template <class Loaded>
Error refused_unless_ours(const Loaded& loaded, std::string text) {
    return loaded.error().code == Code::kNotFound ? refused(std::move(text)) : loaded.error();
}

}  // namespace

struct ShardRegistration::PendingFile {
    catalog::XetFile file;
    std::optional<Sha256> claimed;
    bool known = false;   ///< registered before: content and SHA-256 were checked then
    XetHash first_chunk;  ///< may be asked for by chunk queries
};

ShardRegistration::ShardRegistration(Hub& hub, const Principal& cas) : hub_(hub), cas_(cas) {}
ShardRegistration::~ShardRegistration() = default;

Result<std::unique_ptr<ShardRegistration>> ShardRegistration::begin(Hub& hub, const Principal& cas, ByteView body) {
    TRY(require_cas_write(cas));
    TRY(const auto shard, format::parse_shard(body));  // 1, 2
    auto registration = std::unique_ptr<ShardRegistration>(new ShardRegistration(hub, cas));
    for (const auto& xorb : shard.xorbs) TRY(registration->check_xorb(xorb));
    for (const auto& file : shard.files) TRY(registration->check_file(file));
    kShardPlausible.reach();
    return registration;
}

/// 3: the chunk list in the shard must be the one computed from the xorb itself.
Result<void> ShardRegistration::check_xorb(const format::ShardXorb& claimed) {
    const auto table = hub_.chunk_tables.load(claimed.hash);
    if (!table.has_value())
        return refused_unless_ours(table, "The xorb " + format::to_string(claimed.hash) + " has not been uploaded.");
    const auto& own = *table.value();
    bool same = own.size() == claimed.chunks.size();
    for (std::size_t i = 0; same && i < own.size(); ++i)
        same = own.hashes[i] == claimed.chunks[i].hash && own.raw_length(i) == claimed.chunks[i].raw_length &&
               own.raw_start(i) == claimed.chunks[i].raw_offset;
    if (!same) return refused("The chunk list of xorb " + format::to_string(claimed.hash) + " is not that of the uploaded xorb.");
    return ok();
}

Result<void> ShardRegistration::check_file(const format::ShardFile& claimed) {
    const std::string name = format::to_string(claimed.hash);
    if (claimed.terms.empty() != claimed.hash.is_zero()) return refused("The file " + name + " has no terms.");
    if (claimed.terms.empty()) return ok();               // the empty file is never stored as chunks
    if (!seen_.insert(claimed.hash).second) return ok();  // 8: twice in one shard
    if (claimed.verification.size() != claimed.terms.size())
        return refused("The file " + name + " comes without its verification records.");
    PendingFile pending{{claimed.hash, 0, {}, {}, hub_.clock.now()}, claimed.sha256, false, {}};
    TRY(check_terms(claimed, pending.file));
    TRY(const auto first_table, hub_.chunk_tables.load(claimed.terms[0].xorb));
    pending.first_chunk = first_table->hashes[claimed.terms[0].first];
    TRY(const auto known, hub_.catalog.read([&](Session& s) { return catalog::find_xet_file(s, claimed.hash); }));
    if (known) {  // 8: the first registration stays
        if (claimed.sha256 && *claimed.sha256 != known->sha256)
            return refused("The file " + name + " has SHA-256 " + known->sha256.hex() + ", the upload says " +
                           claimed.sha256->hex() + ".");
        pending.file = *known;
        pending.known = true;
    } else {
        total_ += static_cast<std::uint64_t>(pending.file.size);
    }
    files_.push_back(std::move(pending));
    return ok();
}

/// 4 to 7. The verification record is what makes a term acceptable (5, 6): only who knows the chunks can make it.
Result<void> ShardRegistration::check_terms(const format::ShardFile& claimed, catalog::XetFile& file) {
    std::vector<ChunkLeaf> leaves;
    for (std::size_t i = 0; i < claimed.terms.size(); ++i) {
        const auto& term = claimed.terms[i];
        auto loaded = hub_.chunk_tables.load(term.xorb);
        if (!loaded.has_value())
            return refused_unless_ours(loaded,
                                       "A term names the xorb " + format::to_string(term.xorb) +
                                           ", which is not stored here. Upload it first, or clear the client's chunk cache.");
        const auto& table = *loaded.value();
        if (term.first >= term.last || term.last > table.size())
            return refused("A term names chunks " + std::to_string(term.first) + " to " + std::to_string(term.last) +
                           " of a xorb with " + std::to_string(table.size()) + " chunks.");
        if (table.raw_length(term.first, term.last) != term.raw_bytes)
            return refused("A term's length is not that of its chunks.");
        const auto proof = table.range_hash(term.first, term.last);
        if (!equal_in_constant_time(proof.view(), claimed.verification[i].view()))
            return refused("A verification record does not fit its term.");
        if (leaves.size() + (term.last - term.first) > kMaxChunksPerFile) return refused("A file has too many chunks.");
        chunks_ += term.last - term.first;
        if (chunks_ > kMaxChunksPerShard)
            return refused("The files of the shard have too many chunks together. Send several shards.");
        table.append_leaves(term.first, term.last, leaves);
        file.terms.push_back({term.xorb, term.first, term.last, term.raw_bytes});
        file.size += term.raw_bytes;
    }
    if (format::file_hash(leaves) != claimed.hash)
        return refused("The terms do not give the file " + format::to_string(claimed.hash) + ".");
    return ok();
}

Result<bool> ShardRegistration::step(std::uint64_t octets) {
    while (current_ < files_.size() && files_[current_].known) ++current_;
    if (current_ == files_.size()) return false;
    auto& pending = files_[current_];
    if (!hashing_) {
        TRY(hashing_, blob::RebuiltHasher::open(hub_.store, hub_.chunk_tables, to_blob_terms(pending.file.terms)));
    }
    TRY(const auto hashed, hashing_->advance(octets));
    verified_ += hashed;
    if (hashing_->done()) TRY(finish_hashing(pending));
    return true;
}

/// 9: the name by which the commit will ask for the content is what the content really has.
Result<void> ShardRegistration::finish_hashing(PendingFile& pending) {
    pending.file.sha256 = hashing_->digest();
    hashing_.reset();
    ++current_;
    if (pending.claimed && *pending.claimed != pending.file.sha256)
        return refused("The file " + format::to_string(pending.file.hash) + " has SHA-256 " + pending.file.sha256.hex() +
                       ", the upload says " + pending.claimed->hex() + ".");
    return ok();
}

/// The store may hold a xorb that is not in the catalog: one that a collector has let go, or whose upload was never
/// answered. Files are built on recorded ones alone.
Result<void> ShardRegistration::own_known_xorb(Session& session, const XetHash& xorb) {
    TRY(const auto recorded, catalog::find_xorb(session, xorb));
    if (!recorded) return refused("The xorb " + format::to_string(xorb) + " has not been uploaded.");
    return catalog::own_xorb(session, xorb, cas_.bound_repo, cas_.user);
}

Result<bool> ShardRegistration::commit() {
    const UnixMillis now = hub_.clock.now();
    kShardVerified.reach();
    TRY(const bool any_new_file, hub_.catalog.write([&](Session& s) -> Result<bool> {
        bool any_new = false;
        for (const auto& [file, claimed, known, first_chunk] : files_) {
            TRY(const bool is_new, catalog::insert_xet_file(s, file));
            any_new = any_new || is_new;
            TRY(catalog::put_large_object(s, {file.sha256, file.size, false, file.hash, now}));
            TRY(catalog::hold_object(s, cas_.bound_repo, file.sha256, cas_.user, catalog::Door::kXet, now, hold_until(hub_)));
            for (const auto& xorb : catalog::xorbs_of(file)) TRY(own_known_xorb(s, xorb));
            TRY(catalog::insert_dedup_chunk(s, first_chunk, file.terms[0].xorb, file.terms[0].first));
        }
        return any_new;
    }));
    kShardRecorded.reach();
    return any_new_file;
}

}  // namespace mirfa::hub
