// SPDX-License-Identifier: Apache-2.0
#include "format/lz4_frame.h"

#include <lz4frame.h>

#include <cstring>
#include <memory>

namespace mirfa::format {
namespace {

constexpr Byte kMagic[] = {0x04, 0x22, 0x4d, 0x18};
constexpr std::size_t kFlagsAt = 4;
constexpr Byte kHasContentSize = 0x08;
constexpr Byte kHasDictionary = 0x01;

/// One context a thread, because its buffers (up to 4 MiB, touched as needed) are dear to make anew for every chunk.
/// It is kept only after a frame that was read to its end: the library's own reset forgets to clear the announced
/// content size, so that one bad frame would spoil all good ones after it.
class Context {
public:
    Context() {
        if (!kept_) LZ4F_createDecompressionContext(&made_, LZ4F_VERSION);
        context_ = kept_ ? std::move(kept_) : Owned(made_);
    }
    LZ4F_dctx* get() const { return context_.get(); }
    void keep() { kept_ = std::move(context_); }

private:
    struct Free {
        void operator()(LZ4F_dctx* context) const { LZ4F_freeDecompressionContext(context); }
    };
    using Owned = std::unique_ptr<LZ4F_dctx, Free>;
    static thread_local Owned kept_;
    LZ4F_dctx* made_ = nullptr;
    Owned context_;
};
thread_local Context::Owned Context::kept_;

Error bad_frame(std::string_view why) {
    return Error{Code::kInvalidArgument, "A compressed chunk is not a valid LZ4 frame.", Reason::kNone, std::string(why)};
}

/// Reads the frame's header. Gives: its length.
Result<std::size_t> start_frame(LZ4F_dctx* context, ByteView frame, std::size_t raw_bytes) {
    // LZ4F would also take skippable frames here, which hold no data.
    if (frame.size() < 7 || std::memcmp(frame.data(), kMagic, sizeof kMagic) != 0) return bad_frame("no frame magic");
    if ((frame[kFlagsAt] & kHasDictionary) != 0) return bad_frame("the frame needs a dictionary");
    LZ4F_frameInfo_t info{};
    std::size_t consumed = frame.size();
    const auto hint = LZ4F_getFrameInfo(context, &info, frame.data(), &consumed);
    if (LZ4F_isError(hint)) return bad_frame(LZ4F_getErrorName(hint));
    if ((frame[kFlagsAt] & kHasContentSize) != 0 && info.contentSize != raw_bytes)
        return bad_frame("the frame announces another length than the chunk");
    return consumed;
}

}  // namespace

Result<void> lz4_frame_decode(ByteView frame, ByteSpan raw) {
    Context context;
    if (!context.get()) return internal_error("no memory for an LZ4 context");
    TRY(std::size_t consumed, start_frame(context.get(), frame, raw.size()));
    LZ4F_decompressOptions_t options{};
    options.stableDst = 1;  // all output lies in one piece, so linked blocks need no copy of it
    for (std::size_t produced = 0;;) {
        std::size_t out = raw.size() - produced;
        std::size_t in = frame.size() - consumed;
        const auto hint = LZ4F_decompress(context.get(), raw.data() + produced, &out, frame.data() + consumed, &in, &options);
        if (LZ4F_isError(hint)) return bad_frame(LZ4F_getErrorName(hint));
        produced += out;
        consumed += in;
        if (hint == 0) {  // the end mark, and a checksum where there is one
            if (produced != raw.size()) return bad_frame("shorter than the chunk announces");
            if (consumed != frame.size()) return bad_frame("octets behind the end mark");
            context.keep();
            return ok();
        }
        if (out == 0 && in == 0) return bad_frame("cut off, or longer than the chunk announces");
    }
}

Bytes lz4_frame_encode(ByteView raw) {
    LZ4F_preferences_t preferences{};
    preferences.frameInfo.blockMode = LZ4F_blockIndependent;
    preferences.frameInfo.blockSizeID = raw.size() <= 65'536 ? LZ4F_max64KB : LZ4F_max256KB;
    Bytes frame(LZ4F_compressFrameBound(raw.size(), &preferences));
    const auto size = LZ4F_compressFrame(frame.data(), frame.size(), raw.data(), raw.size(), &preferences);
    frame.resize(LZ4F_isError(size) ? 0 : size);  // cannot fail with a buffer of the bound's size
    return frame;
}

}  // namespace mirfa::format
