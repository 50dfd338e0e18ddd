// SPDX-License-Identifier: Apache-2.0
#include "format/testing/vectors.h"

#include <boost/json.hpp>

#include <fstream>
#include <iterator>

#include "format/chunker.h"

namespace mirfa::format::testing {

namespace json = boost::json;

const json::value& vectors() {
    static const json::value values = [] {
        std::ifstream in(MIRFA_SOURCE_DIR "/src/format/testdata/xet_vectors.json");
        return json::parse(std::string(std::istreambuf_iterator<char>(in), {}));
    }();
    return values;
}

const json::value& at(const json::value& value, std::string_view path) { return value.at_pointer("/" + std::string(path)); }

std::string text_at(const json::value& value, std::string_view path) { return std::string(at(value, path).as_string()); }

std::size_t number_at(const json::value& value, std::string_view path) { return at(value, path).to_number<std::size_t>(); }

std::vector<std::size_t> numbers_at(const json::value& value, std::string_view path) {
    return json::value_to<std::vector<std::size_t>>(at(value, path));
}

Bytes octets_at(const json::value& value, std::string_view path) { return from_hex(text_at(value, path)).value(); }

XetHash hash_at(const json::value& value, std::string_view path) { return parse_xet_hash(text_at(value, path)).value(); }

const json::array& list_at(const json::value& value, std::string_view path) { return at(value, path).as_array(); }

Bytes split_mix(std::size_t size, std::uint64_t seed) {
    Bytes octets;
    while (octets.size() < size) {
        seed += 0x9E3779B97F4A7C15;
        std::uint64_t z = seed;
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        z ^= z >> 31;
        for (int i = 0; i < 8; ++i) octets.push_back(static_cast<Byte>(z >> (8 * i)));
    }
    octets.resize(size);
    return octets;
}

Bytes formula(std::size_t size, std::size_t a, std::size_t b) {
    Bytes octets(size);
    for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<Byte>(i * a + b);
    return octets;
}

Bytes trigger(std::size_t zeros) {
    constexpr std::size_t kSize = 65'536;
    Bytes octets = octets_at(vectors(), "trigger/base_hex");
    octets.resize(octets.size() + zeros);
    while (octets.size() < kSize) {
        const Bytes again(octets.begin(), octets.begin() + static_cast<long>(std::min(kSize - octets.size(), octets.size())));
        octets.insert(octets.end(), again.begin(), again.end());
    }
    return octets;
}

std::vector<ByteView> pieces(ByteView file, const std::vector<std::size_t>& ends) {
    std::vector<ByteView> found;
    std::size_t start = 0;
    for (const std::size_t end : ends) {
        found.push_back(file.subspan(start, end - start));
        start = end;
    }
    return found;
}

std::vector<ChunkLeaf> leaves_of(ByteView file, const std::vector<std::size_t>& ends) {
    std::vector<ChunkLeaf> leaves;
    for (const ByteView piece : pieces(file, ends)) leaves.push_back({chunk_hash(piece), piece.size()});
    return leaves;
}

std::vector<std::string> names(const std::vector<ChunkLeaf>& leaves) {
    std::vector<std::string> texts;
    for (const auto& leaf : leaves) texts.push_back(to_string(leaf.hash));
    return texts;
}

}  // namespace mirfa::format::testing
