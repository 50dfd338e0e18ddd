// SPDX-License-Identifier: Apache-2.0
// ModelProto: 7 graph, 20 training_info {1 initialization, 2 algorithm: graphs}, 25 functions.
// GraphProto: 1 node, 5 initializer, 15 sparse_initializer {1 values, 2 indices: tensors}. FunctionProto: 1 name, 7 node, 10
// domain, 11 attribute_proto. NodeProto: 4 op_type, 5 attribute, 7 domain. AttributeProto: 5 t, 6 g, 10 tensors, 11 graphs, 22
// sparse_tensor, 23 sparse_tensors. TensorProto: 13 external_data {1 key, 2 value}.
#include "checkpoint/detail/onnx.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "checkpoint/detail/cursor.h"

namespace mirfa::checkpoint {
namespace {

constexpr int kMostDepth = 100;  // as readers of protobuf have it
constexpr std::uint64_t kMostText = 64u << 10;
constexpr std::size_t kMostFunctions = 100'000;

enum class Kind { kNone, kText, kModel, kTraining, kFunction, kGraph, kNode, kAttribute, kTensor, kSparse, kEntry };

struct Row {
    Kind in;
    std::uint64_t field;
    Kind kind;
};
constexpr Row kFields[] = {
    {Kind::kModel, 7, Kind::kGraph},      {Kind::kModel, 20, Kind::kTraining},   {Kind::kModel, 25, Kind::kFunction},
    {Kind::kTraining, 1, Kind::kGraph},   {Kind::kTraining, 2, Kind::kGraph},    {Kind::kFunction, 1, Kind::kText},
    {Kind::kFunction, 7, Kind::kNode},    {Kind::kFunction, 10, Kind::kText},    {Kind::kFunction, 11, Kind::kAttribute},
    {Kind::kGraph, 1, Kind::kNode},       {Kind::kGraph, 5, Kind::kTensor},      {Kind::kGraph, 15, Kind::kSparse},
    {Kind::kNode, 4, Kind::kText},        {Kind::kNode, 5, Kind::kAttribute},    {Kind::kNode, 7, Kind::kText},
    {Kind::kAttribute, 5, Kind::kTensor}, {Kind::kAttribute, 6, Kind::kGraph},   {Kind::kAttribute, 10, Kind::kTensor},
    {Kind::kAttribute, 11, Kind::kGraph}, {Kind::kAttribute, 22, Kind::kSparse}, {Kind::kAttribute, 23, Kind::kSparse},
    {Kind::kSparse, 1, Kind::kTensor},    {Kind::kSparse, 2, Kind::kTensor},     {Kind::kTensor, 13, Kind::kEntry},
    {Kind::kEntry, 1, Kind::kText},       {Kind::kEntry, 2, Kind::kText},
};

Kind kind_of(Kind in, std::uint64_t field) {
    for (const Row& row : kFields)
        if (row.in == in && row.field == field) return row.kind;
    return Kind::kNone;
}

/// ONNX's own, and what onnxruntime and the exporters of PyTorch have built in.
bool is_known_domain(std::string_view domain) {
    if (domain == "ai.onnx.contrib" || domain == "com.microsoft.extensions")
        return false;  // of a library that is loaded for them
    return domain.empty() || domain == "ai.onnx" || domain.starts_with("ai.onnx.") || domain == "com.microsoft" ||
           domain.starts_with("com.microsoft.") || domain == "com.ms.internal.nhwc" || domain == "org.pytorch.aten";
}

bool leaves_folder(std::string path) {
    std::ranges::replace(path, '\\', '/');
    if (path.starts_with('/') || path.find("://") != path.npos) return true;
    if (path.size() > 1 && path[1] == ':') return true;  // of a drive
    int depth = 0;
    for (const auto part : split(path, '/')) {
        if (part == "..")
            --depth;
        else if (!part.empty() && part != ".")
            ++depth;
        if (depth < 0) return true;
    }
    return false;
}

class Walk {
public:
    Walk(const RandomSource& source, OnnxReach& found) : cursor_(source, "ONNX model"), size_(source.size()), found_(found) {}

    Result<void> run() {
        auto walked = message(Kind::kModel, size_, 0);
        for (const auto& [domain, name] : operators_)
            if (!functions_.contains({domain, name})) add(found_.operators, domain + "." + name);
        return walked;
    }

private:
    /// The texts of a node, a function or an entry, by their fields; of equal ones the last.
    using Texts = std::map<std::uint64_t, std::string>;

    Result<std::uint64_t> varint(std::uint64_t end) {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 70; shift += 7) {
            if (cursor_.position() == end) return cursor_.broken("it ends within a number");
            TRY(const auto octet, cursor_.little<std::uint8_t>());
            if (shift < 64) value |= std::uint64_t{octet & 0x7fu} << shift;
            if (octet < 0x80) return value;
        }
        return cursor_.broken("a number is longer than any");
    }

    Result<void> message(Kind kind, std::uint64_t end, int depth) {
        if (depth > kMostDepth) return Error{Code::kTooLarge, "The ONNX model is nested deeper than any reader follows."};
        Texts texts;
        while (cursor_.position() < end) {
            if (++fields_ > kMostOnnxFields) return Error{Code::kTooLarge, "The ONNX model has more parts than a scan looks at."};
            TRY(field(kind, end, depth, texts));
        }
        finish(kind, texts);
        return ok();
    }

    Result<void> skip(std::uint64_t count, std::uint64_t end) {
        if (count > end - cursor_.position()) return cursor_.broken("a part is longer than what it is a part of");
        return cursor_.skip(count);
    }

    Result<void> field(Kind in, std::uint64_t end, int depth, Texts& texts) {
        TRY(const auto tag, varint(end));
        const std::uint64_t number = tag >> 3, wire = tag & 7;
        if (number == 0 || tag >> 32 != 0) return cursor_.broken("a field has no number");
        if (wire == 0) {
            TRY(varint(end));
            return ok();
        }
        if (wire == 1) return skip(8, end);
        if (wire == 5) return skip(4, end);
        if (wire != 2) return cursor_.broken(fmt::format("a field is of the kind {}, which no model has", wire));
        TRY(const auto length, varint(end));
        if (length > end - cursor_.position()) return cursor_.broken("a part is longer than what it is a part of");
        const Kind kind = kind_of(in, number);
        if (kind == Kind::kNone) return skip(length, end);
        if (kind != Kind::kText) return message(kind, cursor_.position() + length, depth + 1);
        TRY(texts[number], cursor_.text(length, kMostText));
        return ok();
    }

    static std::string text_of(const Texts& texts, std::uint64_t field) {
        const auto found = texts.find(field);
        return found == texts.end() ? "" : found->second;
    }

    void finish(Kind kind, const Texts& texts) {
        if (kind == Kind::kNode) {
            const std::string domain = text_of(texts, 7);
            if (!is_known_domain(domain) && operators_.size() < kMostFunctions) operators_.emplace(domain, text_of(texts, 4));
        } else if (kind == Kind::kFunction) {
            if (functions_.size() < kMostFunctions) functions_.emplace(text_of(texts, 10), text_of(texts, 1));
        } else if (kind == Kind::kEntry && text_of(texts, 1) == "location") {
            std::string path = text_of(texts, 2);
            if (leaves_folder(path)) add(found_.outside, std::move(path));
        }
    }

    static void add(std::vector<std::string>& list, std::string name) {
        if (list.size() < kMostOnnxNames && std::ranges::find(list, name) == list.end()) list.push_back(std::move(name));
    }

    Cursor cursor_;
    const std::uint64_t size_;
    OnnxReach& found_;
    std::uint64_t fields_ = 0;
    std::set<std::pair<std::string, std::string>> operators_;  // that are not known, domain and name
    std::set<std::pair<std::string, std::string>> functions_;  // of the model itself
};

}  // namespace

Result<void> read_onnx_reach(const RandomSource& source, OnnxReach& found) { return Walk(source, found).run(); }

}  // namespace mirfa::checkpoint
