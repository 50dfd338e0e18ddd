// SPDX-License-Identifier: Apache-2.0
#include "blob/memory_store.h"

#include "blob/testing/store_contract.h"

namespace mirfa::blob {

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract,
                         testing::Values(StoreMaker{"memory", [] { return std::shared_ptr<Store>(make_memory_store()); }}),
                         testing::PrintToStringParamName());

}  // namespace mirfa::blob
