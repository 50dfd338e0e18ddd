// SPDX-License-Identifier: Apache-2.0
#include "blob/store.h"

#include <gtest/gtest.h>

namespace mirfa::blob {
namespace {

TEST(BlobKey, IsReadFromItsText) {
    for (const Kind kind : {Kind::kRaw, Kind::kXorb}) {
        BlobKey key{kind, {}};
        for (unsigned i = 0; i < 32; ++i) key.name[i] = static_cast<Byte>(i);
        EXPECT_EQ(BlobKey::parse(key.text()).value(), key);
    }
}

TEST(BlobKey, WritesAXorbAsTheXetHashIsWritten) {
    const auto hash = format::chunk_hash(as_bytes("some octets"));
    EXPECT_EQ(xorb_key(hash).text(), "xorb/" + format::to_string(hash));
}

TEST(BlobKey, IsNotReadFromOtherText) {
    for (const std::string bad : {"", "raw/", "raw", "abc/", "raw/../..", "xorb/0123"})
        EXPECT_EQ(BlobKey::parse(bad).error().code, Code::kInvalidArgument) << bad;
}

TEST(OpenStore, RefusesAnUnknownScheme) {
    EXPECT_EQ(open_store("ftp:somewhere").error().code, Code::kUnsupported);
    EXPECT_TRUE(open_store("memory:").has_value());
}

}  // namespace
}  // namespace mirfa::blob
