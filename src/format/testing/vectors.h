// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/value.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "format/chunk_table.h"

namespace mirfa::format::testing {

/// The published values of testdata/xet_vectors.json.
const boost::json::value& vectors();
/// `at(value, "a/b/0/c")`: a member or element further down; ends the test program when it is not there.
const boost::json::value& at(const boost::json::value& value, std::string_view path);
std::string text_at(const boost::json::value& value, std::string_view path);
std::size_t number_at(const boost::json::value& value, std::string_view path);
std::vector<std::size_t> numbers_at(const boost::json::value& value, std::string_view path);
Bytes octets_at(const boost::json::value& value, std::string_view path);
XetHash hash_at(const boost::json::value& value, std::string_view path);
const boost::json::array& list_at(const boost::json::value& value, std::string_view path);

/// The generators that the vectors name.
Bytes split_mix(std::size_t size, std::uint64_t seed);
Bytes formula(std::size_t size, std::size_t a, std::size_t b);
Bytes trigger(std::size_t zeros);

/// The chunks of `file` that end at `ends`.
std::vector<ByteView> pieces(ByteView file, const std::vector<std::size_t>& ends);
std::vector<ChunkLeaf> leaves_of(ByteView file, const std::vector<std::size_t>& ends);
/// Text forms, for readable failures.
std::vector<std::string> names(const std::vector<ChunkLeaf>& leaves);

}  // namespace mirfa::format::testing
