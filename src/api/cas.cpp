// SPDX-License-Identifier: Apache-2.0
// The chunk store as clients speak to it (xet.md 6). Every call but fetch and health carries a CAS token; whatever is
// not built answers 404 once the token is accepted, because clients probe for newer routes and fall back on 404 alone.
#include "api/errors.h"
#include "api/operations.h"
#include "hub/large/large_objects.h"
#include "hub/xet/cas_tokens.h"
#include "hub/xet/reconstruction.h"
#include "hub/xet/shards.h"
#include "hub/xet/stored_xorbs.h"
#include "hub/xet/xorbs.h"

namespace mirfa::api {
namespace {

using format::JsonWriter;
using hub::Reconstruction;

constexpr std::uint64_t kHashSlice = 256u << 20;  // octets hashed between two lines to the client

Result<hub::Principal> cas_principal(const Call& call) {
    return hub::open_cas_token(call.hub, call.request.headers.get("Authorization"));
}

class XorbReceiver final : public http::BodyReceiver {
public:
    explicit XorbReceiver(std::unique_ptr<hub::XorbUpload> upload) : upload_(std::move(upload)) {}
    Result<void> receive(ByteView bytes) override { return upload_->write(bytes); }
    http::Response finish() override {
        const auto is_new = upload_->finish();
        if (!is_new.has_value()) return error_response(is_new.error(), ErrorStyle::kJson);
        JsonWriter json;
        json.object().field("was_inserted", is_new.value());
        return json_response(std::move(json));
    }

private:
    std::unique_ptr<hub::XorbUpload> upload_;
};

/// Gathers a shard (bounded by the route) and registers it when it is complete.
class ShardReceiver : public http::BodyReceiver {
public:
    ShardReceiver(hub::Hub& hub, hub::Principal cas) : hub_(hub), cas_(std::move(cas)) {}
    Result<void> receive(ByteView bytes) override {
        body_.insert(body_.end(), bytes.begin(), bytes.end());
        return ok();
    }

protected:
    Result<std::unique_ptr<hub::ShardRegistration>> begin() {
        auto registration = hub::ShardRegistration::begin(hub_, cas_, body_);
        body_ = {};
        return registration;
    }

private:
    hub::Hub& hub_;
    const hub::Principal cas_;
    Bytes body_;
};

class ShardReceiverV1 final : public ShardReceiver {
public:
    using ShardReceiver::ShardReceiver;
    http::Response finish() override {
        const auto is_new = register_now();
        if (!is_new.has_value()) return error_response(is_new.error(), ErrorStyle::kJson);
        JsonWriter json;
        json.object().field("result", is_new.value() ? 1 : 0);
        return json_response(std::move(json));
    }

private:
    Result<bool> register_now() {
        TRY(auto registration, begin());
        for (;;) {
            TRY(const bool more, registration->step(kHashSlice));
            if (!more) return registration->commit();
        }
    }
};

/// The lines of a v2 answer: each call does a slice of the work and tells how far it is.
class ShardProgress final : public SegmentSource {
public:
    explicit ShardProgress(std::unique_ptr<hub::ShardRegistration> registration) : registration_(std::move(registration)) {}

    Result<Segment> next() override {
        if (ended_) return Segment{};
        const auto more = registration_->step(kHashSlice);
        if (!more.has_value()) return failed(more.error());
        if (more.value()) return line(progress());
        const auto is_new = registration_->commit();
        if (!is_new.has_value()) return failed(is_new.error());
        ended_ = true;
        JsonWriter json;
        json.object().field("type", "result").field("result", is_new.value() ? 1 : 0);
        return line(std::move(json).take());
    }

private:
    std::string progress() const {
        JsonWriter json;
        json.object().field("type", "validating").field("verified", registration_->verified());
        json.field("total", registration_->total());
        return std::move(json).take();
    }
    Result<Segment> failed(const Error& error) {
        ended_ = true;
        const bool retryable = error.code == Code::kUnavailable || error.code == Code::kInternal;
        JsonWriter json;
        json.object().field("type", "error").field("message", error.message).field("retryable", retryable);
        return line(std::move(json).take());
    }
    static Result<Segment> line(std::string text) {
        text += '\n';
        const auto bytes = as_bytes(text);
        return Segment{Bytes(bytes.begin(), bytes.end())};
    }

    std::unique_ptr<hub::ShardRegistration> registration_;
    bool ended_ = false;
};

class ShardReceiverV2 final : public ShardReceiver {
public:
    using ShardReceiver::ShardReceiver;
    http::Response finish() override {
        auto registration = begin();
        if (!registration.has_value()) return error_response(registration.error(), ErrorStyle::kJson);
        http::Response response;
        response.headers.set("Content-Type", "application/x-ndjson");
        response.headers.set("Cache-Control", "no-cache");
        response.headers.set("X-Accel-Buffering", "no");
        response.stream = std::make_unique<ShardProgress>(std::move(registration).value());
        return response;
    }
};

template <class Receiver>
Result<std::unique_ptr<http::BodyReceiver>> receive_shard(Call&& call) {
    TRY(auto cas, cas_principal(call));
    TRY(hub::require_cas_write(cas));
    return std::unique_ptr<http::BodyReceiver>(new Receiver(call.hub, std::move(cas)));
}

void write_terms(JsonWriter& json, const std::vector<catalog::Term>& terms) {
    json.array("terms");
    for (const auto& term : terms) {
        json.object().field("hash", format::to_string(term.xorb)).field("unpacked_length", term.raw_size);
        json.object("range").field("start", term.first).field("end", term.last).end().end();
    }
    json.end();
}

void write_chunks(JsonWriter& json, std::string_view key, const hub::FetchRange& range) {
    json.object(key).field("start", range.first_chunk).field("end", range.last_chunk).end();
}

/// Ends of octet ranges are inclusive here, those of chunk ranges exclusive (xet.md 9.7 trap 2).
void write_bytes(JsonWriter& json, std::string_view key, const hub::FetchRange& range) {
    json.object(key).field("start", range.stored.first).field("end", range.stored.last - 1).end();
}

void write_fetch_v1(JsonWriter& json, const Reconstruction& answer) {
    json.object("fetch_info");
    for (const auto& [xorb, ranges] : answer.fetch) {
        json.array(xorb);
        for (const auto& range : ranges) {
            json.object();
            write_chunks(json, "range", range);
            json.field("url", range.url);
            write_bytes(json, "url_range", range);
            json.end();
        }
        json.end();
    }
    json.end();
}

void write_fetch_v2(JsonWriter& json, const Reconstruction& answer) {
    json.object("xorbs");
    for (const auto& [xorb, ranges] : answer.fetch) {
        json.array(xorb);
        for (const auto& range : ranges) {
            json.object().field("url", range.url).array("ranges").object();
            write_chunks(json, "chunks", range);
            write_bytes(json, "bytes", range);
            json.end().end().end();
        }
        json.end();
    }
    json.end();
}

Result<Reconstruction> reconstruction_of(const Call& call, std::string_view file, std::string_view range_header) {
    TRY(const auto cas, cas_principal(call));
    TRY(const auto hash, format::parse_xet_hash(file));
    TRY(const auto range, hub::parse_file_range(range_header));
    return hub::reconstruct(call.hub, cas, hash, range);
}

Result<http::Response> reconstruction(Call& call, void (*write_fetch)(JsonWriter&, const Reconstruction&)) {
    TRY(const auto answer, reconstruction_of(call, call.value("hash"), call.request.headers.get("Range")));
    JsonWriter json;
    json.object().field("offset_into_first_range", answer.offset_into_first_range);
    write_terms(json, answer.terms);
    write_fetch(json, answer);
    auto response = json_response(std::move(json));
    response.headers.set("Cache-Control", "no-store");
    return response;
}

Error no_such_route() { return {Code::kNotFound, "The chunk store has no such route."}; }

http::Response sized(std::uint64_t size) {
    http::Response response;
    response.headers.set("Content-Type", "application/octet-stream");
    response.length = size;
    return response;
}

}  // namespace

Result<std::unique_ptr<http::BodyReceiver>> cas_put_xorb(Call&& call) {
    TRY(const auto cas, cas_principal(call));
    TRY(const auto hash, format::parse_xet_hash(call.value("hash")));
    TRY(auto upload, hub::XorbUpload::begin(call.hub, cas, hash));
    return std::unique_ptr<http::BodyReceiver>(new XorbReceiver(std::move(upload)));
}

Result<std::unique_ptr<http::BodyReceiver>> cas_put_shard_v1(Call&& call) {
    return receive_shard<ShardReceiverV1>(std::move(call));
}
Result<std::unique_ptr<http::BodyReceiver>> cas_put_shard_v2(Call&& call) {
    return receive_shard<ShardReceiverV2>(std::move(call));
}

Result<http::Response> cas_reconstruction_v1(Call& call) { return reconstruction(call, write_fetch_v1); }
Result<http::Response> cas_reconstruction_v2(Call& call) { return reconstruction(call, write_fetch_v2); }

/// `?file_id=A&file_id=B`, as old clients ask.
Result<http::Response> cas_batch_reconstruction(Call& call) {
    Reconstruction all;
    JsonWriter json;
    json.object().object("files");
    for (const auto& file : call.query.list("file_id")) {
        TRY(auto answer, reconstruction_of(call, file, ""));
        json.array(file);
        for (const auto& term : answer.terms) {
            json.object().field("hash", format::to_string(term.xorb)).field("unpacked_length", term.raw_size);
            json.object("range").field("start", term.first).field("end", term.last).end().end();
        }
        json.end();
        for (auto& [xorb, ranges] : answer.fetch)
            for (auto& range : ranges) all.fetch[xorb].push_back(std::move(range));
    }
    json.end();
    write_fetch_v1(json, all);
    return json_response(std::move(json));
}

Result<http::Response> cas_chunk(Call& call) {
    TRY(const auto cas, cas_principal(call));
    TRY(const auto chunk, format::parse_xet_hash(call.value("hash")));
    TRY(auto answer, hub::answer_chunk_query(call.hub, cas, chunk));
    if (!answer) return Error{Code::kNotFound, "No stored xorb that may be offered holds this chunk."};
    return text_response(200, "application/octet-stream", std::string(as_text(*answer)));
}

Result<http::Response> cas_head_xorb(Call& call) {
    TRY(const auto cas, cas_principal(call));
    TRY(const auto hash, format::parse_xet_hash(call.value("hash")));
    TRY(const auto size, hub::size_of_own_xorb(call.hub, cas, hash));
    return sized(size);
}

Result<http::Response> cas_head_file(Call& call) {
    TRY(const auto cas, cas_principal(call));
    TRY(const auto hash, format::parse_xet_hash(call.value("hash")));
    TRY(const auto size, hub::size_of_file(call.hub, cas, hash));
    return sized(size);
}

/// The octets behind a sealed address. The seal is the only credential; a wrong one is 403 so that clients ask again.
Result<http::Response> cas_fetch(Call& call) {
    TRY(const auto hash, format::parse_xet_hash(call.value("hash")));
    TRY(const auto allowed, hub::open_fetch_seal(call.hub, hash, call.query.find("seal").value_or("")));
    TRY(const auto size, hub::size_of_stored_xorb(call.hub, hash));
    TRY(const auto asked, http::parse_range(call.request.headers.get("Range"), size));
    const http::ByteRange range = asked.value_or(http::ByteRange{allowed.first, allowed.last});
    if (range.first < allowed.first || range.last > allowed.last)
        return Error{Code::kForbidden, "This address does not open these octets."};
    http::Response response;
    response.status = 206;
    response.headers.set("Content-Type", "application/octet-stream");
    response.headers.set("Accept-Ranges", "bytes");
    response.headers.set("Content-Range", "bytes " + std::to_string(range.first) + "-" + std::to_string(range.last - 1) + "/" +
                                              std::to_string(size));
    response.length = range.length();
    if (call.request.verb == http::Verb::kGet) {
        TRY(response.stream, hub::open_stored_xorb(call.hub, hash, range.first, range.length()));
    }
    return response;
}

Result<http::Response> cas_telemetry(Call&) { return text_response(200, "application/json; charset=utf-8", "{}"); }

Result<http::Response> cas_health(Call&) {
    auto response = text_response(200, "text/plain; charset=utf-8", "ok\n");
    response.headers.set("Cache-Control", "no-cache");
    return response;
}

Result<http::Response> cas_unknown(Call& call) {
    TRY(cas_principal(call));
    return no_such_route();
}

/// Answers without reading the body: a client that tries a newer route may send a whole xorb along.
Result<std::unique_ptr<http::BodyReceiver>> cas_unknown_with_body(Call&& call) {
    TRY(cas_principal(call));
    return no_such_route();
}

}  // namespace mirfa::api
