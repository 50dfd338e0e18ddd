// SPDX-License-Identifier: Apache-2.0
#include "http/byteranges.h"

#include <fmt/format.h>

#include "base/random.h"

namespace mirfa::http {
namespace {

struct Part {
    ByteRange range;
    std::string head;  ///< from the line break before the boundary to the empty line
};

Bytes bytes_of(std::string_view text) { return Bytes(text.begin(), text.end()); }

/// Heads from memory between the octets of the ranges, which come from wherever the opener takes them.
class PartsSource final : public SegmentSource {
public:
    PartsSource(std::vector<Part> parts, std::string end, RangeOpener open)
        : parts_(std::move(parts)), end_(std::move(end)), open_(std::move(open)) {}

    Result<Segment> next() override {
        if (current_ != nullptr) {
            TRY(auto segment, current_->next());
            if (!std::holds_alternative<std::monostate>(segment)) return segment;
            current_.reset();
        }
        if (at_ == parts_.size()) {
            if (end_.empty()) return Segment{};
            return Segment(bytes_of(std::exchange(end_, {})));
        }
        const Part& part = parts_[at_++];
        TRY(current_, open_(part.range));
        return Segment(bytes_of(part.head));
    }

private:
    std::vector<Part> parts_;
    std::string end_;
    RangeOpener open_;
    std::size_t at_ = 0;
    std::unique_ptr<SegmentSource> current_;
};

}  // namespace

std::string content_range(const ByteRange& range, std::uint64_t size) {
    return fmt::format("bytes {}-{}/{}", range.first, range.last - 1, size);
}

std::string content_range_unsatisfied(std::uint64_t size) { return fmt::format("bytes */{}", size); }

void answer_with_ranges(Response& response, std::vector<ByteRange> ranges, std::uint64_t size, std::string_view content_type,
                        RangeOpener open) {
    // 62^48 boundaries: readers look for it in binary data, so it must not turn up there by chance or by design.
    const auto boundary = random_alphanumeric(48);
    std::vector<Part> parts;
    std::uint64_t length = 0;
    for (const ByteRange& range : ranges) {
        const std::string_view line_break = parts.empty() ? "" : "\r\n";
        parts.push_back({range, fmt::format("{}--{}\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", line_break, boundary,
                                            content_type, content_range(range, size))});
        length += parts.back().head.size() + range.length();
    }
    auto end = fmt::format("\r\n--{}--\r\n", boundary);
    response.length = length + end.size();
    response.status = 206;
    response.headers.set("Content-Type", "multipart/byteranges; boundary=" + boundary);
    response.stream = std::make_unique<PartsSource>(std::move(parts), std::move(end), std::move(open));
}

}  // namespace mirfa::http
