// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/hdf5_names.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kMaxListBytes = 64u << 20;
constexpr std::size_t kMaxPartBytes = 64'512;  // what an object's head has room for, less what else stands there
constexpr std::size_t kMaxText = 16u << 20;

Error bad(const std::string& name, std::string_view why) {
    return Error{Code::kInvalidArgument, fmt::format("This HDF5 file is broken: its attribute \"{}\" {}.", name, why)};
}

/// Texts of any length, which the library puts into memory of its own.
Result<void> read_variable(hid_t attribute, hid_t space, std::size_t count, const std::string& name,
                           std::vector<std::string>& into) {
    const Handle stored(H5Aget_type(attribute), H5Tclose);
    const Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    if (H5Tset_size(type.id(), H5T_VARIABLE) < 0 || H5Tset_cset(type.id(), H5Tget_cset(stored.id())) < 0)
        return internal_error("no type for texts");
    std::vector<char*> texts(count, nullptr);
    if (H5Aread(attribute, type.id(), texts.data()) < 0) return bad(name, "cannot be read");
    std::size_t all = 0;
    for (const char* text : texts) {
        const std::size_t length = text == nullptr ? 0 : ::strnlen(text, kMaxText + 1);
        all += length;
        if (all <= kMaxListBytes) into.emplace_back(text == nullptr ? "" : text, length);
    }
    H5Dvlen_reclaim(type.id(), space, H5P_DEFAULT, texts.data());
    if (all > kMaxListBytes) return bad(name, "is too long");
    return ok();
}

Result<void> read_fixed(hid_t attribute, hid_t type, std::size_t count, const std::string& name, std::vector<std::string>& into) {
    const std::size_t width = H5Tget_size(type);
    if (width == 0 || count > kMaxListBytes / width) return bad(name, "is too long");
    std::string octets(count * width, '\0');
    if (H5Aread(attribute, type, octets.data()) < 0) return bad(name, "cannot be read");
    for (std::size_t i = 0; i < count; ++i) {
        const auto text = std::string_view(octets).substr(i * width, width);
        into.emplace_back(text.substr(0, text.find('\0')));
    }
    return ok();
}

Result<void> read_list(hid_t object, const std::string& name, std::vector<std::string>& into) {
    const Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose);
    const Handle space(H5Aget_space(attribute.id()), H5Sclose);
    const Handle type(H5Aget_type(attribute.id()), H5Tclose);
    if (!attribute || !space || !type) return bad(name, "cannot be read");
    const hssize_t count = H5Sget_simple_extent_npoints(space.id());
    if (count == 0) return ok();  // an empty list has whatever type
    if (count < 0 || static_cast<std::size_t>(count) > kMaxTensors - std::min(kMaxTensors, into.size()))
        return bad(name, "has too many names");
    if (H5Tget_class(type.id()) != H5T_STRING) return bad(name, "is no list of texts");
    const auto texts = static_cast<std::size_t>(count);
    if (H5Tis_variable_str(type.id()) > 0) return read_variable(attribute.id(), space.id(), texts, name, into);
    return read_fixed(attribute.id(), type.id(), texts, name, into);
}

Handle fixed_text(std::size_t width) {
    Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
    const bool made = H5Tset_size(type.id(), width) >= 0 && H5Tset_strpad(type.id(), H5T_STR_NULLPAD) >= 0;
    return made ? std::move(type) : Handle();
}

Result<void> write_attribute(hid_t object, const std::string& name, const Handle& type, const Handle& space, const void* value) {
    if (!type || !space) return internal_error("no type or space for the attribute " + name);
    const Handle attribute(H5Acreate2(object, name.c_str(), type.id(), space.id(), H5P_DEFAULT, H5P_DEFAULT), H5Aclose);
    if (!attribute || (value != nullptr && H5Awrite(attribute.id(), type.id(), value) < 0))
        return internal_error("the attribute " + name + " cannot be written");
    return ok();
}

Handle line_of(hsize_t count) { return {H5Screate_simple(1, &count, nullptr), H5Sclose}; }

}  // namespace

bool has_names(hid_t object, const std::string& name) {
    return H5Aexists(object, name.c_str()) > 0 || H5Aexists(object, (name + "0").c_str()) > 0;
}

Result<std::vector<std::string>> read_names(hid_t object, const std::string& name) {
    std::vector<std::string> names;
    if (H5Aexists(object, name.c_str()) > 0) {
        TRY(read_list(object, name, names));
        return names;
    }
    for (int part = 0; H5Aexists(object, (name + std::to_string(part)).c_str()) > 0; ++part) {
        if (static_cast<std::size_t>(part) > kMaxTensors) return bad(name, "has too many parts");
        TRY(read_list(object, name + std::to_string(part), names));
    }
    return names;
}

std::optional<std::string> find_text(hid_t object, const std::string& name) {
    if (H5Aexists(object, name.c_str()) <= 0) return std::nullopt;
    std::vector<std::string> texts;
    if (!read_list(object, name, texts).has_value() || texts.size() != 1) return std::nullopt;
    return texts.front();
}

Result<void> write_names(hid_t object, const std::string& name, std::span<const std::string> names) {
    if (names.empty()) {  // what NumPy makes of an empty list
        const Handle type(H5Tcopy(H5T_IEEE_F64LE), H5Tclose);
        return write_attribute(object, name, type, line_of(0), nullptr);
    }
    const std::size_t width = std::ranges::max_element(names, {}, &std::string::size)->size();
    const std::size_t most = kMaxPartBytes / width;
    const std::size_t parts = (names.size() + most - 1) / most;
    // As array_split of NumPy: the first parts are one longer when it does not come out even.
    for (std::size_t part = 0, first = 0; part < parts; ++part) {
        const std::size_t count = names.size() / parts + (part < names.size() % parts ? 1 : 0);
        std::string octets;
        for (const auto& text : names.subspan(first, count)) octets += text + std::string(width - text.size(), '\0');
        const std::string key = parts == 1 ? name : name + std::to_string(part);
        TRY(write_attribute(object, key, fixed_text(width), line_of(count), octets.data()));
        first += count;
    }
    return ok();
}

Result<void> write_text(hid_t object, const std::string& name, const std::string& text) {
    const Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    return write_attribute(object, name, fixed_text(std::max<std::size_t>(1, text.size())), space, text.c_str());
}

}  // namespace mirfa::checkpoint
