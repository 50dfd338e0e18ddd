// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/dequantised.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "checkpoint/q8_0.h"

namespace mirfa::checkpoint::detail {
namespace {

constexpr std::size_t kBlocks = 1'024;  // at a time

class Dequantised final : public ByteSource {
public:
    explicit Dequantised(ByteSource& blocks) : blocks_(blocks) {}

    Result<std::size_t> read(ByteSpan into) override {
        const std::size_t whole = numbers_.size() * sizeof(float);
        if (given_ == whole) {
            TRY(refill());
        }
        const std::size_t count = std::min(into.size(), numbers_.size() * sizeof(float) - given_);
        if (count == 0) return count;
        std::memcpy(into.data(), reinterpret_cast<const Byte*>(numbers_.data()) + given_, count);
        given_ += count;
        return count;
    }

private:
    Result<void> refill() {
        buffer_.resize(kBlocks * kQ8Bytes);
        std::size_t filled = 0;
        while (filled < buffer_.size()) {
            TRY(const std::size_t got, blocks_.read(ByteSpan(buffer_).subspan(filled)));
            if (got == 0) break;
            filled += got;
        }
        if (filled % kQ8Bytes != 0) return Error{Code::kCorrupt, "A tensor of Q8_0 ends within a block."};
        numbers_.resize(filled / kQ8Bytes * kQ8Elements);
        given_ = 0;
        return dequantize_q8_0(ByteView(buffer_).first(filled), numbers_);
    }

    ByteSource& blocks_;
    Bytes buffer_;
    std::vector<float> numbers_;
    std::size_t given_ = 0;
};

}  // namespace

std::unique_ptr<ByteSource> dequantised(ByteSource& blocks) { return std::make_unique<Dequantised>(blocks); }

}  // namespace mirfa::checkpoint::detail
