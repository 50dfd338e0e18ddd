// SPDX-License-Identifier: Apache-2.0
// a commit as NDJSON, taken as it arrives. R-28: super-squash.
#include "hub/commits/commit.h"

#include "api/errors.h"
#include "api/operations.h"
#include "hub/large/large_objects.h"

namespace mirfa::api {
namespace {

/// Branch or pull request of `{rev}`; clients send some revisions as several segments.
std::string revision_of(const Call& call) {
    std::string revision;
    for (const auto& part : call.path.rest) revision += (revision.empty() ? "" : "/") + part;
    return revision;
}

class CommitReceiver final : public http::BodyReceiver {
public:
    CommitReceiver(const Call& call, catalog::Repository repo)
        : public_url_(call.hub.options.public_url),
          repo_(std::move(repo)),
          request_(call.hub, repo_, call.principal, revision_of(call), call.query.is_true("create_pr")) {}

    Result<void> receive(ByteView bytes) override { return request_.feed(bytes); }

    http::Response finish() override {
        const auto outcome = request_.finish();
        if (!outcome.has_value()) return error_response(outcome.error(), ErrorStyle::kJson);
        const std::string oid = outcome.value().commit.hex();
        const std::string site = public_url_ + web_path(repo_);
        format::JsonWriter json;
        json.object().field("success", true).field("commitOid", oid).field("commitUrl", site + "/commit/" + oid);
        json.field("hookOutput", "");
        if (outcome.value().pull_request)
            json.field("pullRequestUrl", site + "/discussions/" + std::to_string(*outcome.value().pull_request));
        return json_response(std::move(json));
    }

private:
    const std::string public_url_;
    const catalog::Repository repo_;
    hub::CommitRequest request_;
};

/// The author of a pull request may add to it although the repository is not his.
hub::Action action_for(const std::string& revision, bool create_pr) {
    return create_pr || revision.starts_with("refs/pr/") ? hub::Action::kPropose : hub::Action::kWrite;
}

}  // namespace

Result<std::unique_ptr<http::BodyReceiver>> commit(Call&& call) {
    const std::string revision = revision_of(call);
    const bool create_pr = call.query.is_true("create_pr");
    TRY(auto repo, require_repository(call, action_for(revision, create_pr)));
    TRY(hub::check_commit_target(call.hub, repo, call.principal, revision, create_pr));
    TRY(hub::check_free_space(call.hub, call.request.content_length.value_or(0)));
    return std::unique_ptr<http::BodyReceiver>(new CommitReceiver(call, std::move(repo)));
}

Result<http::Response> super_squash(Call& call) {
    const std::string revision = revision_of(call);
    TRY(const auto repo, require_repository(call, action_for(revision, false)));
    TRY(const auto json, json_body(call));
    const std::string message(format::find_string(json, "message").value_or(""));
    TRY(const auto oid, hub::super_squash(call.hub, repo, call.principal, revision, message));
    format::JsonWriter answer;
    answer.object().field("commitOid", oid.hex());
    return json_response(std::move(answer));
}

}  // namespace mirfa::api
