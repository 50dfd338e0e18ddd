// SPDX-License-Identifier: Apache-2.0
// R-60…R-62: git over smart HTTP. Anonymous callers who may not go on get 401, so that git asks for a password.
#include "api/content_coding.h"
#include "api/errors.h"
#include "api/operations.h"
#include "hub/commits/git_service.h"
#include "hub/commits/push.h"
#include "hub/large/large_objects.h"

namespace mirfa::api {
namespace {

constexpr std::uint64_t kMaxFetchRequest = 16u << 20;  // 300,000 wants and haves; anybody may make us hold this much

enum class Service { kUploadPack, kReceivePack };

hub::Action action_of(Service service) {
    return service == Service::kUploadPack ? hub::Action::kReadContent : hub::Action::kPropose;
}

http::Response git_response(Service service, std::string_view what) {
    http::Response response;
    const char* name = service == Service::kUploadPack ? "upload-pack" : "receive-pack";
    response.headers.set("Content-Type", "application/x-git-" + std::string(name) + "-" + std::string(what));
    response.headers.set("Cache-Control", "no-cache, max-age=0, must-revalidate");
    return response;
}

class FetchReceiver final : public http::BodyReceiver {
public:
    FetchReceiver(hub::Hub& hub, catalog::Repository repo, std::string_view protocol, ContentDecoder decoder)
        : hub_(hub), repo_(std::move(repo)), protocol_(protocol), decoder_(std::move(decoder)) {}

    Result<void> receive(ByteView bytes) override {
        return decoder_.feed(bytes, [&](ByteView plain) -> Result<void> {
            if (request_.size() + plain.size() > kMaxFetchRequest)
                return Error{Code::kTooLarge, "The fetch names too many commits."};
            request_.insert(request_.end(), plain.begin(), plain.end());
            return ok();
        });
    }
    http::Response finish() override {
        if (const auto whole = decoder_.finish(); !whole.has_value()) return error_response(whole.error(), ErrorStyle::kGit);
        auto served = hub::serve_fetch(hub_, repo_, protocol_, std::move(request_));
        if (!served.has_value()) return error_response(served.error(), ErrorStyle::kGit);
        auto response = git_response(Service::kUploadPack, "result");
        response.stream = std::move(served).value();
        return response;
    }

private:
    hub::Hub& hub_;
    const catalog::Repository repo_;
    const std::string protocol_;
    ContentDecoder decoder_;
    Bytes request_;
};

class PushReceiver final : public http::BodyReceiver {
public:
    PushReceiver(hub::Hub& hub, const catalog::Repository& repo, const Call& call, ContentDecoder decoder)
        : push_(hub, repo, call.principal), decoder_(std::move(decoder)) {}

    Result<void> receive(ByteView bytes) override {
        return decoder_.feed(bytes, [&](ByteView plain) { return push_.feed(plain); });
    }
    http::Response finish() override {
        if (const auto whole = decoder_.finish(); !whole.has_value()) return error_response(whole.error(), ErrorStyle::kGit);
        auto report = push_.finish();
        if (!report.has_value()) return error_response(report.error(), ErrorStyle::kGit);
        auto response = git_response(Service::kReceivePack, "result");
        response.text = std::move(report).value();
        return response;
    }

private:
    hub::PushRequest push_;
    ContentDecoder decoder_;
};

}  // namespace

Result<http::Response> git_info_refs(Call& call) {
    const auto name = call.query.find("service").value_or("");
    if (name != "git-upload-pack" && name != "git-receive-pack")
        return Error{Code::kForbidden, "Only the smart HTTP protocol is served. Use a git of the last ten years."};
    const auto service = name == "git-upload-pack" ? Service::kUploadPack : Service::kReceivePack;
    TRY(const auto repo, require_repository(call, action_of(service)));
    auto response = git_response(service, "advertisement");
    if (service == Service::kReceivePack) {
        TRY(hub::check_free_space(call.hub, 0));  // here, because git shows the text of this answer and not of the next
        TRY(response.text, hub::advertise_push(call.hub, repo));
        return response;
    }
    TRY(response.text, hub::advertise_fetch(call.hub, repo, call.request.headers.get("Git-Protocol")));
    return response;
}

Result<std::unique_ptr<http::BodyReceiver>> git_upload_pack(Call&& call) {
    TRY(auto repo, require_repository(call, action_of(Service::kUploadPack)));
    const auto& headers = call.request.headers;
    TRY(auto decoder, ContentDecoder::create(headers.get("Content-Encoding")));
    return std::unique_ptr<http::BodyReceiver>(
        new FetchReceiver(call.hub, std::move(repo), headers.get("Git-Protocol"), std::move(decoder)));
}

Result<std::unique_ptr<http::BodyReceiver>> git_receive_pack(Call&& call) {
    TRY(const auto repo, require_repository(call, action_of(Service::kReceivePack)));
    TRY(hub::check_free_space(call.hub, call.request.content_length.value_or(0)));
    TRY(auto decoder, ContentDecoder::create(call.request.headers.get("Content-Encoding")));
    return std::unique_ptr<http::BodyReceiver>(new PushReceiver(call.hub, repo, call, std::move(decoder)));
}

}  // namespace mirfa::api
