// SPDX-License-Identifier: Apache-2.0
#include "blob/chunk_tables.h"

#include <algorithm>

namespace mirfa::blob {
namespace {

constexpr std::size_t kLengthWord = 4;

std::uint64_t object_bytes(const format::ChunkTable& table) {
    return table.stored_bytes() + format::xorb_footer_bytes(table.size());
}

/// What the cache pays for a table.
std::size_t cost_of(const format::ChunkTable& table) { return 256 + table.size() * 40; }

Error corrupt(const format::XetHash& xorb, std::string_view why) {
    return Error{Code::kCorrupt, "A stored xorb is damaged.", Reason::kNone, format::to_string(xorb) + ": " + std::string(why)};
}

Result<Bytes> read_footer(const format::XetHash& xorb, const Blob& blob) {
    if (blob.size() < kLengthWord) return corrupt(xorb, "no footer");
    Bytes footer(kLengthWord);
    TRY(read_exactly_at(blob, blob.size() - kLengthWord, footer));
    TRY(const auto length, format::stored_footer_bytes(footer));
    if (length > blob.size()) return corrupt(xorb, "shorter than its footer");
    footer.resize(length);
    TRY(read_exactly_at(blob, blob.size() - length, footer));
    return footer;
}

}  // namespace

Result<ChunkTables::Table> ChunkTables::load(const format::XetHash& xorb) {
    if (auto known = find(xorb)) return known;
    TRY(const auto blob, store_.open(xorb_key(xorb)));
    return load(xorb, *blob);
}

Result<ChunkTables::Table> ChunkTables::load(const format::XetHash& xorb, const Blob& blob) {
    if (auto known = find(xorb); known && object_bytes(*known) == blob.size()) return known;
    TRY(const auto footer, read_footer(xorb, blob));
    TRY(auto parsed, format::parse_xorb_footer(footer));
    if (parsed.xorb != xorb) return corrupt(xorb, "the footer is another's");
    if (object_bytes(parsed) != blob.size()) return corrupt(xorb, "the chunks do not end at the footer");
    auto table = std::make_shared<const format::ChunkTable>(std::move(parsed));
    keep(table);
    return table;
}

std::size_t ChunkTables::bytes() const {
    const std::lock_guard lock(mutex_);
    return bytes_;
}

ChunkTables::Table ChunkTables::find(const format::XetHash& xorb) {
    const std::lock_guard lock(mutex_);
    const auto found = entries_.find(xorb);
    if (found == entries_.end()) return nullptr;
    recent_.splice(recent_.begin(), recent_, found->second.place);
    return found->second.table;
}

void ChunkTables::keep(const Table& table) {
    const std::lock_guard lock(mutex_);
    auto& entry = entries_[table->xorb];
    if (entry.table) {
        bytes_ -= cost_of(*entry.table);
        recent_.erase(entry.place);
    }
    entry = {table, recent_.insert(recent_.begin(), table->xorb)};
    bytes_ += cost_of(*table);
    while (bytes_ > limit_bytes_) drop_oldest();
}

void ChunkTables::drop_oldest() {
    const auto oldest = entries_.find(recent_.back());
    bytes_ -= cost_of(*oldest->second.table);
    entries_.erase(oldest);
    recent_.pop_back();
}

}  // namespace mirfa::blob
