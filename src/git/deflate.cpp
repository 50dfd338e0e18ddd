// SPDX-License-Identifier: Apache-2.0
#include "git/deflate.h"

#include <zlib.h>

namespace mirfa::git {

Bytes deflate(ByteView content) {
    uLongf length = compressBound(static_cast<uLong>(content.size()));
    Bytes stream(length);
    static constexpr Byte kNothing = 0;
    const Byte* data = content.empty() ? &kNothing : content.data();
    // Level 1: model repositories hold few and small objects, and the writer waits.
    compress2(stream.data(), &length, data, static_cast<uLong>(content.size()), 1);
    stream.resize(length);
    stream.shrink_to_fit();
    return stream;
}

Result<Bytes> inflate(ByteView stream, std::uint64_t size) {
    const Error damaged{Code::kCorrupt, "A stored object is damaged."};
    Bytes content(size == 0 ? 1 : size);  // zlib does not tell an octet too many from none when it has no room at all
    uLongf length = static_cast<uLongf>(content.size());
    uLong used = static_cast<uLong>(stream.size());
    const int code = uncompress2(content.data(), &length, stream.data(), &used);
    if (code != Z_OK || length != size || used != stream.size()) return damaged;
    content.resize(size);
    return content;
}

}  // namespace mirfa::git
