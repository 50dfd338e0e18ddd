// SPDX-License-Identifier: Apache-2.0
// One value of msgpack (its own specification says how each begins). Leaves are extensions:
//   type 1, an array:         [[axes], name of the element type, octets]
//   type 2, a complex number: [real, imaginary]
//   type 3, a scalar:         as 1, with no axes
// An array beyond 2^30 octets is a map {"__msgpack_chunked_array__": true, "shape": {"0": …}, "chunks": {"0": array, …}}.
// Lists and tuples were turned into maps with the keys "0", "1", … before writing.
#include <fmt/format.h>

#include <bit>

#include "base/ascii.h"
#include "checkpoint/detail/cursor.h"
#include "checkpoint/detail/numpy_dtype.h"
#include "checkpoint/detail/ranges_reader.h"
#include "checkpoint/flax.h"
#include "format/json_writer.h"

namespace mirfa::checkpoint {
namespace {

constexpr int kMaxDepth = 64;
constexpr std::uint64_t kMaxValues = 2 * kMaxTensors;
constexpr std::uint64_t kMaxText = 1u << 16;
constexpr std::string_view kChunked = "__msgpack_chunked_array__";

enum class Type { kNil, kBool, kInteger, kFloat, kText, kBinary, kList, kMap, kExtension };

/// What a value begins with. Of texts, binaries and extensions `count` octets follow, of lists values, of maps pairs.
struct Start {
    Type type = Type::kNil;
    std::uint64_t count = 0;
    std::int64_t integer = 0;
    bool beyond = false;  ///< the integer is greater than int64: `count` has it
    double real = 0;
    int extension = 0;
};

struct Array {
    TensorInfo info;
    FileRange range;
};

class FlaxFile {
public:
    explicit FlaxFile(const RandomSource& source) : in_(source, "flax file") {}

    Result<FileContents> read() {
        TRY(const Start top, start());
        if (top.type != Type::kMap) return in_.broken("it is no map of names to arrays");
        TRY(read_map("", top.count, 0));
        if (in_.left() != 0) return in_.broken(fmt::format("{} octets follow its end", in_.left()));
        TRY(check_names("flax", contents_.tensors));
        return std::move(contents_);
    }

private:
    Result<Start> start();
    Result<Start> start_of_integer(Byte first);
    Result<Start> start_of_extension(Byte first);

    Error at(std::string_view path, std::string_view why) const {
        return in_.broken(fmt::format("\"{}\" {}", path.substr(0, 300), why));
    }
    Result<std::string> read_key(std::string_view path) {
        TRY(const Start key, start());
        if (key.type != Type::kText) return at(path, "has a key that is no text");
        TRY(std::string text, in_.text(key.count, kMaxTensorName));
        if (!is_utf8(text)) return at(path, "has a key that is no UTF-8");
        return text;
    }
    Result<std::string> path_below(std::string_view path, std::string_view key) const {
        if (path.size() + key.size() >= kMaxTensorName) return at(path, "has a path below it that is too long");
        return path.empty() ? std::string(key) : fmt::format("{}/{}", path, key);
    }
    Result<void> count_value(std::string_view path) {
        if (++values_ > kMaxValues) return at(path, fmt::format("is beyond the {} values that are read", kMaxValues));
        return ok();
    }
    Result<void> read_map(const std::string& path, std::uint64_t pairs, int depth);
    Result<void> read_list(const std::string& path, std::uint64_t count, int depth);
    Result<void> read_value(const std::string& path, int depth);
    Result<void> read_note(const std::string& path, const Start& value);
    Result<void> read_chunked(const std::string& path, std::uint64_t pairs);
    Result<Shape> read_chunked_shape(const std::string& path);
    Result<Array> read_array(const std::string& path, const Start& value);
    Result<Shape> read_shape(const std::string& path);
    Result<std::uint64_t> read_axis(const std::string& path);
    Result<void> keep(TensorInfo info, std::vector<FileRange> ranges) {
        if (contents_.tensors.size() == kMaxTensors)
            return at(info.name, fmt::format("is beyond the {} tensors that are read", kMaxTensors));
        contents_.tensors.push_back(std::move(info));
        contents_.ranges.push_back(std::move(ranges));
        return ok();
    }

    Cursor in_;
    FileContents contents_;
    std::uint64_t values_ = 0;
};

Result<Start> FlaxFile::start() {
    TRY(const auto first, in_.little<std::uint8_t>());
    if (first <= 0x7f) return Start{Type::kInteger, 0, first};
    if (first <= 0x8f) return Start{Type::kMap, first & 0x0fu};
    if (first <= 0x9f) return Start{Type::kList, first & 0x0fu};
    if (first <= 0xbf) return Start{Type::kText, first & 0x1fu};
    if (first >= 0xe0) return Start{Type::kInteger, 0, static_cast<std::int8_t>(first)};
    const auto counted = [&](Type type, auto length) -> Result<Start> {
        TRY(const auto count, in_.big<decltype(length)>());
        return Start{type, count};
    };
    switch (first) {
        case 0xc0: return Start{};
        case 0xc2: return Start{Type::kBool, 0, 0};
        case 0xc3: return Start{Type::kBool, 0, 1};
        case 0xc4: return counted(Type::kBinary, std::uint8_t{});
        case 0xc5: return counted(Type::kBinary, std::uint16_t{});
        case 0xc6: return counted(Type::kBinary, std::uint32_t{});
        case 0xd9: return counted(Type::kText, std::uint8_t{});
        case 0xda: return counted(Type::kText, std::uint16_t{});
        case 0xdb: return counted(Type::kText, std::uint32_t{});
        case 0xdc: return counted(Type::kList, std::uint16_t{});
        case 0xdd: return counted(Type::kList, std::uint32_t{});
        case 0xde: return counted(Type::kMap, std::uint16_t{});
        case 0xdf: return counted(Type::kMap, std::uint32_t{});
        case 0xca: {
            TRY(const auto bits, in_.big<std::uint32_t>());
            return Start{Type::kFloat, 0, 0, false, std::bit_cast<float>(bits)};
        }
        case 0xcb: {
            TRY(const auto bits, in_.big<std::uint64_t>());
            return Start{Type::kFloat, 0, 0, false, std::bit_cast<double>(bits)};
        }
        case 0xc1: return in_.broken("c1 begins no value");
    }
    return first >= 0xcc && first <= 0xd3 ? start_of_integer(first) : start_of_extension(first);
}

/// cc to cf: without a sign, 1 to 8 octets; d0 to d3: with one.
Result<Start> FlaxFile::start_of_integer(Byte first) {
    const auto wide = [&](auto length, bool is_signed) -> Result<Start> {
        using Number = decltype(length);
        TRY(const auto number, in_.big<Number>());
        if (is_signed) return Start{Type::kInteger, 0, static_cast<std::make_signed_t<Number>>(number)};
        const std::uint64_t value = number;
        return Start{Type::kInteger, value, static_cast<std::int64_t>(value), value > INT64_MAX};
    };
    const bool is_signed = first >= 0xd0;
    switch (first & 3) {
        case 0: return wide(std::uint8_t{}, is_signed);
        case 1: return wide(std::uint16_t{}, is_signed);
        case 2: return wide(std::uint32_t{}, is_signed);
        default: return wide(std::uint64_t{}, is_signed);
    }
}

/// c7 to c9: a length in 1, 2 or 4 octets; d4 to d8: 1, 2, 4, 8 or 16 octets.
Result<Start> FlaxFile::start_of_extension(Byte first) {
    Start start{Type::kExtension};
    if (first == 0xc7) {
        TRY(start.count, in_.big<std::uint8_t>());
    } else if (first == 0xc8) {
        TRY(start.count, in_.big<std::uint16_t>());
    } else if (first == 0xc9) {
        TRY(start.count, in_.big<std::uint32_t>());
    } else {
        start.count = std::uint64_t{1} << (first - 0xd4);
    }
    TRY(start.extension, in_.little<std::uint8_t>());
    return start;
}

Result<void> FlaxFile::read_map(const std::string& path, std::uint64_t pairs, int depth) {
    if (depth > kMaxDepth) return at(path, fmt::format("is nested more than {} deep", kMaxDepth));
    for (std::uint64_t i = 0; i < pairs; ++i) {
        TRY(const std::string key, read_key(path));
        // Flax writes this key first; somewhere else it is a name like any other.
        if (i == 0 && key == kChunked) return read_chunked(path, pairs);
        TRY(const std::string below, path_below(path, key));
        TRY(read_value(below, depth));
    }
    return ok();
}

Result<void> FlaxFile::read_list(const std::string& path, std::uint64_t count, int depth) {
    if (depth > kMaxDepth) return at(path, fmt::format("is nested more than {} deep", kMaxDepth));
    for (std::uint64_t i = 0; i < count; ++i) {
        TRY(const std::string below, path_below(path, std::to_string(i)));
        TRY(read_value(below, depth));
    }
    return ok();
}

Result<void> FlaxFile::read_value(const std::string& path, int depth) {
    TRY(count_value(path));
    TRY(const Start value, start());
    if (value.type == Type::kMap) return read_map(path, value.count, depth + 1);
    if (value.type == Type::kList) return read_list(path, value.count, depth + 1);
    if (value.type != Type::kExtension || value.extension == 2) return read_note(path, value);
    TRY(Array array, read_array(path, value));
    return keep(std::move(array.info), {array.range});
}

/// What is no array is kept as JSON beside the tensors.
Result<void> FlaxFile::read_note(const std::string& path, const Start& value) {
    format::JsonWriter json;
    switch (value.type) {
        case Type::kNil: json.null(); break;
        case Type::kBool: json.value(value.integer != 0); break;
        case Type::kFloat: json.value(value.real); break;
        case Type::kInteger: value.beyond ? json.value(value.count) : json.value(value.integer); break;
        case Type::kText: {
            TRY(const auto text, in_.text(value.count, kMaxText));
            json.value(text);
            break;
        }
        case Type::kExtension: {
            const std::uint64_t end = in_.position() + value.count;
            TRY(const Start pair, start());
            TRY(const Start real, start());
            TRY(const Start imaginary, start());
            if (pair.type != Type::kList || pair.count != 2 || real.type != Type::kFloat || imaginary.type != Type::kFloat ||
                in_.position() != end)
                return at(path, "is no complex number, which its type says");
            json.array().value(real.real).value(imaginary.real);
            break;
        }
        case Type::kBinary:
        case Type::kList:
        case Type::kMap: return at(path, "is plain octets, which are no array");
    }
    contents_.metadata[path] = std::move(json).take();
    return ok();
}

Result<std::uint64_t> FlaxFile::read_axis(const std::string& path) {
    TRY(const Start axis, start());
    if (axis.type != Type::kInteger || axis.integer < 0) return at(path, "has an axis that is no length");
    return static_cast<std::uint64_t>(axis.integer);
}

Result<Shape> FlaxFile::read_shape(const std::string& path) {
    TRY(const Start list, start());
    if (list.type != Type::kList) return at(path, "has no shape");
    if (list.count > kMaxRank) return at(path, fmt::format("has more than {} axes", kMaxRank));
    Shape shape;
    for (std::uint64_t i = 0; i < list.count; ++i) {
        TRY(const auto axis, read_axis(path));
        shape.push_back(axis);
    }
    return shape;
}

Result<Array> FlaxFile::read_array(const std::string& path, const Start& value) {
    if (value.type != Type::kExtension || (value.extension != 1 && value.extension != 3)) return at(path, "is no array");
    if (value.count > in_.left())
        return at(path, fmt::format("has {} octets, and the file ends after {}", value.count, in_.left()));
    const std::uint64_t end = in_.position() + value.count;
    TRY(const Start list, start());
    if (list.type != Type::kList || list.count != 3) return at(path, "is not made of a shape, a type and octets");
    Array array;
    array.info.name = path;
    TRY(array.info.shape, read_shape(path));
    TRY(const Start name, start());
    if (name.type != Type::kText && name.type != Type::kBinary) return at(path, "has no element type");
    TRY(array.info.stored_as, in_.text(name.count, 64));
    const auto dtype = find_numpy_dtype(array.info.stored_as);
    if (!dtype)
        return Error{Code::kUnsupported, fmt::format("\"{}\" of this flax file is of the type {}, which cannot be read.", path,
                                                     format::json_quoted(array.info.stored_as))};
    array.info.dtype = *dtype;
    TRY(const Start octets, start());
    if (octets.type != Type::kBinary) return at(path, "has no octets");
    array.range = {in_.position(), octets.count};
    TRY(in_.skip(octets.count));
    if (in_.position() != end) return at(path, "does not end where its length says");
    const auto size = size_of(*dtype, array.info.shape);
    if (!size.has_value() || size.value() != octets.count)
        return at(path, fmt::format("of shape {} and type {} has {} octets", describe(array.info.shape), array.info.stored_as,
                                    octets.count));
    array.info.size_bytes = octets.count;
    return array;
}

Result<Shape> FlaxFile::read_chunked_shape(const std::string& path) {
    TRY(const Start map, start());
    if (map.type != Type::kMap || map.count > kMaxRank) return at(path, "is cut into chunks and has no shape");
    Shape shape(map.count);
    for (std::uint64_t i = 0; i < map.count; ++i) {
        TRY(const std::string key, read_key(path));
        if (key != std::to_string(i)) return at(path, "is cut into chunks and has its axes out of order");
        TRY(shape[i], read_axis(path));
    }
    return shape;
}

Result<void> FlaxFile::read_chunked(const std::string& path, std::uint64_t pairs) {
    if (pairs != 3) return at(path, "is cut into chunks and is not made of \"shape\" and \"chunks\"");
    TRY(const Start mark, start());
    if (mark.type != Type::kBool || mark.integer != 1) return at(path, "is cut into chunks and does not say so by true");
    TensorInfo info;
    std::vector<FileRange> ranges;
    bool has_shape = false;
    for (int i = 0; i < 2; ++i) {
        TRY(const std::string key, read_key(path));
        if (key == "shape" && !has_shape) {
            TRY(info.shape, read_chunked_shape(path));
            has_shape = true;
            continue;
        }
        TRY(const Start map, start());
        if (key != "chunks" || map.type != Type::kMap)
            return at(path, "is cut into chunks and is not made of \"shape\" and \"chunks\"");
        for (std::uint64_t n = 0; n < map.count; ++n) {
            TRY(count_value(path));
            TRY(const std::string number, read_key(path));
            if (number != std::to_string(n)) return at(path, "has its chunks out of order");
            TRY(const Start value, start());
            TRY(const Array chunk, read_array(path, value));
            if (n > 0 && chunk.info.dtype != info.dtype) return at(path, "has chunks of different types");
            info.dtype = chunk.info.dtype;
            info.stored_as = chunk.info.stored_as;
            info.size_bytes += chunk.info.size_bytes;
            ranges.push_back(chunk.range);
        }
    }
    const auto size = size_of(info.dtype, info.shape);
    if (!has_shape || ranges.empty() || !size.has_value() || size.value() != info.size_bytes)
        return at(path, fmt::format("of shape {} has chunks with {} octets", describe(info.shape), info.size_bytes));
    info.name = path;
    return keep(std::move(info), std::move(ranges));
}

}  // namespace

Result<ReaderPtr> read_flax(std::shared_ptr<const RandomSource> source) {
    TRY(FileContents contents, FlaxFile(*source).read());
    return make_ranges_reader(Format::kFlax, std::move(source), std::move(contents));
}

}  // namespace mirfa::checkpoint
