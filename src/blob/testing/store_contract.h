// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "base/digest.h"
#include "blob/store.h"

namespace mirfa::blob {

/// A driver under test: a name for the report, and how to get an empty store that lives as long as what is returned.
struct StoreMaker {
    std::string name;
    std::function<std::shared_ptr<Store>()> make;
};
inline void PrintTo(const StoreMaker& maker, std::ostream* out) { *out << maker.name; }

/// What every driver promises. A driver's test file says
/// `INSTANTIATE_TEST_SUITE_P(Folder, StoreContract, testing::Values(StoreMaker{"folder", make_it}));`
class StoreContract : public testing::TestWithParam<StoreMaker> {
protected:
    std::shared_ptr<Store> store = GetParam().make();
};

/// `count` octets that differ by `seed`.
Bytes pattern(std::size_t count, unsigned seed = 1);
/// Everything a blob or a source gives.
Bytes content_of(const Blob& blob);
Bytes content_of(ByteSource& source);
/// Stores octets under their SHA-256, or fails the test.
BlobKey put_raw(Store& store, ByteView content);
Result<bool> try_put(Store& store, const BlobKey& key, ByteView content);
void put_part(Store& store, std::string_view upload, int number, ByteView content);

}  // namespace mirfa::blob
