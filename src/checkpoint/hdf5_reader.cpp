// SPDX-License-Identifier: Apache-2.0
// A file of Keras 2, from the reference "HDF5 as Keras and transformers write it":
//   /  or  /model_weights      attribute layer_names
//   …/LAYER                    group with the attribute weight_names
//   …/LAYER/VARIABLE           dataset; the slashes in a variable's name are groups
//   …/top_level_model_weights  group with weight_names, in newer files
// In a shard of transformers, layer_names are the paths of datasets.
// Only names from these lists are looked up, one segment after the other, and each link must be a hard one: so nothing
// leads out of the file, and a group that contains itself is not walked in circles.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/ascii.h"
#include "checkpoint/detail/hdf5_handle.h"
#include "checkpoint/detail/hdf5_names.h"
#include "checkpoint/detail/ranges_reader.h"
#include "checkpoint/hdf5.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kMaxSegments = 64;
constexpr std::size_t kMaxKeptBytes = 64u << 20;  // of datasets that lie inside their heads, at most 64 KiB each
constexpr const char* kNotes[] = {"backend", "keras_version", "model_config", "training_config"};

Error broken(std::string_view name, std::string_view why) {
    return Error{Code::kInvalidArgument, fmt::format("This HDF5 file is broken: \"{}\" {}.", name.substr(0, 300), why)};
}
Error unsupported(std::string_view name, std::string_view why) {
    return Error{Code::kUnsupported, fmt::format("\"{}\" of this HDF5 file cannot be read: {}.", name.substr(0, 300), why)};
}

/// The file, and behind its end octets that were taken out of it.
class WithTail final : public RandomSource {
public:
    WithTail(std::shared_ptr<const RandomSource> file, Bytes tail) : file_(std::move(file)), tail_(std::move(tail)) {}
    std::uint64_t size() const override { return file_->size() + tail_.size(); }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override {
        if (offset < file_->size()) return file_->read_at(offset, into);
        return memory_source(tail_)->read_at(offset - file_->size(), into);
    }

private:
    std::shared_ptr<const RandomSource> file_;
    Bytes tail_;
};

class Hdf5File {
public:
    Hdf5File(Handle file, std::uint64_t size_bytes) : file_(std::move(file)), size_bytes_(size_bytes) {}

    Result<FileContents> read() {
        const Handle root(H5Gopen2(file_.id(), "/", H5P_DEFAULT), H5Gclose);
        if (!root) return broken("/", "cannot be opened");
        TRY(const Handle below, find_weights(root));
        const hid_t group = below ? below.id() : root.id();
        TRY(const auto layers, read_names(group, "layer_names"));
        for (const auto& layer : layers) TRY(read_layer(group, layer));
        const bool listed = std::ranges::find(layers, kTopLevel) != layers.end();
        if (!listed && H5Lexists(group, kTopLevel, H5P_DEFAULT) > 0) TRY(read_layer(group, kTopLevel));
        TRY(check_names("HDF5", contents_.tensors));
        for (const char* key : kNotes)
            for (const hid_t object : {group, root.id()})
                if (auto text = find_text(object, key); text && is_utf8(*text)) contents_.metadata.emplace(key, std::move(*text));
        return std::move(contents_);
    }
    Bytes take_tail() { return std::move(tail_); }

private:
    static constexpr const char* kTopLevel = "top_level_model_weights";

    /// The group that has the layers when it is not the root.
    Result<Handle> find_weights(const Handle& root) const {
        if (has_names(root.id(), "layer_names")) return Handle();
        if (H5Lexists(root.id(), "model_weights", H5P_DEFAULT) > 0) {
            TRY(Handle group, open_object(root.id(), "model_weights"));
            if (has_names(group.id(), "layer_names")) return group;
        }
        if (H5Lexists(root.id(), "layers", H5P_DEFAULT) > 0 ||
            H5Lexists(root.id(), "_layer_checkpoint_dependencies", H5P_DEFAULT) > 0)
            return unsupported("/layers",
                               "weights of Keras 3 are told apart by their place in a model, not by a name. Save them with Keras "
                               "2, or as safetensors");
        return unsupported("/", "it has no list of layers (\"layer_names\"), so it holds no weights of Keras");
    }

    /// What lies at `path` below `from`, by hard links alone.
    Result<Handle> open_object(hid_t from, std::string_view path) const {
        Handle at;
        const auto segments = split(path, '/');
        if (segments.size() > kMaxSegments) return broken(path, "is nested too deeply");
        for (const auto segment : segments) {
            if (segment.empty() || segment == ".") return broken(path, "is no path: it has an empty segment");
            const std::string name(segment);
            const hid_t group = at ? at.id() : from;
            if (at && H5Iget_type(group) != H5I_GROUP) return broken(path, "lies below something that is no group");
            H5L_info_t link;
            if (name.find('\0') != std::string::npos || H5Lexists(group, name.c_str(), H5P_DEFAULT) <= 0 ||
                H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT) < 0)
                return broken(path, "is listed and does not exist");
            if (link.type != H5L_TYPE_HARD)
                return unsupported(path, fmt::format("\"{}\" is a link to something else, which is not followed", name));
            Handle next(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose);
            if (!next) return broken(path, "cannot be opened: it is damaged, or of a version of HDF5 after 1.10");
            at = std::move(next);
        }
        return at;
    }

    Result<void> read_layer(hid_t group, const std::string& layer) {
        TRY(const Handle object, open_object(group, layer));
        if (H5Iget_type(object.id()) == H5I_DATASET) return read_dataset(object.id(), layer);
        if (H5Iget_type(object.id()) != H5I_GROUP) return broken(layer, "is neither a group nor a dataset");
        TRY(const auto names, read_names(object.id(), "weight_names"));
        for (const auto& name : names) {
            TRY(const Handle dataset, open_object(object.id(), name));
            if (H5Iget_type(dataset.id()) != H5I_DATASET) return broken(name, "is no dataset");
            TRY(read_dataset(dataset.id(), name));
        }
        return ok();
    }

    Result<Shape> read_shape(hid_t dataset, const std::string& name) const {
        const Handle space(H5Dget_space(dataset), H5Sclose);
        if (!space) return broken(name, "has no shape");
        const H5S_class_t kind = H5Sget_simple_extent_type(space.id());
        if (kind == H5S_SCALAR) return Shape{};
        const int rank = H5Sget_simple_extent_ndims(space.id());
        if (kind != H5S_SIMPLE || rank < 0 || static_cast<std::size_t>(rank) > kMaxRank)
            return unsupported(name, "it has no shape");
        std::vector<hsize_t> axes(static_cast<std::size_t>(rank));
        if (rank > 0 && H5Sget_simple_extent_dims(space.id(), axes.data(), nullptr) != rank) return broken(name, "has no shape");
        return Shape(axes.begin(), axes.end());
    }

    Result<void> read_dataset(hid_t dataset, const std::string& name) {
        if (!is_utf8(name)) return broken(name, "has a name that is no UTF-8");
        if (contents_.tensors.size() == kMaxTensors) return broken(name, "is one tensor too many");
        TensorInfo info;
        info.name = name;
        TRY(info.shape, read_shape(dataset, name));
        const Handle type(H5Dget_type(dataset), H5Tclose);
        const auto dtype = type ? find_hdf5_dtype(type.id()) : std::nullopt;
        if (!dtype)
            return unsupported(name, "its element type has no counterpart (only little-endian numbers and booleans have)");
        info.dtype = *dtype;
        info.stored_as = name_of(*dtype);
        const auto size = size_of(info.dtype, info.shape);
        if (!size.has_value()) return broken(name, "is larger than any file");
        info.size_bytes = size.value();
        // A variable that two layers share (an embedding that is also the output) is stored under both of them. As Keras sets it
        // twice when it loads such a file, the one that comes last counts.
        TRY(const FileRange range, find_octets(dataset, type.id(), info));
        const auto [place, is_new] = places_.emplace(info.name, contents_.tensors.size());
        if (!is_new) {
            if (info != contents_.tensors[place->second]) return broken(name, "is there twice, of two shapes or types");
            contents_.ranges[place->second] = {range};
            return ok();
        }
        contents_.tensors.push_back(std::move(info));
        contents_.ranges.push_back({range});
        return ok();
    }

    Result<FileRange> find_octets(hid_t dataset, hid_t type, const TensorInfo& info) {
        const Handle how(H5Dget_create_plist(dataset), H5Pclose);
        if (!how) return broken(info.name, "does not say how it is stored");
        if (H5Pget_nfilters(how.id()) != 0) return unsupported(info.name, "it is compressed. Write the file without compression");
        if (H5Pget_external_count(how.id()) != 0)
            return unsupported(info.name, "its octets are in another file, which is not opened");
        const H5D_layout_t layout = H5Pget_layout(how.id());
        if (info.size_bytes == 0) return FileRange{0, 0};
        if (layout == H5D_COMPACT) return keep_octets(dataset, type, info);
        if (layout != H5D_CONTIGUOUS)
            return unsupported(info.name, "it does not lie in one piece. Write the file without chunks");
        const haddr_t offset = H5Dget_offset(dataset);
        if (offset == HADDR_UNDEF) return broken(info.name, "was never written");
        if (H5Dget_storage_size(dataset) != info.size_bytes || offset > size_bytes_ || info.size_bytes > size_bytes_ - offset)
            return broken(info.name, fmt::format("takes {} octets, which are not all in the file", info.size_bytes));
        return FileRange{offset, info.size_bytes};
    }

    /// A small one lies inside its head, where the library alone finds it.
    Result<FileRange> keep_octets(hid_t dataset, hid_t type, const TensorInfo& info) {
        if (info.size_bytes > kMaxKeptBytes - tail_.size()) return unsupported(info.name, "too much lies inside of heads");
        if (H5Dget_storage_size(dataset) != info.size_bytes) return broken(info.name, "has another size than its shape");
        const FileRange range{size_bytes_ + tail_.size(), info.size_bytes};
        tail_.resize(tail_.size() + info.size_bytes);
        if (H5Dread(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, tail_.data() + (range.first - size_bytes_)) < 0)
            return broken(info.name, "cannot be read");
        return range;
    }

    Handle file_;
    std::uint64_t size_bytes_;
    FileContents contents_;
    std::unordered_map<std::string, std::size_t> places_;  // of tensors, by name
    Bytes tail_;
};

}  // namespace

Result<ReaderPtr> read_hdf5(const std::filesystem::path& path) {
    TRY(auto source, open_file_source(path));
    const Hdf5Lock lock;
    const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    // Locks help writers and readers of the same program; on network file systems they fail.
    if (H5Pset_fapl_sec2(access.id()) < 0 || H5Pset_file_locking(access.id(), false, true) < 0)
        return internal_error("the access to HDF5 files cannot be set up");
    Handle handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.id()), H5Fclose);
    if (!handle) return broken(path.filename().string(), "cannot be opened: its head is damaged or it is cut off");
    Hdf5File file(std::move(handle), source->size());
    TRY(FileContents contents, file.read());
    source = std::make_shared<const WithTail>(std::move(source), file.take_tail());
    return make_ranges_reader(Format::kHdf5, std::move(source), std::move(contents));
}

}  // namespace mirfa::checkpoint
