// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/inflate.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kBuffer = 32u << 10;

class Inflating final : public ByteSource {
public:
    Inflating(std::unique_ptr<ByteSource> source, InflatedSize expected)
        : source_(std::move(source)), expected_(std::move(expected)), buffer_(kBuffer) {
        ready_ = inflateInit2(&zlib_, -MAX_WBITS) == Z_OK;
    }
    ~Inflating() override {
        if (ready_) inflateEnd(&zlib_);
    }
    Inflating(const Inflating&) = delete;
    Inflating& operator=(const Inflating&) = delete;

    Result<std::size_t> read(ByteSpan into) override {
        if (!ready_) return internal_error("inflateInit2");
        const auto wanted = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), expected_.size - done_));
        if (wanted == 0 && (into.empty() || ended_)) return 0;
        if (wanted == 0) return finish();
        TRY(const std::size_t count, some(into.first(wanted)));
        if (count == 0) return wrong(fmt::format("ends after {} of {} octets", done_, expected_.size));
        crc_ = crc32(crc_, into.data(), static_cast<uInt>(count));
        done_ += count;
        return count;
    }

private:
    Error wrong(std::string_view what) const {
        return Error{Code::kInvalidArgument, fmt::format("{} {}. Fetch the file again.", expected_.subject, what)};
    }

    Result<void> refill() {
        TRY(const std::size_t count, source_->read(buffer_));
        zlib_.next_in = buffer_.data();
        zlib_.avail_in = static_cast<uInt>(count);
        if (count == 0) dry_ = true;
        return ok();
    }

    /// At least one octet, or none when the stream has ended.
    Result<std::size_t> some(ByteSpan into) {
        const std::size_t most = std::min<std::size_t>(into.size(), 1u << 30);
        zlib_.next_out = into.data();
        zlib_.avail_out = static_cast<uInt>(most);
        while (zlib_.avail_out == most && !stream_end_) {
            if (zlib_.avail_in == 0 && !dry_) {
                TRY(refill());
            }
            const int state = ::inflate(&zlib_, Z_NO_FLUSH);
            if (state == Z_STREAM_END) stream_end_ = true;
            if (state == Z_BUF_ERROR && dry_) return wrong("is cut off");
            if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR) return wrong("is no deflated content");
        }
        return most - zlib_.avail_out;
    }

    Result<std::size_t> finish() {
        Byte more;
        TRY(const std::size_t count, some({&more, 1}));
        if (count != 0) return wrong(fmt::format("holds more than the {} octets it was declared to have", expected_.size));
        if (crc_ != expected_.crc) return wrong("has another CRC-32 than it was declared to have");
        ended_ = true;
        return 0;
    }

    std::unique_ptr<ByteSource> source_;
    InflatedSize expected_;
    Bytes buffer_;
    z_stream zlib_{};
    std::uint64_t done_ = 0;
    uLong crc_ = 0;
    bool ready_ = false, dry_ = false, stream_end_ = false, ended_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> inflate(std::unique_ptr<ByteSource> source, InflatedSize expected) {
    return std::make_unique<Inflating>(std::move(source), std::move(expected));
}

}  // namespace mirfa::checkpoint
