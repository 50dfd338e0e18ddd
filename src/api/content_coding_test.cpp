// SPDX-License-Identifier: Apache-2.0
#include "api/content_coding.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>

namespace mirfa::api {
namespace {

std::string gzip(const std::string& plain) {
    z_stream stream{};
    EXPECT_EQ(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    std::string packed(deflateBound(&stream, plain.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(plain.data()));
    stream.avail_in = static_cast<uInt>(plain.size());
    stream.next_out = reinterpret_cast<Bytef*>(packed.data());
    stream.avail_out = static_cast<uInt>(packed.size());
    EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.resize(packed.size() - stream.avail_out);
    deflateEnd(&stream);
    return packed;
}

/// What comes out when `body` arrives in pieces of `step` octets, or the code of the error.
std::string decoded(std::string_view encoding, std::string_view body, std::size_t step) {
    auto decoder = ContentDecoder::create(encoding);
    if (!decoder.has_value()) return std::string(name_of(decoder.error().code));
    std::string plain;
    const auto sink = [&](ByteView bytes) -> Result<void> {
        plain += as_text(bytes);
        return ok();
    };
    for (; !body.empty(); body.remove_prefix(std::min(step, body.size()))) {
        const auto fed = decoder.value().feed(as_bytes(body.substr(0, step)), sink);
        if (!fed.has_value()) return std::string(name_of(fed.error().code));
    }
    const auto finished = decoder.value().finish();
    return finished.has_value() ? plain : std::string(name_of(finished.error().code));
}

TEST(ContentCoding, GivesBackEveryOctetWhateverThePieces) {
    // Runs of one octet pack so densely that much output waits inside zlib when the input is used up.
    for (const std::size_t size : {1u, 262'143u, 262'144u, 262'145u, 270'000u, 3'000'000u}) {
        const std::string plain(size, 'w');
        const auto packed = gzip(plain);
        for (const std::size_t step : {1u, 7u, 100'000u})
            ASSERT_EQ(decoded("gzip", packed, step), plain) << size << " by " << step;
    }
    EXPECT_EQ(decoded("X-GZip", gzip("0000"), 99), "0000");
}

TEST(ContentCoding, LeavesPlainBodiesAlone) {
    EXPECT_EQ(decoded("", "0011want", 3), "0011want");
    EXPECT_EQ(decoded("identity", "0011want", 3), "0011want");
}

TEST(ContentCoding, RefusesWhatIsDamagedCutOffOrOfAnotherCoding) {
    const auto packed = gzip(std::string(1000, 'a') + "tail");
    EXPECT_EQ(decoded("gzip", packed.substr(0, packed.size() - 9), 10), "invalid_argument");
    EXPECT_EQ(decoded("gzip", packed.substr(0, packed.size() - 1), 10), "invalid_argument");
    EXPECT_EQ(decoded("gzip", packed + "more", 10), "invalid_argument");
    EXPECT_EQ(decoded("gzip", packed + "more", 10'000), "invalid_argument");
    EXPECT_EQ(decoded("gzip", "plain text", 10), "invalid_argument");
    EXPECT_EQ(decoded("br", "x", 10), "unsupported");
    EXPECT_EQ(decoded("gzip", "", 10), "");
}

}  // namespace
}  // namespace mirfa::api
