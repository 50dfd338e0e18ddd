// SPDX-License-Identifier: Apache-2.0
#include "server/hub_parts.h"

#include "catalog/large.h"
#include "catalog/objects.h"
#include "catalog/tokens.h"
#include "hub/commits/card_refresh.h"
#include "hub/jobs/jobs.h"

namespace mirfa::server {
namespace {

constexpr UnixMillis kDay = 24LL * 3600 * 1000;
constexpr int kEventsAtOnce = 10'000;

void warn(std::string_view what, const Result<void>& outcome) {
    if (!outcome.has_value()) log(LogLevel::kWarning, "{}: {}", what, describe(outcome.error()));
}

/// Multipart uploads that nobody completes, with their parts.
Result<void> drop_old_uploads(hub::Hub& hub, UnixMillis before) {
    TRY(const auto old, hub.catalog.read([&](catalog::Session& s) { return catalog::multiparts_before(s, before); }));
    for (const auto& id : old) {
        TRY(hub.store.drop_upload(id));
        TRY(hub.catalog.write([&](catalog::Session& s) { return catalog::delete_multipart(s, id); }));
    }
    return hub.store.drop_stale(before);
}

/// What waits for it after an upgrade; the rest is left for the next time.
Result<void> index_some(hub::Hub& hub) {
    TRY(hub::index_wanted(hub, 2'000));
    return ok();
}

}  // namespace

Result<std::unique_ptr<HubParts>> HubParts::open(const ServerConfig& config, std::uint16_t port) {
    auto parts = std::unique_ptr<HubParts>(new HubParts);
    TRY(ensure_folder(std::filesystem::absolute(config.data)));
    TRY(parts->catalog_, catalog::open_catalog(config.database_address()));
    TRY(parts->store_, blob::open_store(config.store_address()));
    parts->chunk_tables_ = std::make_unique<blob::ChunkTables>(*parts->store_);
    parts->git_cache_ = std::make_unique<git::NodeCache>(config.data / "git-cache", config.git_cache_mb << 20);
    parts->keyring_ = std::make_unique<hub::Keyring>(*parts->catalog_, system_clock());
    parts->audit_kept_ = static_cast<UnixMillis>(config.audit_days) * kDay;
    hub::HubOptions options;
    options.public_url = config.url(port);
    std::error_code unknown;
    options.program = std::filesystem::read_symlink("/proc/self/exe", unknown).string();
    options.free_space_floor = config.free_space_floor_mb << 20;
    parts->hub_ = std::make_unique<hub::Hub>(hub::Hub{*parts->catalog_, *parts->store_, *parts->chunk_tables_, *parts->git_cache_,
                                                      system_clock(), *parts->keyring_, parts->counters_, options});
    return parts;
}

void HubParts::tidy(hub::LastUsed::Which which) {
    const auto now = hub_->clock.now();
    warn("counting downloads", counters_.flush(*catalog_, hub_->clock));
    warn("noting tokens used", last_used_.flush(*hub_, which));
    warn("forgetting what has expired", catalog_->write([&](catalog::Session& s) { return catalog::delete_expired(s, now); }));
    if (audit_kept_ > 0)
        warn("forgetting old events", catalog_->write([&](catalog::Session& s) {
            return catalog::delete_audit_events(s, now - audit_kept_, kEventsAtOnce);
        }));
    if (which == hub::LastUsed::Which::kDue) warn("indexing repositories", index_some(*hub_));
    warn("forgetting old jobs", hub::forget_ended_jobs(*hub_));
    warn("dropping old uploads", drop_old_uploads(*hub_, now - 7 * kDay));
    const catalog::RowId push_before = (now - kDay) << 20;  // row ids begin with the time they were made
    warn("dropping old pushes",
         catalog_->write([&](catalog::Session& s) { return catalog::delete_staged_before(s, push_before); }));
}

}  // namespace mirfa::server
