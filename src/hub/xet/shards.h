// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>

#include "catalog/large.h"
#include "format/shard.h"
#include "hub/access/principal.h"
#include "hub/hub.h"

namespace mirfa::blob {
class RebuiltHasher;
}

namespace mirfa::hub {

/// Registers the files of an uploaded shard (xet.md 5.7, 9.1, 9.3). Work is done in steps, so that the caller can tell
/// the client that it goes on; nothing is visible before the last step, which makes everything visible at once.
/// Threads: one at a time.
class ShardRegistration {
public:
    /// Parses the body and checks every claim that needs no file content.
    /// Fails: kInvalidArgument saying what does not fit; kForbidden for a token that may only read.
    static Result<std::unique_ptr<ShardRegistration>> begin(Hub& hub, const Principal& cas, ByteView body);
    ~ShardRegistration();

    /// Hashes about `octets` more of the files that the hub has not seen before, checking each file's SHA-256.
    /// Gives: false when everything is checked.
    Result<bool> step(std::uint64_t octets);
    std::uint64_t verified() const { return verified_; }
    std::uint64_t total() const { return total_; }
    /// Stores files, content and holds. Gives: whether anything was new.
    Result<bool> commit();

private:
    struct PendingFile;
    ShardRegistration(Hub& hub, const Principal& cas);
    Result<void> check_xorb(const format::ShardXorb& claimed);
    Result<void> check_file(const format::ShardFile& claimed);
    Result<void> check_terms(const format::ShardFile& claimed, catalog::XetFile& file);
    Result<void> finish_hashing(PendingFile& pending);
    Result<void> own_known_xorb(catalog::Session& session, const format::XetHash& xorb);

    Hub& hub_;
    const Principal cas_;
    std::vector<PendingFile> files_;
    std::set<format::XetHash> seen_;
    std::size_t chunks_ = 0;
    std::size_t current_ = 0;
    std::unique_ptr<blob::RebuiltHasher> hashing_;
    std::uint64_t verified_ = 0;
    std::uint64_t total_ = 0;
};

}  // namespace mirfa::hub
