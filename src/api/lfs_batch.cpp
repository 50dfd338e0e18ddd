// SPDX-License-Identifier: Apache-2.0
// which objects to send or fetch, by which transfer.
#include <algorithm>

#include "api/operations.h"
#include "base/percent.h"
#include "hub/large/lfs.h"
#include "hub/xet/cas_tokens.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;

constexpr std::size_t kMaxObjects = 1'000;
constexpr std::size_t kMaxParts = 50'000;                         // addresses in one answer; 3 TB in parts of the usual size
constexpr std::int64_t kMaxObjectBytes = std::int64_t{1} << 43;   // as much as the upload route takes
constexpr std::uint64_t kDefaultMultipartThreshold = 5ull << 30;  // what one PUT of an object store takes

struct Batch {
    bool upload = false;
    std::vector<std::string> transfers;
    std::string ref;
    std::vector<hub::LfsWanted> objects;
    std::vector<std::optional<std::string>> errors;           ///< beside `objects`; nothing for good ones
    std::vector<std::pair<std::string, std::int64_t>> named;  ///< as the client wrote them

    bool offers(std::string_view transfer) const {
        return std::find(transfers.begin(), transfers.end(), transfer) != transfers.end();
    }
};

Error unprocessable(std::string text) { return Error{Code::kInvalidArgument, std::move(text), Reason::kUnprocessable}; }

Result<Batch> parse_batch(const boost::json::value& json) {
    Batch batch;
    TRY(const auto operation, format::need_string(json, "operation"));
    if (operation != "upload" && operation != "download") return unprocessable("The operation must be upload or download.");
    batch.upload = operation == "upload";
    const auto algorithm = format::find_string(json, "hash_algo").value_or("sha256");
    if (algorithm != "sha256" && algorithm != "sha_256") return unprocessable("Objects are named by sha256 here.");
    if (const auto* transfers = format::find_array(json, "transfers"))
        for (const auto& item : *transfers)
            if (item.is_string()) batch.transfers.emplace_back(item.get_string());
    if (const auto* ref = format::find_member(json, "ref")) batch.ref = format::find_string(*ref, "name").value_or("");
    TRY(const auto* objects, format::need_array(json, "objects"));
    if (objects->size() > kMaxObjects)
        return Error{Code::kTooLarge, "A batch may name at most " + std::to_string(kMaxObjects) + " objects."};
    for (const auto& item : *objects) {
        TRY(const auto oid, format::need_string(item, "oid"));
        TRY(const auto size, format::need_int(item, "size"));
        const auto parsed = Sha256::parse(oid);
        const bool good = parsed.has_value() && size >= 0 && size <= kMaxObjectBytes;
        batch.named.emplace_back(oid, size);
        batch.objects.push_back({good ? parsed.value() : Sha256{}, static_cast<std::uint64_t>(std::max<std::int64_t>(size, 0))});
        batch.errors.push_back(
            good ? std::nullopt
                 : std::optional<std::string>("The object id must be 64 hex digits and its size between 0 and 8 TiB."));
    }
    return batch;
}

/// Uploads for a pull request name no ref, so they only need the right to propose; what is uploaded is readable
/// to nobody else before a commit names it.
hub::Action action_of(const Batch& batch) {
    if (!batch.upload) return hub::Action::kReadContent;
    const bool proposal = batch.ref.empty() || batch.ref.starts_with("refs/pr/");
    return proposal ? hub::Action::kPropose : hub::Action::kWrite;
}

std::uint64_t multipart_threshold(const catalog::Repository& repo) {
    const auto settings = format::parse_json(repo.settings.empty() ? "{}" : repo.settings);
    if (!settings.has_value()) return kDefaultMultipartThreshold;
    const auto own = format::find_int(settings.value(), "lfsmultipartthresh");
    return own && *own > 0 ? static_cast<std::uint64_t>(*own) : kDefaultMultipartThreshold;
}

/// So a browser asks for parts, of which it loses one where it would have lost a file; and it goes on with those it has sent
/// before its page was closed. Agents of git-lfs and the ecosystem's clients send all the parts of a batch, and offer basic too.
bool wants_parts_only(const Batch& batch) {
    return batch.upload && batch.offers("multipart") && !batch.offers("basic") && !batch.offers("xet");
}

/// multipart when all that is to be sent needs it: its agent cannot do anything else in the same batch. And when nothing else
/// is offered.
std::string choose_transfer(const Batch& batch, const std::vector<bool>& held, std::uint64_t threshold) {
    if (!batch.upload) return "basic";
    if (batch.offers("xet")) return "xet";
    if (!batch.offers("multipart")) return "basic";
    if (wants_parts_only(batch)) return "multipart";
    bool any = false;
    for (std::size_t i = 0; i < batch.objects.size(); ++i) {
        if (held[i] || batch.errors[i]) continue;
        if (batch.objects[i].size <= threshold) return "basic";
        any = true;
    }
    return any ? "multipart" : "basic";
}

class Answer {
public:
    Answer(Call& call, const catalog::Repository& repo, Batch batch) : call_(call), repo_(repo), batch_(std::move(batch)) {}

    Result<http::Response> make() {
        for (std::size_t i = 0; i < batch_.objects.size(); ++i) TRY(look_up(i));
        transfer_ = choose_transfer(batch_, held_, multipart_threshold(repo_));
        json_.object().field("transfer", transfer_).field("hash_algo", "sha256").array("objects");
        for (std::size_t i = 0; i < batch_.objects.size(); ++i) TRY(write_object(i));
        json_.end();
        return text_response(200, "application/vnd.git-lfs+json; charset=utf-8", std::move(json_).take());
    }

private:
    Result<void> look_up(std::size_t i) {
        held_.push_back(false);
        if (batch_.errors[i]) return ok();
        auto held = hub::repository_holds(call_.hub, repo_.id, batch_.objects[i]);
        if (held.has_value())
            held_[i] = held.value();
        else if (held.error().reason == Reason::kUnprocessable)
            batch_.errors[i] = held.error().message;
        else
            return held.error();
        return ok();
    }

    Result<void> write_object(std::size_t i) {
        json_.object().field("oid", batch_.named[i].first).field("size", batch_.named[i].second);
        if (batch_.errors[i]) {
            write_error(422, *batch_.errors[i]);
        } else if (batch_.upload) {
            if (!held_[i]) TRY(write_upload(batch_.objects[i]));
        } else if (held_[i]) {
            TRY(write_download(batch_.objects[i]));
        } else {
            write_error(404, "Object does not exist");
        }
        json_.end();
        return ok();
    }

    void write_error(int code, std::string_view message) {
        json_.object("error").field("code", code).field("message", message).end();
    }

    Result<void> write_download(const hub::LfsWanted& wanted) {
        TRY(const auto url, hub::lfs_download_url(call_.hub, repo_, wanted.oid));
        json_.field("authenticated", true).object("actions").object("download").field("href", url);
        json_.object("header").end().field("expires_in", 14 * 60).end().end();
        return ok();
    }

    Result<void> write_upload(const hub::LfsWanted& wanted) {
        TRY(const auto seal, hub::lfs_upload_seal(call_.hub, repo_, call_.principal, wanted));
        json_.field("authenticated", true).object("actions").object("upload");
        if (transfer_ == "xet") {
            TRY(write_xet());
        } else if (transfer_ == "multipart") {
            TRY(write_parts(wanted));
        } else {
            json_.field("href", hub::lfs_upload_url(call_.hub, wanted.oid, seal)).object("header").end();
        }
        json_.field("expires_in", 86'000).end();
        if (transfer_ != "xet") {
            json_.object("verify").field("href", call_.url(web_path(repo_) + ".git/info/lfs/objects/verify?seal=" + seal));
            json_.object("header").end().end();
        }
        json_.end();
        return ok();
    }

    Result<void> write_xet() {
        if (!grant_) {
            TRY(grant_, hub::grant_cas(call_.hub, repo_, call_.principal, true));
        }
        std::string revision = batch_.ref.empty() ? "main" : batch_.ref;
        if (revision.starts_with("refs/heads/")) revision = revision.substr(11);
        const std::string route = call_.url(api_path(repo_) + "/xet-write-token/" + percent_encode(revision));
        json_.field("href", route + (batch_.ref.empty() ? "?create_pr=1" : ""));
        json_.object("header").field("X-Xet-Cas-Url", grant_->cas_url).field("X-Xet-Access-Token", grant_->token);
        json_.field("X-Xet-Token-Expiration", std::to_string(grant_->expires)).end();
        return ok();
    }

    Result<void> write_parts(const hub::LfsWanted& wanted) {
        using enum hub::MultipartStart;
        const auto start = wants_parts_only(batch_) ? kWhereItStopped : kAnew;
        TRY(const auto plan, hub::begin_multipart(call_.hub, repo_, call_.principal, wanted, start));
        parts_ += plan.part_urls.size();
        if (parts_ > kMaxParts)
            return Error{Code::kTooLarge, "The objects of the batch have too many parts. Name fewer objects at once."};
        json_.field("href", plan.complete_url).object("header").field("chunk_size", std::to_string(plan.part_size));
        for (std::size_t part = 0; part < plan.part_urls.size(); ++part) {
            std::string number = std::to_string(part + 1);
            number.insert(0, 5 - std::min<std::size_t>(5, number.size()), '0');
            json_.field(number, plan.part_urls[part]);
        }
        json_.end();
        if (!plan.arrived.empty()) {
            json_.object("arrived");
            for (const auto& [number, etag] : plan.arrived) json_.field(std::to_string(number), etag);
            json_.end();
        }
        return ok();
    }

    Call& call_;
    const catalog::Repository& repo_;
    Batch batch_;
    std::vector<bool> held_;
    std::string transfer_;
    std::optional<hub::CasGrant> grant_;
    std::size_t parts_ = 0;
    JsonWriter json_;
};

}  // namespace

Result<http::Response> lfs_batch(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(auto batch, parse_batch(json));
    TRY(const auto repo, require_repository(call, action_of(batch)));
    return Answer(call, repo, std::move(batch)).make();
}

namespace {

/// The repository an upload went to. git-lfs sends no credentials here (`authenticated`), so the seal of the upload
/// speaks; without one the caller must be allowed to upload.
Result<catalog::RowId> repository_to_verify(Call& call, const Sha256& oid) {
    if (const auto seal = call.query.find("seal")) {
        TRY(const auto permit, hub::open_upload_seal(call.hub, oid, *seal));
        return permit.repo;
    }
    TRY(const auto repo, require_repository(call, hub::Action::kPropose));
    return repo.id;
}

}  // namespace

///
Result<http::Response> lfs_verify(Call& call) {
    TRY(const auto json, json_body(call));
    TRY(const auto oid_text, format::need_string(json, "oid"));
    TRY(const auto size, format::need_int(json, "size"));
    TRY(const auto oid, Sha256::parse(oid_text));
    TRY(const auto repo, repository_to_verify(call, oid));
    TRY(const bool held, hub::repository_holds(call.hub, repo, {oid, static_cast<std::uint64_t>(size)}));
    if (!held)
        return Error{Code::kNotFound, "The object " + oid_text + " has not been uploaded to this repository.",
                     Reason::kContentMissing};
    return text_response(200, "application/vnd.git-lfs+json; charset=utf-8", "{}");
}

}  // namespace mirfa::api
