// SPDX-License-Identifier: Apache-2.0
// the octets of LFS objects, by sealed addresses.
#include <charconv>

#include "api/errors.h"
#include "api/operations.h"
#include "hub/large/lfs.h"

namespace mirfa::api {
namespace {

std::string_view seal_of(const Call& call, std::string& keep) {
    keep = call.query.find("seal").value_or("");
    return keep;
}

class ObjectReceiver final : public http::BodyReceiver {
public:
    ObjectReceiver(std::unique_ptr<hub::LargeUpload> upload, hub::LfsWanted wanted)
        : upload_(std::move(upload)), wanted_(wanted) {}

    Result<void> receive(ByteView bytes) override {
        if (upload_->written() + bytes.size() > wanted_.size)
            return Error{Code::kInvalidArgument,
                         "The upload is longer than the " + std::to_string(wanted_.size) + " octets announced.",
                         Reason::kUnprocessable};
        return upload_->write(bytes);
    }
    http::Response finish() override {
        const auto stored = upload_->finish(wanted_.oid, wanted_.size);
        if (!stored.has_value()) return error_response(stored.error(), ErrorStyle::kLfs);
        return text_response(200, "application/json; charset=utf-8", "{}");
    }

private:
    std::unique_ptr<hub::LargeUpload> upload_;
    const hub::LfsWanted wanted_;
};

class PartReceiver final : public http::BodyReceiver {
public:
    explicit PartReceiver(std::unique_ptr<hub::PartUpload> part) : part_(std::move(part)) {}
    Result<void> receive(ByteView bytes) override { return part_->write(bytes); }
    http::Response finish() override {
        const auto etag = part_->finish();
        if (!etag.has_value()) return error_response(etag.error(), ErrorStyle::kLfs);
        auto response = text_response(200, "application/json; charset=utf-8", "{}");
        response.headers.set("ETag", "\"" + etag.value() + "\"");
        return response;
    }

private:
    std::unique_ptr<hub::PartUpload> part_;
};

}  // namespace

Result<std::unique_ptr<http::BodyReceiver>> lfs_put(Call&& call) {
    std::string keep;
    TRY(const auto oid, Sha256::parse(call.value("oid")));
    TRY(const auto permit, hub::open_upload_seal(call.hub, oid, seal_of(call, keep)));
    TRY(hub::check_free_space(call.hub, permit.wanted.size));
    TRY(auto upload, hub::LargeUpload::begin(call.hub, permit.repo, permit.user, catalog::Door::kLfs));
    return std::unique_ptr<http::BodyReceiver>(new ObjectReceiver(std::move(upload), permit.wanted));
}

Result<http::Response> lfs_get(Call& call) {
    std::string keep;
    TRY(const auto oid, Sha256::parse(call.value("oid")));
    TRY(const auto object, hub::open_download_seal(call.hub, oid, seal_of(call, keep)));
    http::Response response;
    response.headers.set("Content-Type", "application/octet-stream");
    response.headers.set("ETag", "\"" + oid.hex() + "\"");
    TRY(send_large(call, object, response));
    return response;
}

Result<std::unique_ptr<http::BodyReceiver>> lfs_put_part(Call&& call) {
    std::string keep;
    TRY(const auto upload, hub::open_multipart_seal(call.hub, call.value("upload"), seal_of(call, keep)));
    int part = 0;
    const auto text = call.value("part");
    std::from_chars(text.data(), text.data() + text.size(), part);
    TRY(auto receiving, hub::PartUpload::begin(call.hub, upload, part));
    return std::unique_ptr<http::BodyReceiver>(new PartReceiver(std::move(receiving)));
}

Result<http::Response> lfs_complete(Call& call) {
    std::string keep;
    TRY(const auto upload, hub::open_multipart_seal(call.hub, call.value("upload"), seal_of(call, keep)));
    TRY(hub::complete_multipart(call.hub, upload));
    return text_response(200, "application/json; charset=utf-8", "{}");
}

}  // namespace mirfa::api
