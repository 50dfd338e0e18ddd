// SPDX-License-Identifier: Apache-2.0
#include "hub/xet/xorbs.h"

#include "base/fault.h"
#include "base/random.h"
#include "blob/chunk_tables.h"
#include "blob/store.h"
#include "catalog/large.h"
#include "format/shard.h"
#include "hub/large/large_objects.h"
#include "hub/xet/cas_tokens.h"

namespace mirfa::hub {
namespace {

using catalog::Session;

const FaultPoint kXorbStored("xorb-stored");

constexpr std::uint64_t kDedupSeconds = 3 * 24 * 3600;
constexpr UnixMillis kHandedOutPrecision = 3600 * 1000;  // against weeks that a xorb is kept: most queries write nothing

format::ShardXorb as_listed(const format::ChunkTable& table) {
    format::ShardXorb listed{table.xorb, table.raw_bytes(), 0, {}};
    listed.chunks.reserve(table.size());
    for (std::size_t i = 0; i < table.size(); ++i)
        listed.chunks.push_back({table.hashes[i], table.raw_start(i), table.raw_length(i)});
    return listed;
}

}  // namespace

XorbUpload::XorbUpload(Hub& hub, const Principal& cas, const XetHash& name) : hub_(hub), cas_(cas), name_(name) {}
XorbUpload::~XorbUpload() = default;

Result<std::unique_ptr<XorbUpload>> XorbUpload::begin(Hub& hub, const Principal& cas, const XetHash& name) {
    TRY(require_cas_write(cas));
    TRY(check_free_space(hub, format::kMaxXorbBytes));
    auto upload = std::unique_ptr<XorbUpload>(new XorbUpload(hub, cas, name));
    TRY(upload->writer_, hub.store.begin());
    return upload;
}

Result<void> XorbUpload::write(ByteView bytes) {
    TRY(const auto keep, scanner_.feed(bytes));
    return writer_->write(bytes.first(keep));
}

Result<bool> XorbUpload::finish() {
    TRY(const auto table, scanner_.finish());
    if (table.xorb != name_)
        return Error{Code::kInvalidArgument, "The xorb's chunks give the name " + format::to_string(table.xorb) +
                                                 ", it was sent as " + format::to_string(name_) + "."};
    const Bytes footer = format::write_xorb_footer(table);
    TRY(writer_->write(footer));
    TRY(const bool is_first, writer_->publish(blob::xorb_key(name_)));
    kXorbStored.reach();
    std::uint64_t stored = table.stored_bytes() + footer.size();
    if (!is_first) {  // the first one's octets stay; they may be compressed otherwise
        TRY(const auto kept, hub_.store.stat(blob::xorb_key(name_)));
        stored = kept.value_or(stored);
    }
    return record(table, stored);
}

Result<bool> XorbUpload::record(const format::ChunkTable& table, std::uint64_t stored_size) {
    return hub_.catalog.write([&](Session& s) -> Result<bool> {
        TRY(const bool is_new, catalog::insert_xorb(s, {name_, static_cast<std::int64_t>(stored_size), table.raw_bytes(),
                                                        static_cast<std::int64_t>(table.size()), hub_.clock.now()}));
        TRY(catalog::own_xorb(s, name_, cas_.bound_repo, cas_.user));
        if (!is_new) return false;
        for (std::size_t i = 0; i < table.size(); ++i)
            if (format::is_dedup_eligible(table.hashes[i]))
                TRY(catalog::insert_dedup_chunk(s, table.hashes[i], name_, static_cast<std::int64_t>(i)));
        return true;
    });
}

Result<std::optional<Bytes>> answer_chunk_query(Hub& hub, const Principal& cas, const XetHash& chunk) {
    TRY(const auto xorb,
        hub.catalog.read([&](Session& s) { return catalog::find_dedup_xorb(s, chunk, cas.bound_repo, cas.user); }));
    if (!xorb) return std::optional<Bytes>{};
    TRY(const auto table, hub.chunk_tables.load(xorb->hash));
    if (hub.clock.now() - xorb->last_handed_out >= kHandedOutPrecision)
        TRY(hub.catalog.write([&](Session& s) { return catalog::touch_xorb(s, xorb->hash, hub.clock.now()); }));
    XetHash key;
    fill_random(key.octets);
    const auto now = static_cast<std::uint64_t>(hub.clock.now() / 1000);
    const format::ShardXorb listed[] = {as_listed(*table)};
    return std::optional(format::write_dedup_answer(listed, key, {now, now + kDedupSeconds}));
}

}  // namespace mirfa::hub
