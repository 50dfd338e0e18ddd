// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/git_service.h"

#include "git/receive_pack.h"

namespace mirfa::hub {
namespace {

using catalog::Ref;
using catalog::Session;
using git::ObjectType;

git::CachedRef to_cached(const Ref& ref) {
    return {ref.name, ref.target, ref.target == ref.commit ? std::nullopt : std::optional(ref.commit)};
}

/// The catalog at one moment, as the cache reads it.
class Feed final : public git::CacheFeed {
public:
    Feed(Session& session, const catalog::Repository& now) : session_(session), repo_(now) {}
    std::int64_t generation() const override { return repo_.generation; }
    std::int64_t sequence() const override { return repo_.sequence; }
    Result<std::vector<git::CachedRef>> refs() override {
        TRY(const auto refs, catalog::list_refs(session_, repo_.id, "refs/"));
        std::vector<git::CachedRef> cached;
        for (const auto& ref : refs) cached.push_back(to_cached(ref));
        return cached;
    }
    Result<std::uint32_t> count_objects(std::int64_t after) override {
        TRY(const auto count, catalog::count_objects_after(session_, repo_.id, after, repo_.sequence));
        return static_cast<std::uint32_t>(count);
    }
    Result<void> each_object(std::int64_t after, const Visit& visit) override {
        return catalog::each_object_after(session_, repo_.id, after, repo_.sequence, [&](const auto& object, std::int64_t) {
            return visit(static_cast<ObjectType>(object.facts.type), static_cast<std::uint64_t>(object.facts.size),
                         object.deflated);
        });
    }

private:
    Session& session_;
    const catalog::Repository repo_;
};

}  // namespace

Result<git::CachedRepository> prepare_cache(Hub& hub, const catalog::Repository& repo) {
    return hub.catalog.read([&](Session& session) -> Result<git::CachedRepository> {
        TRY(const auto now, catalog::find_repository_by_id(session, repo.id));
        if (!now) return Error{Code::kNotFound, "The repository does not exist any more.", Reason::kRepoNotFound};
        Feed feed(session, *now);
        return hub.git_cache.prepare(repo.id, feed);
    });
}

Result<std::string> advertise_fetch(Hub& hub, const catalog::Repository& repo, std::string_view protocol) {
    TRY(const auto cached, prepare_cache(hub, repo));
    return git::advertise_upload_pack(cached, protocol);
}

Result<std::unique_ptr<SegmentSource>> serve_fetch(Hub& hub, const catalog::Repository& repo, std::string_view protocol,
                                                   Bytes request) {
    TRY(auto cached, prepare_cache(hub, repo));
    return git::serve_upload_pack(std::move(cached), protocol, std::move(request));
}

Result<std::string> advertise_push(Hub& hub, const catalog::Repository& repo) {
    TRY(const auto refs, hub.catalog.read([&](Session& s) { return catalog::list_refs(s, repo.id, "refs/"); }));
    std::vector<git::CachedRef> cached;
    for (const auto& ref : refs) cached.push_back(to_cached(ref));
    return git::advertise_receive_pack(cached);
}

}  // namespace mirfa::hub
