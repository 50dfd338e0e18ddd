// SPDX-License-Identifier: Apache-2.0
// What a pickle may ask for by name, and what is then done: nothing but filling in tensors and containers.
#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "checkpoint/detail/first_letters.h"
#include "checkpoint/detail/pickle_machine.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::uint64_t kMost = std::uint64_t{1} << 62;
// No function needs more; without a limit each call could copy a tuple of millions.
constexpr std::size_t kMaxWords = 16;

std::string shown(std::string_view name) { return first_letters(name, 120); }

bool is_module_class(std::string_view module) {
    return module.starts_with("torch.nn.modules") || module.starts_with("transformers.") || module == "torch.nn" ||
           module.starts_with("torchvision.models");
}

}  // namespace

Result<void> PickleMachine::push_global(std::string module, std::string name) {
    const auto before = named_.find({module, name});
    if (before != named_.end()) return push(before->second);
    const auto found = find_global(module, name);
    if (!found) {
        if (is_module_class(module))
            return unsupported(
                fmt::format("holds a whole pickled module (class \"{}.{}\"), not its weights,", shown(module), shown(name)));
        return unsupported(
            fmt::format("asks for \"{}.{}\", which is not in the list of harmless names,", shown(module), shown(name)));
    }
    TRY(charge(256 + module.size() + name.size()));
    globals_.push_back(*found);
    TRY(const Id id, make({PickleKind::kGlobal, static_cast<std::int64_t>(globals_.size() - 1), 0, module + "." + name}));
    named_.emplace(std::pair{std::move(module), std::move(name)}, id);
    return push(id);
}

Result<void> PickleMachine::stack_global() {
    TRY(const Id name, pop());
    TRY(const Id module, pop());
    if (!is(name, PickleKind::kText) || !is(module, PickleKind::kText)) return wrong("a name is asked for that is no text");
    return push_global(value(module).text, value(name).text);
}

/// NEWOBJ is torch.Size(…) in checkpoints; a tensor made this way has no content yet.
Result<void> PickleMachine::new_object() {
    TRY(const Id args, pop());
    TRY(const Id type, pop());
    if (!is(type, PickleKind::kGlobal) || !is(args, PickleKind::kTuple)) return wrong("an object of what is no class is made");
    if (known(type).kind == GlobalKind::kSize && value(args).items.size() == 1) return push(value(args).items[0]);
    return unsupported(fmt::format("makes an object of \"{}\" in a way that is not read", shown(value(type).text)));
}

/// Attributes of dictionaries (`_metadata`) and of tensors are of no use here; NumPy's arrays are not looked into.
Result<void> PickleMachine::build() {
    TRY(pop());
    TRY(const Id object, top());
    const PickleKind kind = value(object).kind;
    if (kind == PickleKind::kDict || kind == PickleKind::kTensor || kind == PickleKind::kOpaque) return ok();
    return wrong("attributes are set of what takes none");
}

Result<void> PickleMachine::persistent() {
    TRY(const Id tuple, pop());
    if (storages_ == PickleStorages::kNone) return wrong("a storage is named where there is none");
    if (!is(tuple, PickleKind::kTuple)) return wrong("a storage is named by what is no tuple");
    if (value(tuple).items.size() > kMaxWords) return wrong("a storage is named with too few or many words");
    const std::vector<Id> parts = value(tuple).items;
    if (parts.empty() || !is(parts[0], PickleKind::kText)) return wrong("a storage is named in an unknown way");
    if (value(parts[0]).text == "module")
        return unsupported("holds a whole pickled module with its source code, not its weights,");
    if (value(parts[0]).text != "storage") return wrong("a storage is named in an unknown way");
    TRY(const Id id, storage_of(parts));
    return push(id);
}

Result<PickleMachine::Id> PickleMachine::storage_of(const std::vector<Id>& parts) {
    if (parts.size() != (storages_ == PickleStorages::kZip ? 5u : 6u))
        return wrong("a storage is named with too few or many words");
    if (!is(parts[1], PickleKind::kGlobal) || !is(parts[2], PickleKind::kText) || !is(parts[4], PickleKind::kInt))
        return wrong("a storage is named in an unknown way");
    const KnownGlobal element = known(parts[1]);
    if (element.kind == GlobalKind::kRefused)
        return unsupported(fmt::format("holds a storage that is not read: {}", element.advice));
    if (element.kind != GlobalKind::kStorageClass) return wrong("a storage has a class that is none of a storage");
    if (value(parts[4]).number < 0) return wrong("a storage has fewer than no elements");
    const auto count = static_cast<std::uint64_t>(value(parts[4]).number);
    TRY(const std::uint32_t storage, ensure_storage(value(parts[2]).text, element, count));
    return view_of(storage, element, value(parts[1]).text, count, parts);
}

Result<std::uint32_t> PickleMachine::ensure_storage(const std::string& key, const KnownGlobal& element, std::uint64_t count) {
    if (key.empty() || key.size() > 256 || !is_utf8(key)) return wrong("a storage has a name that is none");
    if (count > kMost / element.bits) return wrong(fmt::format("storage \"{}\" is larger than any file", shown(key)));
    const std::uint64_t size = count * element.bits / 8;
    const auto [place, is_new] = by_key_.try_emplace(key, static_cast<std::uint32_t>(pickle_.storages_.size()));
    if (is_new) {
        TRY(charge(256 + 2 * key.size()));
        pickle_.storages_.push_back({key, size, element.bits});
    }
    const PickleStorage& storage = pickle_.storages_[place->second];
    if (storage.size_bytes != size || storage.element_bits != element.bits)
        return wrong(fmt::format("storage \"{}\" is named with two sizes", shown(key)));
    return place->second;
}

Result<PickleMachine::Id> PickleMachine::view_of(std::uint32_t storage, const KnownGlobal& element, std::string class_name,
                                                 std::uint64_t count, const std::vector<Id>& parts) {
    View view{storage, 0, count, element, std::move(class_name)};
    if (parts.size() == 6 && !is(parts[5], PickleKind::kNone)) {
        const auto& words = value(parts[5]).items;
        if (!is(parts[5], PickleKind::kTuple) || words.size() != 3 || !is(words[1], PickleKind::kInt) ||
            !is(words[2], PickleKind::kInt))
            return wrong("a part of a storage is named in an unknown way");
        const std::int64_t first = value(words[1]).number, size = value(words[2]).number;
        if (first < 0 || size < 0 || static_cast<std::uint64_t>(first) > count ||
            static_cast<std::uint64_t>(size) > count - static_cast<std::uint64_t>(first))
            return wrong("a part of a storage lies outside of it");
        view.first = static_cast<std::uint64_t>(first);
        view.count = static_cast<std::uint64_t>(size);
    }
    TRY(charge(sizeof(View) + view.class_name.size()));
    views_.push_back(std::move(view));
    return make({PickleKind::kStorage, static_cast<std::int64_t>(views_.size() - 1)});
}

Result<void> PickleMachine::reduce() {
    TRY(const Id args, pop());
    TRY(const Id function, pop());
    if (!is(args, PickleKind::kTuple)) return wrong("a function is given what is no tuple");
    if (!is(function, PickleKind::kGlobal)) return wrong("what is no function is called");
    if (value(args).items.size() > kMaxWords) return wrong("a function is given too many words");
    const std::vector<Id> given = value(args).items;
    TRY(const Id made, call(function, given, false));
    return push(made);
}

Result<PickleMachine::Id> PickleMachine::call(Id function, const std::vector<Id>& args, bool inner) {
    const KnownGlobal what = known(function);
    switch (what.kind) {
        case GlobalKind::kOrderedDict:
        case GlobalKind::kCounter: return call_ordered_dict(args);
        case GlobalKind::kSet: {
            const bool full = args.size() == 1 && is(args[0], PickleKind::kList);
            return make({PickleKind::kSet, 0, 0, {}, full ? value(args[0]).items : std::vector<Id>{}});
        }
        case GlobalKind::kSize:
            if (args.size() != 1 || !is(args[0], PickleKind::kTuple)) return wrong("torch.Size is given no tuple");
            return args[0];
        case GlobalKind::kRebuildTensor:
        case GlobalKind::kRebuildTensor2:
        case GlobalKind::kRebuildTensor3: return call_tensor(what, args);
        case GlobalKind::kRebuildParameter: return call_parameter(args);
        case GlobalKind::kRebuildFromType: return call_from_type(args, inner);
        case GlobalKind::kRefused: return unsupported(fmt::format("holds a tensor that is not read ({})", what.advice));
        case GlobalKind::kBytearray:
        case GlobalKind::kEncode: return call_octets(args);
        case GlobalKind::kComplex:
        case GlobalKind::kOpaque: return make({PickleKind::kOpaque, 0, 0, value(function).text});
        case GlobalKind::kTensorClass:
        case GlobalKind::kStorageClass:
        case GlobalKind::kElementType:
        case GlobalKind::kMark: break;
    }
    return unsupported(fmt::format("calls \"{}\"", shown(value(function).text)));
}

/// Python 2 gives the items as a list of pairs, newer ones set them afterwards.
Result<PickleMachine::Id> PickleMachine::call_ordered_dict(const std::vector<Id>& args) {
    PickleValue dict{PickleKind::kDict};
    if (args.size() > 1) return wrong("a dictionary is made of too much");
    if (args.size() == 1 && is(args[0], PickleKind::kDict)) dict.items = value(args[0]).items;
    if (args.size() == 1 && is(args[0], PickleKind::kList)) {
        TRY(charge(4 * sizeof(Id) * value(args[0]).items.size()));
        for (const Id pair : value(args[0]).items) {
            const PickleValue& both = value(pair);
            if ((both.kind != PickleKind::kTuple && both.kind != PickleKind::kList) || both.items.size() != 2)
                return wrong("a dictionary is made of what are no pairs");
            dict.items.insert(dict.items.end(), both.items.begin(), both.items.end());
        }
    }
    return make(std::move(dict));
}

/// (function, type, arguments, state): a tensor of a class that was derived from Tensor.
Result<PickleMachine::Id> PickleMachine::call_from_type(const std::vector<Id>& args, bool inner) {
    if (inner || args.size() != 4 || !is(args[0], PickleKind::kGlobal) || !is(args[1], PickleKind::kGlobal) ||
        !is(args[2], PickleKind::kTuple))
        return wrong("a tensor is wrapped in an unknown way");
    if (known(args[1]).kind != GlobalKind::kTensorClass) return wrong("a tensor is wrapped in what is no class of tensors");
    if (value(args[2]).items.size() > kMaxWords) return wrong("a function is given too many words");
    const GlobalKind kind = known(args[0]).kind;
    if (kind != GlobalKind::kRebuildTensor && kind != GlobalKind::kRebuildTensor2 && kind != GlobalKind::kRebuildTensor3 &&
        kind != GlobalKind::kRebuildParameter && kind != GlobalKind::kRefused)
        return wrong("a tensor is wrapped in an unknown way");
    const std::vector<Id> given = value(args[2]).items;
    return call(args[0], given, true);
}

Result<PickleMachine::Id> PickleMachine::call_parameter(const std::vector<Id>& args) {
    if (args.empty() || !is(args[0], PickleKind::kTensor)) return wrong("a parameter is made of what is no tensor");
    return args[0];
}

/// bytearray(octets), bytearray(text, 'latin-1') and _codecs.encode(text, 'latin1') are octets whose content nobody asks for.
Result<PickleMachine::Id> PickleMachine::call_octets(const std::vector<Id>& args) {
    const bool is_text = !args.empty() && (is(args[0], PickleKind::kText) || is(args[0], PickleKind::kBytes));
    if (!args.empty() && !is_text) return wrong("octets are made of what is no text");
    return make({PickleKind::kBytes, 0, 0, args.empty() ? std::string() : value(args[0]).text});
}

Result<PickleMachine::Id> PickleMachine::call_tensor(const KnownGlobal& what, const std::vector<Id>& args) {
    const bool first = what.kind == GlobalKind::kRebuildTensor, third = what.kind == GlobalKind::kRebuildTensor3;
    const std::size_t least = first ? 4 : third ? 7 : 6;
    if (args.size() < least || args.size() > least + (first ? 0 : 1)) return wrong("a tensor is made of too few or many words");
    Rebuilt parts{args[0], args[1], args[2], args[3], {}, {}};
    if (third) parts.dtype = args[6];
    if (args.size() > least) parts.metadata = args[least];
    return rebuild(parts);
}

Result<PickleMachine::Id> PickleMachine::rebuild(const Rebuilt& parts) {
    if (!is(parts.storage, PickleKind::kStorage)) return wrong("a tensor is made of what is no storage");
    if (!is(parts.offset, PickleKind::kInt) || value(parts.offset).number < 0) return wrong("a tensor begins nowhere");
    if (parts.metadata) {
        TRY(check_metadata(*parts.metadata));
    }
    const View& view = views_[static_cast<std::size_t>(value(parts.storage).number)];
    const PickleStorage& storage = pickle_.storages_[view.storage];
    std::optional<Dtype> dtype = view.element.dtype;
    std::string stored_as = view.class_name;
    if (parts.dtype) {
        if (!is(*parts.dtype, PickleKind::kGlobal) || known(*parts.dtype).kind != GlobalKind::kElementType)
            return wrong("a tensor has a type that is none");
        dtype = known(*parts.dtype).dtype;
        stored_as = value(*parts.dtype).text;
    }
    if (!dtype) return unsupported(fmt::format("holds a tensor of type \"{}\", which is not read,", shown(stored_as)));
    if (pickle_.tensors_.size() >= kMaxTensors)
        return Error{Code::kTooLarge, fmt::format("The pickle holds more than {} tensors.", kMaxTensors)};
    PickleTensor tensor{view.storage, *dtype, static_cast<std::uint64_t>(value(parts.offset).number), {}, {}, stored_as};
    TRY(tensor.shape, sizes_of(parts.size, "size"));
    TRY(tensor.strides, sizes_of(parts.stride, "stride"));
    if (tensor.shape.size() != tensor.strides.size()) return wrong("a tensor has more sizes than strides or fewer");
    TRY(check_inside(tensor, view, storage.key));
    if (view.first * view.element.bits % bits_of(*dtype) != 0) return wrong("a tensor begins within an element");
    tensor.first += view.first * view.element.bits / bits_of(*dtype);
    TRY(charge(sizeof(PickleTensor) + 16 * tensor.shape.size() + stored_as.size()));
    pickle_.tensors_.push_back(std::move(tensor));
    return make({PickleKind::kTensor, static_cast<std::int64_t>(pickle_.tensors_.size() - 1)});
}

Result<std::vector<std::uint64_t>> PickleMachine::sizes_of(Id tuple, std::string_view what) const {
    if (!is(tuple, PickleKind::kTuple)) return wrong(fmt::format("the {} of a tensor is no tuple", what));
    const auto& items = value(tuple).items;
    if (items.size() > kMaxRank) return wrong(fmt::format("a tensor has {} axes, more than {},", items.size(), kMaxRank));
    std::vector<std::uint64_t> sizes;
    for (const Id item : items) {
        if (!is(item, PickleKind::kInt) || value(item).number < 0)
            return wrong(fmt::format("the {} of a tensor is no number", what));
        sizes.push_back(static_cast<std::uint64_t>(value(item).number));
    }
    return sizes;
}

/// `conj` and `neg` say that the octets stand for other numbers.
Result<void> PickleMachine::check_metadata(Id dict) const {
    const PickleValue& metadata = value(dict);
    if (metadata.kind != PickleKind::kDict) return ok();
    if (metadata.items.size() > 2 * kMaxWords) return wrong("a tensor is described by too many words");
    for (std::size_t i = 0; i + 1 < metadata.items.size(); i += 2) {
        const PickleValue &key = value(metadata.items[i]), &truth = value(metadata.items[i + 1]);
        if (key.kind == PickleKind::kText && (key.text == "conj" || key.text == "neg") && truth.number != 0)
            return unsupported(
                "holds a tensor that is not read (it is lazily conjugated or negated; save tensor.resolve_conj() or "
                "resolve_neg())");
    }
    return ok();
}

/// The last element that the sizes and strides reach lies in the storage; of a tensor without elements nothing is reached.
Result<void> PickleMachine::check_inside(const PickleTensor& tensor, const View& view, const std::string& key) const {
    const auto size = size_of(tensor.dtype, tensor.shape);
    if (!size.has_value()) return wrong(fmt::format("a tensor of shape {} is larger than any file", describe(tensor.shape)));
    if (size.value() == 0) return ok();
    const std::uint64_t have = view.count * view.element.bits / bits_of(tensor.dtype);
    std::uint64_t last = tensor.first;
    for (std::size_t i = 0; i < tensor.shape.size() && last < have; ++i) {
        const std::uint64_t steps = tensor.shape[i] - 1, stride = tensor.strides[i];
        if (stride != 0 && steps > kMost / stride)
            last = kMost;
        else
            last += steps * stride;
    }
    if (last < have) return ok();
    return wrong(fmt::format("a tensor of shape {} reaches beyond the {} elements of storage \"{}\"", describe(tensor.shape),
                             have, shown(key)));
}

}  // namespace mirfa::checkpoint
