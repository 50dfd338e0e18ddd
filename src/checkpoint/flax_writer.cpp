// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <memory>
#include <unordered_map>

#include "base/ascii.h"
#include "base/little_endian.h"
#include "checkpoint/detail/numpy_dtype.h"
#include "checkpoint/flax.h"

namespace mirfa::checkpoint {
namespace {

/// A map of the file, or one of its leaves.
struct Node {
    std::string key;
    const OutTensor* leaf = nullptr;
    std::vector<std::unique_ptr<Node>> below;
    std::unordered_map<std::string_view, Node*> by_key;
};

Error no_path(std::string_view name, std::string_view why) {
    return Error{Code::kInvalidArgument, fmt::format("\"{}\" is no path that a flax file can hold: {}.", name, why)};
}

Result<void> add_leaf(Node& root, const OutTensor& tensor) {
    Node* node = &root;
    for (const std::string_view key : split(tensor.info.name, '/')) {
        if (key.empty()) return no_path(tensor.info.name, "one of its keys is empty");
        if (node->leaf) return no_path(tensor.info.name, "a part of it is the name of a tensor too");
        const auto known = node->by_key.find(key);
        if (known != node->by_key.end()) {
            node = known->second;
            continue;
        }
        auto fresh = std::make_unique<Node>();
        fresh->key = key;
        Node* next = fresh.get();
        node->by_key.emplace(next->key, next);
        node->below.push_back(std::move(fresh));
        node = next;
    }
    if (!node->below.empty()) return no_path(tensor.info.name, "others have it as the beginning of their path");
    node->leaf = &tensor;
    return ok();
}

/// Octets of msgpack, each number as short as it goes, as Python's msgpack writes them.
class Packed {
public:
    Bytes octets;

    void map(std::uint64_t pairs) { counted(pairs, 0x80, 15, 0, 0xde, 0xdf); }
    void list(std::uint64_t count) { counted(count, 0x90, 15, 0, 0xdc, 0xdd); }
    void text(std::string_view text) {
        counted(text.size(), 0xa0, 31, 0xd9, 0xda, 0xdb);
        append(octets, as_bytes(text));
    }
    void truth() { octets.push_back(0xc3); }
    void integer(std::uint64_t number) {
        if (number <= 0x7f) return octets.push_back(static_cast<Byte>(number));
        if (number <= 0xff) return big(0xcc, number, 1);
        if (number <= 0xffff) return big(0xcd, number, 2);
        if (number <= 0xffffffff) return big(0xce, number, 4);
        big(0xcf, number, 8);
    }
    void binary(std::uint64_t count) { counted(count, 0, 0, 0xc4, 0xc5, 0xc6); }
    /// The extension that holds an array, up to where its `size_bytes` octets begin.
    void array(const Shape& shape, std::string_view dtype, std::uint64_t size_bytes) {
        Packed inside;
        inside.list(3);
        inside.list(shape.size());
        for (const auto axis : shape) inside.integer(axis);
        inside.text(dtype);
        inside.binary(size_bytes);
        const std::uint64_t count = inside.octets.size() + size_bytes;
        if (std::has_single_bit(count) && count <= 16)
            octets.push_back(static_cast<Byte>(0xd4 + std::countr_zero(count)));
        else
            counted(count, 0, 0, 0xc7, 0xc8, 0xc9);
        octets.push_back(1);
        append(octets, inside.octets);
    }

private:
    /// A count inside the first octet when it is at most `tiny`, or behind one of the others (0: there is none).
    void counted(std::uint64_t count, Byte base, std::uint64_t tiny, Byte one, Byte two, Byte four) {
        if (base != 0 && count <= tiny) return octets.push_back(static_cast<Byte>(base | count));
        if (one != 0 && count <= 0xff) return big(one, count, 1);
        if (count <= 0xffff) return big(two, count, 2);
        big(four, count, 4);
    }
    void big(Byte first, std::uint64_t number, int bytes) {
        octets.push_back(first);
        for (int i = bytes - 1; i >= 0; --i) octets.push_back(static_cast<Byte>(number >> (8 * i)));
    }
};

/// Puts the beginning of a chunk before each run of `chunk_bytes` octets that pass.
class ChunkedOctets final : public ByteSink {
public:
    ChunkedOctets(ByteSink& below, const TensorInfo& info, std::uint64_t chunk_bytes)
        : below_(below), info_(info), chunk_bytes_(chunk_bytes), left_(info.size_bytes) {}
    Result<void> write(ByteView bytes) override {
        while (!bytes.empty()) {
            if (left_in_chunk_ == 0) TRY(begin_chunk());
            const auto piece = bytes.first(std::min<std::uint64_t>(bytes.size(), left_in_chunk_));
            TRY(below_.write(piece));
            left_in_chunk_ -= piece.size();
            bytes = bytes.subspan(piece.size());
        }
        return ok();
    }

private:
    Result<void> begin_chunk() {
        left_in_chunk_ = std::min(chunk_bytes_, left_);
        left_ -= left_in_chunk_;
        Packed head;
        head.text(std::to_string(next_++));
        head.array({left_in_chunk_ * 8 / bits_of(info_.dtype)}, numpy_name_of(info_.dtype), left_in_chunk_);
        return below_.write(head.octets);
    }
    ByteSink& below_;
    const TensorInfo& info_;
    std::uint64_t chunk_bytes_;
    std::uint64_t left_;
    std::uint64_t left_in_chunk_ = 0;
    std::uint64_t next_ = 0;
};

Result<void> write_leaf(FileSink& sink, const OutTensor& tensor, std::uint64_t chunk_bytes) {
    const TensorInfo& info = tensor.info;
    Packed head;
    if (info.size_bytes <= chunk_bytes) {
        head.array(info.shape, numpy_name_of(info.dtype), info.size_bytes);
        TRY(sink.write(head.octets));
        return sink.write_tensor(tensor);
    }
    const std::uint64_t item = bits_of(info.dtype) / 8;
    const std::uint64_t run = std::max<std::uint64_t>(1, chunk_bytes / item) * item;
    head.map(3);
    head.text("__msgpack_chunked_array__");
    head.truth();
    head.text("shape");
    head.map(info.shape.size());
    for (std::size_t i = 0; i < info.shape.size(); ++i) {
        head.text(std::to_string(i));
        head.integer(info.shape[i]);
    }
    head.text("chunks");
    head.map((info.size_bytes + run - 1) / run);
    TRY(sink.write(head.octets));
    ChunkedOctets chunks(sink, info, run);
    return sink.write_tensor(tensor, chunks);
}

Result<void> write_node(FileSink& sink, const Node& node, std::uint64_t chunk_bytes) {
    if (node.leaf != nullptr) return write_leaf(sink, *node.leaf, chunk_bytes);
    Packed head;
    head.map(node.below.size());
    TRY(sink.write(head.octets));
    for (const auto& child : node.below) {
        Packed key;
        key.text(child->key);
        TRY(sink.write(key.octets));
        TRY(write_node(sink, *child, chunk_bytes));
    }
    return ok();
}

}  // namespace

Result<void> write_flax_in_chunks(FileSink& sink, OutRow tensors, std::uint64_t chunk_bytes) {
    constexpr std::ptrdiff_t kMaxDepth = 60;  // readers go 64 deep
    Node root;
    for (const auto* tensor : tensors) {
        if (!tensor->same_as.empty()) continue;
        const auto& info = tensor->info;
        if (numpy_name_of(info.dtype).empty())
            return Error{Code::kInvalidArgument, fmt::format("The tensor \"{}\" is of the type {}, which flax files do not have.",
                                                             info.name, name_of(info.dtype))};
        if (std::ranges::count(info.name, '/') > kMaxDepth) return no_path(info.name, "it is nested too deeply");
        TRY(add_leaf(root, *tensor));
    }
    return write_node(sink, root, chunk_bytes);
}

Result<void> write_flax(FileSink& sink, OutRow tensors, const std::map<std::string, std::string>&) {
    return write_flax_in_chunks(sink, tensors, kFlaxChunkBytes);
}

}  // namespace mirfa::checkpoint
