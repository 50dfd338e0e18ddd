// SPDX-License-Identifier: Apache-2.0
#include "hub/large/lfs.h"

#include <charconv>

#include "base/ascii.h"
#include "base/fault.h"
#include "base/random.h"
#include "blob/store.h"
#include "hub/access/keyring.h"
#include "hub/access/permission.h"

namespace mirfa::hub {
namespace {

using catalog::MultipartUpload;
using catalog::Session;

const FaultPoint kMultipartWhole("multipart-whole");
const FaultPoint kMultipartEnded("multipart-ended");

constexpr UnixMillis kUrlLife = 24LL * 3600 * 1000;
constexpr UnixMillis kReadUrlLife = 15LL * 60 * 1000;  // what is taken from somebody ends soon (D12)
constexpr std::uint64_t kPartSize = 64u << 20;
constexpr std::uint64_t kMaxParts = 10'000;
constexpr std::string_view kPut = "lfs-put";
constexpr std::string_view kGet = "lfs-get";
constexpr std::string_view kPart = "lfs-part";

Error expired() { return Error{Code::kForbidden, "This address has expired or is for another file. Start the transfer again."}; }

std::int64_t to_number(std::string_view text) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

std::string object_url(const Hub& hub, const Sha256& oid, const std::string& seal) {
    return hub.options.public_url + "/lfs/objects/" + oid.hex() + "?seal=" + seal;
}

std::uint64_t part_size_for(std::uint64_t size) {
    std::uint64_t part = kPartSize;
    while (size / part >= kMaxParts) part *= 2;
    return part;
}

/// A seal is good for longer than a right may be: whoever was given the address must still be allowed to propose to the
/// repository when it is used.
Result<void> require_still(Hub& hub, catalog::RowId repo, catalog::RowId user) {
    return hub.catalog.read([&](Session& s) -> Result<void> {
        TRY(const auto found, catalog::find_user_by_id(s, user));
        TRY(const auto repository, catalog::find_repository_by_id(s, repo));
        if (!found || !repository) return expired();
        Principal who;
        who.kind = PrincipalKind::kSession;
        who.user = user;
        who.name = found->owner.name;
        who.is_admin = found->is_admin;
        return require(s, who, *repository, Action::kPropose);
    });
}

std::int64_t part_count(const MultipartUpload& upload) {
    return upload.size / upload.part_size + (upload.size % upload.part_size == 0 ? 0 : 1);
}

std::uint64_t part_length(const MultipartUpload& upload, std::int64_t part) {
    return static_cast<std::uint64_t>(std::min(upload.part_size, upload.size - (part - 1) * upload.part_size));
}

std::string part_etag(const MultipartUpload& upload, int part) { return upload.id + "-" + std::to_string(part); }

Error upload_ended() { return Error{Code::kNotFound, "This upload has ended. Start the transfer again."}; }

/// Its row goes first: parts without a row are swept, a row without parts would be gone on with.
Result<void> end_multipart(Hub& hub, const std::string& id) {
    TRY(hub.catalog.write([&](Session& s) { return catalog::delete_multipart(s, id); }));
    kMultipartEnded.reach();
    return hub.store.drop_upload(id);
}

/// Two who send the same file share an upload, and the other may have completed it.
Error part_missing(Hub& hub, const MultipartUpload& upload, int part) {
    const auto still = hub.catalog.read([&](Session& s) { return catalog::find_multipart(s, upload.id); });
    if (!still.has_value()) return still.error();
    if (!still.value()) return upload_ended();
    return Error{Code::kInvalidArgument,
                 "Part " + std::to_string(part) + " of the upload is missing. Send it, then complete again.",
                 Reason::kUnprocessable};
}

Result<std::optional<MultipartUpload>> take_up(Hub& hub, const MultipartUpload& wanted) {
    return hub.catalog.write([&](Session& s) -> Result<std::optional<MultipartUpload>> {
        TRY(auto begun, catalog::find_begun_multipart(s, wanted.repo, wanted.user, wanted.sha256, wanted.size));
        if (begun) TRY(catalog::renew_multipart(s, begun->id, wanted.created));
        return begun;
    });
}

Result<std::map<int, std::string>> arrived_parts(Hub& hub, const MultipartUpload& upload) {
    TRY(const auto kept, hub.store.list_parts(upload.id));
    std::map<int, std::string> arrived;
    for (const auto& part : kept)
        if (part.number <= part_count(upload) && part.size == part_length(upload, part.number))
            arrived.emplace(part.number, part_etag(upload, part.number));
    return arrived;
}

}  // namespace

Result<std::string> lfs_upload_seal(Hub& hub, const catalog::Repository& repo, const Principal& who, const LfsWanted& wanted) {
    const std::string payload =
        std::to_string(repo.id) + "|" + std::to_string(who.user) + "|" + wanted.oid.hex() + "|" + std::to_string(wanted.size);
    return hub.keyring.seal(kPut, payload, hub.clock.now() + kUrlLife);
}

std::string lfs_upload_url(const Hub& hub, const Sha256& oid, const std::string& seal) { return object_url(hub, oid, seal); }

Result<std::string> lfs_download_url(Hub& hub, const catalog::Repository& repo, const Sha256& oid) {
    TRY(const auto seal, hub.keyring.seal(kGet, std::to_string(repo.id) + "|" + oid.hex(), hub.clock.now() + kReadUrlLife));
    return object_url(hub, oid, seal);
}

Result<LfsUploadPermit> open_upload_seal(Hub& hub, const Sha256& oid, std::string_view seal) {
    const auto payload = hub.keyring.open(kPut, seal);
    if (!payload.has_value()) return expired();
    const auto parts = split(payload.value(), '|');
    if (parts.size() != 4 || parts[2] != oid.hex()) return expired();
    TRY(require_still(hub, to_number(parts[0]), to_number(parts[1])));
    return LfsUploadPermit{to_number(parts[0]), to_number(parts[1]), {oid, static_cast<std::uint64_t>(to_number(parts[3]))}};
}

Result<catalog::LargeObject> open_download_seal(Hub& hub, const Sha256& oid, std::string_view seal) {
    const auto payload = hub.keyring.open(kGet, seal);
    if (!payload.has_value()) return expired();
    const auto parts = split(payload.value(), '|');
    if (parts.size() != 2 || parts[1] != oid.hex()) return expired();
    TRY(auto object, hub.catalog.read([&](Session& s) { return catalog::find_repo_object(s, to_number(parts[0]), oid); }));
    if (!object) return Error{Code::kNotFound, "Object does not exist", Reason::kContentMissing};
    return std::move(*object);
}

Result<bool> repository_holds(Hub& hub, catalog::RowId repo, const LfsWanted& wanted) {
    TRY(const auto held, hub.catalog.read([&](Session& s) { return catalog::find_repo_object(s, repo, wanted.oid); }));
    if (!held) return false;
    if (static_cast<std::uint64_t>(held->size) == wanted.size) return true;
    return Error{Code::kInvalidArgument,
                 "The object " + wanted.oid.hex() + " has " + std::to_string(held->size) + " octets, not " +
                     std::to_string(wanted.size) + ".",
                 Reason::kUnprocessable};
}

Result<MultipartPlan> begin_multipart(Hub& hub, const catalog::Repository& repo, const Principal& who, const LfsWanted& wanted,
                                      MultipartStart start) {
    MultipartUpload upload{random_alphanumeric(32),
                           repo.id,
                           who.user,
                           wanted.oid,
                           static_cast<std::int64_t>(wanted.size),
                           static_cast<std::int64_t>(part_size_for(wanted.size)),
                           hub.clock.now()};
    std::optional<MultipartUpload> begun;
    if (start == MultipartStart::kWhereItStopped) {
        TRY(begun, take_up(hub, upload));
    }
    if (begun)
        upload = std::move(*begun);
    else
        TRY(hub.catalog.write([&](Session& s) { return catalog::insert_multipart(s, upload); }));
    TRY(const auto seal, hub.keyring.seal(kPart, upload.id, hub.clock.now() + 3 * kUrlLife));
    MultipartPlan plan{static_cast<std::uint64_t>(upload.part_size), {}, "", {}};
    TRY(plan.arrived, arrived_parts(hub, upload));
    plan.complete_url = hub.options.public_url + "/lfs/complete/" + upload.id + "?seal=" + seal;
    for (std::int64_t part = 1; part <= part_count(upload); ++part)
        plan.part_urls.push_back(hub.options.public_url + "/lfs/parts/" + upload.id + "/" + std::to_string(part) +
                                 "?seal=" + seal);
    return plan;
}

Result<MultipartUpload> open_multipart_seal(Hub& hub, std::string_view upload, std::string_view seal) {
    const auto payload = hub.keyring.open(kPart, seal);
    if (!payload.has_value() || payload.value() != upload) return expired();
    TRY(auto found, hub.catalog.read([&](Session& s) { return catalog::find_multipart(s, upload); }));
    if (!found) return upload_ended();
    TRY(require_still(hub, found->repo, found->user));
    return std::move(*found);
}

PartUpload::PartUpload(std::unique_ptr<blob::PartWriter> writer, std::uint64_t length, std::string etag)
    : writer_(std::move(writer)), left_(length), etag_(std::move(etag)) {}
PartUpload::~PartUpload() = default;

Result<std::unique_ptr<PartUpload>> PartUpload::begin(Hub& hub, const MultipartUpload& upload, int part) {
    if (part < 1 || part > part_count(upload)) return Error{Code::kInvalidArgument, "The upload has no part of this number."};
    const std::uint64_t length = part_length(upload, part);
    TRY(check_free_space(hub, length));
    TRY(auto writer, hub.store.begin_part(upload.id, part));
    return std::unique_ptr<PartUpload>(new PartUpload(std::move(writer), length, part_etag(upload, part)));
}

Result<void> PartUpload::write(ByteView bytes) {
    if (bytes.size() > left_)
        return Error{Code::kInvalidArgument, "The part is longer than its place in the file.", Reason::kUnprocessable};
    left_ -= bytes.size();
    return writer_->write(bytes);
}

Result<std::string> PartUpload::finish() {
    if (left_ != 0)
        return Error{Code::kInvalidArgument, "The part is shorter than its place in the file. Send it again.",
                     Reason::kUnprocessable};
    TRY(writer_->keep());
    return etag_;
}

Result<void> complete_multipart(Hub& hub, const MultipartUpload& upload) {
    TRY(auto whole, LargeUpload::begin(hub, upload.repo, upload.user, catalog::Door::kLfs));
    Bytes buffer(1u << 20);
    for (int part = 1; part <= part_count(upload); ++part) {
        auto source = hub.store.open_part(upload.id, part);
        if (!source.has_value()) return part_missing(hub, upload, part);
        for (;;) {
            TRY(const auto got, source.value()->read(buffer));
            if (got == 0) break;
            TRY(whole->write(ByteView(buffer).first(got)));
        }
    }
    const auto kept = whole->finish(upload.sha256, static_cast<std::uint64_t>(upload.size));
    if (!kept.has_value()) {
        if (kept.error().reason == Reason::kUnprocessable) TRY(end_multipart(hub, upload.id));
        return kept.error();
    }
    kMultipartWhole.reach();
    return end_multipart(hub, upload.id);
}

}  // namespace mirfa::hub
