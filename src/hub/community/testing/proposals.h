// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/bytes.h"
#include "base/digest.h"
#include "catalog/large.h"
#include "format/json_writer.h"
#include "hub/accounts/testing/bare_hub.h"
#include "hub/commits/commit.h"
#include "hub/commits/objects.h"
#include "hub/commits/tree_of.h"
#include "hub/community/discussions.h"
#include "hub/repos/repositories.h"
#include "git/tree.h"

namespace mirfa::hub::testing {

/// alice owns the model alice/m, bob may only propose.
struct HubWithProposals : BareHub {
    catalog::User alice = add_user("alice");
    catalog::User bob = add_user("bob");
    catalog::Repository repo = add_model(alice, "m");

    static Principal session_of(const catalog::User& user) {
        Principal who;
        who.kind = PrincipalKind::kSession;
        who.user = user.owner.id;
        who.name = user.owner.name;
        return who;
    }
    catalog::Repository add_model(const catalog::User& owner, const std::string& name, bool is_private = false) {
        NewRepository wanted;
        wanted.name = name;
        wanted.is_private = is_private;
        create_repository(hub, session_of(owner), wanted).value();
        return reload(owner.owner.name, name);
    }
    catalog::Repository reload(const std::string& owner, const std::string& name) {
        return catalog
            ->read([&](catalog::Session& s) { return catalog::find_repository(s, catalog::RepoType::kModel, owner, name); })
            .value()
            .value();
    }
    /// A line of a commit that puts a text.
    static std::string put(const std::string& path, const std::string& text) {
        format::JsonWriter line;
        line.object()
            .field("key", "file")
            .object("value")
            .field("path", path)
            .field("encoding", "base64")
            .field("content", to_base64(as_bytes(text)));
        return std::move(line).take() + "\n";
    }
    static std::string remove(const std::string& path) {
        format::JsonWriter line;
        line.object().field("key", "deletedFile").object("value").field("path", path);
        return std::move(line).take() + "\n";
    }
    Result<CommitOutcome> commit(const catalog::User& user, const std::string& revision, const std::string& title,
                                 const std::string& lines, bool create_pr = false) {
        const auto who = session_of(user);
        TRY(check_commit_target(hub, repo, who, revision, create_pr));
        CommitRequest request(hub, repo, who, revision, create_pr);
        format::JsonWriter header;
        header.object().field("key", "header").object("value").field("summary", title).field("description", "");
        TRY(request.feed(as_bytes(std::move(header).take() + "\n" + lines)));
        return request.finish();
    }
    /// Opens a pull request and gives its number.
    std::int64_t propose(const catalog::User& user, const std::string& title, const std::string& lines) {
        return commit(user, "main", title, lines, true).value().pull_request.value();
    }
    ObjectId tip(const std::string& ref) {
        return catalog->read([&](catalog::Session& s) { return catalog::find_ref(s, repo.id, ref); }).value().value().commit;
    }
    /// "" when there is no such file.
    std::string text_at(const std::string& ref, const std::string& path) {
        const auto commit = tip(ref);
        return catalog
            ->read([&](catalog::Session& s) -> Result<std::string> {
                CatalogObjects objects(s, repo.id);
                TRY(const auto tree, tree_of(objects, commit));
                TRY(const auto entry, git::find_path(objects, tree, path));
                if (!entry) return std::string{};
                TRY(const auto data, read_object(objects, entry->id, git::ObjectType::kBlob));
                return std::string(as_text(data));
            })
            .value();
    }
    /// Lets a repository hold large content that exists in name only.
    Sha256 hold_large(const catalog::Repository& holder, const std::string& content) {
        const auto sha256 = sha256_of(as_bytes(content));
        const catalog::LargeObject object{sha256, static_cast<std::int64_t>(content.size()), true, std::nullopt, clock.time};
        const auto held = catalog->write([&](catalog::Session& s) -> Result<void> {
            TRY(catalog::put_large_object(s, object));
            return catalog::hold_object(s, holder.id, sha256, holder.owner, catalog::Door::kLfs, clock.time, clock.time + 1'000);
        });
        if (!held.has_value()) std::abort();
        return sha256;
    }
};

}  // namespace mirfa::hub::testing
