// SPDX-License-Identifier: Apache-2.0
#include "api/content_coding.h"

#include <zlib.h>

#include "base/ascii.h"

namespace mirfa::api {
namespace {

constexpr int kGzipOnly = 15 + 16;  // the largest window; the zlib and raw forms are not taken
constexpr std::size_t kPiece = 256u << 10;

Error damaged() { return Error{Code::kInvalidArgument, "The compressed request body is damaged."}; }

}  // namespace

struct ContentDecoder::Inflater {
    Inflater() : ready(inflateInit2(&stream, kGzipOnly) == Z_OK) {}
    ~Inflater() { inflateEnd(&stream); }
    Inflater(const Inflater&) = delete;
    Inflater& operator=(const Inflater&) = delete;

    z_stream stream{};
    bool ready;
    bool started = false;
    bool ended = false;
};

ContentDecoder::ContentDecoder(std::unique_ptr<Inflater> inflater) : inflater_(std::move(inflater)) {}
ContentDecoder::ContentDecoder(ContentDecoder&&) noexcept = default;
ContentDecoder::~ContentDecoder() = default;

Result<ContentDecoder> ContentDecoder::create(std::string_view encoding) {
    const auto coding = ascii_lower(ascii_trim(encoding));
    if (coding.empty() || coding == "identity") return ContentDecoder(nullptr);
    if (coding != "gzip" && coding != "x-gzip")
        return Error{Code::kUnsupported, "The only Content-Encoding of a request body that is read here is gzip."};
    auto inflater = std::make_unique<Inflater>();
    if (!inflater->ready) return internal_error("inflateInit2 failed");
    return ContentDecoder(std::move(inflater));
}

Result<void> ContentDecoder::feed(ByteView bytes, const Sink& sink) {
    if (!inflater_) return sink(bytes);
    if (bytes.empty()) return ok();
    if (inflater_->ended) return Error{Code::kInvalidArgument, "Octets follow the end of the compressed request body."};
    inflater_->started = true;
    z_stream& stream = inflater_->stream;
    stream.next_in = const_cast<Byte*>(bytes.data());  // zlib only reads it
    stream.avail_in = static_cast<uInt>(bytes.size());
    Bytes plain(kPiece);
    // A full piece may leave more behind it even when all input is used up.
    do {
        stream.next_out = plain.data();
        stream.avail_out = static_cast<uInt>(plain.size());
        const int code = inflate(&stream, Z_NO_FLUSH);
        if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return damaged();
        const auto made = ByteView(plain).first(plain.size() - stream.avail_out);
        if (!made.empty()) TRY(sink(made));
        inflater_->ended = code == Z_STREAM_END;
    } while (!inflater_->ended && stream.avail_out == 0);
    if (inflater_->ended && stream.avail_in > 0) return damaged();
    return ok();
}

Result<void> ContentDecoder::finish() const {
    if (!inflater_ || !inflater_->started || inflater_->ended) return ok();
    return Error{Code::kInvalidArgument, "The compressed request body breaks off."};
}

}  // namespace mirfa::api
