// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/unpack.h"

#include <lzma.h>
#include <zlib.h>

#include <algorithm>
#include <optional>

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kBuffer = 32u << 10;
constexpr int kGzipOrZlib = 32 + MAX_WBITS;

Error broken() { return Error{Code::kInvalidArgument, "What it is packed with is broken or cut off. Fetch the file again."}; }

/// What both have: octets that wait, and what is wrong behind those that came out.
class Unpacking : public ByteSource {
public:
    explicit Unpacking(std::unique_ptr<ByteSource> source) : source_(std::move(source)), buffer_(kBuffer) {}

    Result<std::size_t> read(ByteSpan into) override {
        std::size_t done = 0;
        while (!into.empty() && done == 0 && !ended_ && !failed_)
            if (auto made = step(into, done); !made.has_value()) failed_ = std::move(made).error();
        if (done == 0 && failed_) return *failed_;
        return done;
    }

protected:
    /// Goes on by some octets; `done` says how many came out, also when it fails behind them.
    virtual Result<void> step(ByteSpan into, std::size_t& done) = 0;
    Result<void> end() {
        ended_ = true;
        return ok();
    }
    /// Gives: what waits, some when there is any.
    Result<ByteView> waiting() {
        if (first_ == end_ && !dry_) {
            TRY(end_, source_->read(buffer_));
            first_ = 0;
            dry_ = end_ == 0;
        }
        return ByteView(buffer_).subspan(first_, end_ - first_);
    }
    void take(std::size_t count) { first_ += count; }

private:
    std::unique_ptr<ByteSource> source_;
    Bytes buffer_;
    std::size_t first_ = 0, end_ = 0;
    bool dry_ = false, ended_ = false;
    std::optional<Error> failed_;
};

class Inflating final : public Unpacking {
public:
    explicit Inflating(std::unique_ptr<ByteSource> source) : Unpacking(std::move(source)) {
        ready_ = inflateInit2(&zlib_, kGzipOrZlib) == Z_OK;
    }
    ~Inflating() override {
        if (ready_) inflateEnd(&zlib_);
    }
    Inflating(const Inflating&) = delete;
    Inflating& operator=(const Inflating&) = delete;

private:
    Result<void> step(ByteSpan into, std::size_t& done) override {
        if (!ready_) return internal_error("inflateInit2");
        TRY(const ByteView octets, waiting());
        if (octets.empty() && between_) return end();
        const std::size_t most = std::min<std::size_t>(into.size(), 1u << 30);
        zlib_.next_in = const_cast<Bytef*>(octets.data());
        zlib_.avail_in = static_cast<uInt>(octets.size());
        zlib_.next_out = into.data();
        zlib_.avail_out = static_cast<uInt>(most);
        const int state = ::inflate(&zlib_, Z_NO_FLUSH);
        done = most - zlib_.avail_out;
        take(octets.size() - zlib_.avail_in);
        if (state == Z_STREAM_END) {
            between_ = true;
            return inflateReset2(&zlib_, kGzipOrZlib) == Z_OK ? Result<void>(ok()) : internal_error("inflateReset2");
        }
        // Behind a whole stream, what is none is padding or something else, and no reader looks at it.
        if (state == Z_DATA_ERROR && between_ && zlib_.total_out == 0) return end();
        between_ = between_ && zlib_.total_out == 0;
        if (state == Z_OK || (state == Z_BUF_ERROR && !octets.empty())) return ok();
        return broken();
    }

    z_stream zlib_{};
    bool ready_ = false;
    bool between_ = false;  // a stream has ended, and nothing came out of the next
};

class Unxz final : public Unpacking {
public:
    explicit Unxz(std::unique_ptr<ByteSource> source) : Unpacking(std::move(source)) {
        ready_ = lzma_stream_decoder(&lzma_, kMostUnpackMemory, LZMA_CONCATENATED) == LZMA_OK;
    }
    ~Unxz() override { lzma_end(&lzma_); }
    Unxz(const Unxz&) = delete;
    Unxz& operator=(const Unxz&) = delete;

private:
    Result<void> step(ByteSpan into, std::size_t& done) override {
        if (!ready_) return internal_error("lzma_stream_decoder");
        TRY(const ByteView octets, waiting());
        lzma_.next_in = octets.data();
        lzma_.avail_in = octets.size();
        lzma_.next_out = into.data();
        lzma_.avail_out = into.size();
        const lzma_ret state = lzma_code(&lzma_, octets.empty() ? LZMA_FINISH : LZMA_RUN);
        done = into.size() - lzma_.avail_out;
        take(octets.size() - lzma_.avail_in);
        if (state == LZMA_STREAM_END) return end();
        if (state == LZMA_OK) return ok();
        if (state == LZMA_MEMLIMIT_ERROR)
            return Error{Code::kTooLarge, "It is packed in a way that takes more memory to read than a scan has."};
        if (state == LZMA_MEM_ERROR) return Error{Code::kUnavailable, "There is no memory left."};
        return broken();
    }

    lzma_stream lzma_ = LZMA_STREAM_INIT;
    bool ready_ = false;
};

}  // namespace

std::optional<Packing> find_packing(std::string_view head) {
    if (head.starts_with("\x1f\x8b")) return Packing::kGzip;
    if (head.starts_with("\xfd"
                         "7zXZ"))
        return Packing::kXz;
    if (head.size() >= 2 && head[0] == 'x' && (head[1] == '\x01' || head[1] == '\x5e' || head[1] == '\x9c' || head[1] == '\xda'))
        return Packing::kZlib;
    return std::nullopt;
}

std::unique_ptr<ByteSource> unpack(std::unique_ptr<ByteSource> source, Packing packing) {
    if (packing == Packing::kXz) return std::make_unique<Unxz>(std::move(source));
    return std::make_unique<Inflating>(std::move(source));
}

}  // namespace mirfa::checkpoint
