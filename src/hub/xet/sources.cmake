# SPDX-License-Identifier: Apache-2.0
list(APPEND HUB_HEADERS xet/cas_tokens.h xet/reconstruction.h xet/shards.h xet/stored_xorbs.h xet/xorbs.h)
list(APPEND HUB_SOURCES xet/cas_tokens.cpp xet/reconstruction.cpp xet/shards.cpp xet/stored_xorbs.cpp xet/xorbs.cpp)
list(APPEND HUB_TESTS xet/xet_test.cpp)
list(APPEND HUB_TESTS xet/unrecorded_xorb_test.cpp)
