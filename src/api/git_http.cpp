// SPDX-License-Identifier: Apache-2.0
// R-60…R-62: git over smart HTTP. Anonymous callers who may not go on get 401, so that git asks for a password.
#include <zlib.h>

#include "api/errors.h"
#include "api/operations.h"
#include "hub/commits/git_service.h"

namespace mirfa::api {
namespace {

constexpr std::uint64_t kMaxFetchRequest = 64u << 20;  // wants and haves of the largest negotiation

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

/// Undoes `Content-Encoding: gzip` as octets arrive; passes other bodies through.
class Decoder {
public:
    explicit Decoder(std::string_view encoding) : active_(encoding == "gzip" || encoding == "x-gzip") {
        if (active_) inflateInit2(&stream_, 15 + 16);
    }
    ~Decoder() {
        if (active_) inflateEnd(&stream_);
    }
    Decoder(const Decoder&) = delete;
    Decoder& operator=(const Decoder&) = delete;

    Result<void> feed(ByteView bytes, const std::function<Result<void>(ByteView)>& sink) {
        if (!active_) return sink(bytes);
        Bytes plain(256u << 10);
        stream_.next_in = const_cast<Byte*>(bytes.data());
        stream_.avail_in = static_cast<uInt>(bytes.size());
        while (stream_.avail_in > 0) {
            stream_.next_out = plain.data();
            stream_.avail_out = static_cast<uInt>(plain.size());
            const int code = inflate(&stream_, Z_NO_FLUSH);
            if (code != Z_OK && code != Z_STREAM_END) return Error{Code::kInvalidArgument, "The compressed request body is damaged."};
            TRY(sink(ByteView(plain).first(plain.size() - stream_.avail_out)));
            if (code == Z_STREAM_END) break;
        }
        return ok();
    }

private:
    const bool active_;
    z_stream stream_{};
};

class FetchReceiver final : public http::BodyReceiver {
public:
    FetchReceiver(hub::Hub& hub, catalog::Repository repo, const http::Request& request)
        : hub_(hub), repo_(std::move(repo)), protocol_(request.headers.get("Git-Protocol")),
          decoder_(request.headers.get("Content-Encoding")) {}

    Result<void> receive(ByteView bytes) override {
        return decoder_.feed(bytes, [&](ByteView plain) -> Result<void> {
            if (request_.size() + plain.size() > kMaxFetchRequest) return Error{Code::kTooLarge, "The fetch names too many commits."};
            request_.insert(request_.end(), plain.begin(), plain.end());
            return ok();
        });
    }
    http::Response finish() override {
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
    Decoder decoder_;
    Bytes request_;
};

class PushReceiver final : public http::BodyReceiver {
public:
    PushReceiver(hub::Hub& hub, const catalog::Repository& repo, const Call& call)
        : push_(hub, repo, call.principal), decoder_(call.request.headers.get("Content-Encoding")) {}

    Result<void> receive(ByteView bytes) override {
        return decoder_.feed(bytes, [&](ByteView plain) { return push_.feed(plain); });
    }
    http::Response finish() override {
        auto report = push_.finish();
        if (!report.has_value()) return error_response(report.error(), ErrorStyle::kGit);
        auto response = git_response(Service::kReceivePack, "result");
        response.text = std::move(report).value();
        return response;
    }

private:
    hub::PushRequest push_;
    Decoder decoder_;
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
        TRY(response.text, hub::advertise_push(call.hub, repo));
        return response;
    }
    TRY(response.text, hub::advertise_fetch(call.hub, repo, call.request.headers.get("Git-Protocol")));
    return response;
}

Result<std::unique_ptr<http::BodyReceiver>> git_upload_pack(Call&& call) {
    TRY(auto repo, require_repository(call, action_of(Service::kUploadPack)));
    return std::unique_ptr<http::BodyReceiver>(new FetchReceiver(call.hub, std::move(repo), call.request));
}

Result<std::unique_ptr<http::BodyReceiver>> git_receive_pack(Call&& call) {
    TRY(const auto repo, require_repository(call, action_of(Service::kReceivePack)));
    return std::unique_ptr<http::BodyReceiver>(new PushReceiver(call.hub, repo, call));
}

}  // namespace mirfa::api
