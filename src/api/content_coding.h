// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/bytes.h"

namespace mirfa::api {

/// Undoes the Content-Encoding of a request body as its octets arrive; git compresses longer lists of commits.
/// Threads: one at a time.
class ContentDecoder {
public:
    using Sink = std::function<Result<void>(ByteView)>;

    /// Fails: kUnsupported for a coding other than `gzip` and `identity`.
    static Result<ContentDecoder> create(std::string_view encoding);
    ContentDecoder(ContentDecoder&&) noexcept;
    ~ContentDecoder();

    /// Hands on what `bytes` complete, in pieces of at most 256 KiB. Fails: kInvalidArgument; what the sink returns.
    Result<void> feed(ByteView bytes, const Sink& sink);
    /// The body has ended. Fails: kInvalidArgument when it ended inside the compressed data.
    Result<void> finish() const;

private:
    struct Inflater;
    explicit ContentDecoder(std::unique_ptr<Inflater> inflater);

    std::unique_ptr<Inflater> inflater_;  ///< empty: the body is plain
};

}  // namespace mirfa::api
