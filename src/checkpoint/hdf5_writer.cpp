// SPDX-License-Identifier: Apache-2.0
// The library lays out the file, with room for every tensor; then the tensors are written into that room directly, which
// streams them and needs the library no more.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/ascii.h"
#include "checkpoint/detail/hdf5_handle.h"
#include "checkpoint/detail/hdf5_names.h"
#include "checkpoint/detail/keras_name.h"
#include "checkpoint/hdf5.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kTopLevel = "top_level_model_weights";

using Texts = std::map<std::string, std::string>;

/// A layer that is given another one's to work with: Keras saves the variables of that one in both groups. Without them
/// transformers counts them as missing, although it has loaded them from the other group.
struct Borrowing {
    std::string_view layer;
    std::string_view borrowed;  ///< how the names of those variables begin below the model's segment
};
constexpr Borrowing kBorrowings[] = {
    // A head of masked words turns the embeddings around.
    {"mlm___cls", "bert/embeddings/"},
    {"mlm___cls", "layoutlm/embeddings/"},
    {"mlm___cls", "roformer/embeddings/"},
    {"vocab_projector", "distilbert/embeddings/"},
    {"predictions", "albert/embeddings/"},
    {"lm_head", "roberta/embeddings/"},
    {"lm_head", "longformer/embeddings/"},
    {"lm_head", "mpnet/embeddings/"},
    {"generator_lm_head", "electra/embeddings/"},
    {"generator_lm_head", "convbert/embeddings/"},
    // Both stacks of T5 have the embedding that stands beside them.
    {"encoder", "shared/embeddings:0"},
    {"decoder", "shared/embeddings:0"},
};

Error library_failed(std::string_view what) { return internal_error(fmt::format("HDF5 cannot write {}", what)); }

Result<void> check_tensor(const TensorInfo& info) {
    if (info.dtype == Dtype::kBF16)
        return Error{
            Code::kInvalidArgument,
            fmt::format("The tensor \"{}\" is of the type BF16, which HDF5 files of Keras do not have. Convert it to F32.",
                        info.name)};
    if (!hdf5_type_of(info.dtype))
        return Error{Code::kInvalidArgument,
                     fmt::format("The tensor \"{}\" is of the type {}, which HDF5 files of Keras do not have.", info.name,
                                 name_of(info.dtype))};
    const auto segments = split(info.name, '/');
    const bool bad = std::ranges::any_of(segments, [](std::string_view segment) { return segment.empty() || segment == "."; });
    if (bad || segments.size() > 60 || info.shape.size() > H5S_MAX_RANK)
        return Error{
            Code::kInvalidArgument,
            fmt::format(
                "\"{}\" cannot be kept in an HDF5 file: one of its segments is empty, or it has too many segments or axes.",
                info.name)};
    return ok();
}

/// One file that is being laid out; where each tensor goes is noted.
class Layout {
public:
    /// Fails: kInternal.
    static Result<Layout> create(const std::filesystem::path& path) {
        const Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
        if (H5Pset_file_locking(access.id(), false, true) < 0) return library_failed("without locks");
        Handle file(H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.id()), H5Fclose);
        Handle how(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
        Handle links(H5Pcreate(H5P_LINK_CREATE), H5Pclose);
        // No times: equal tensors give equal files.
        if (!file || !how || !links || H5Pset_layout(how.id(), H5D_CONTIGUOUS) < 0 ||
            H5Pset_alloc_time(how.id(), H5D_ALLOC_TIME_EARLY) < 0 || H5Pset_fill_time(how.id(), H5D_FILL_TIME_NEVER) < 0 ||
            H5Pset_obj_track_times(how.id(), false) < 0 || H5Pset_create_intermediate_group(links.id(), 1) < 0)
            return library_failed("a new file");
        return Layout(std::move(file), std::move(how), std::move(links));
    }

    hid_t root() const { return file_.id(); }
    Result<Handle> add_group(const std::string& name) {
        Handle group(H5Gcreate2(file_.id(), name.c_str(), links_.id(), H5P_DEFAULT, H5P_DEFAULT), H5Gclose);
        if (!group) return library_failed("the group " + name);
        return group;
    }
    Result<void> add_dataset(hid_t group, const std::string& name, const OutTensor& tensor) {
        const TensorInfo& info = tensor.info;
        const Handle type = hdf5_type_of(info.dtype);
        const std::vector<hsize_t> axes(info.shape.begin(), info.shape.end());
        const Handle space(
            axes.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(axes.size()), axes.data(), nullptr),
            H5Sclose);
        const Handle dataset(H5Dcreate2(group, name.c_str(), type.id(), space.id(), links_.id(), how_.id(), H5P_DEFAULT),
                             H5Dclose);
        if (!dataset)
            return Error{
                Code::kInvalidArgument,
                fmt::format(
                    "\"{}\" cannot be kept in an HDF5 file: another tensor's name is the beginning of its own, or equal to it.",
                    info.name)};
        if (info.size_bytes == 0) return ok();
        const haddr_t offset = H5Dget_offset(dataset.id());
        if (offset == HADDR_UNDEF) return library_failed("room for " + info.name);
        places_.emplace_back(offset, &tensor);
        return ok();
    }
    /// A second place, in the group `layer`, of what add_dataset has put into the group `owner`.
    Result<void> link_dataset(const std::string& layer, const std::string& owner, const std::string& name) {
        const std::string from = owner + "/" + name, to = layer + "/" + name;
        if (H5Lcreate_hard(file_.id(), from.c_str(), file_.id(), to.c_str(), links_.id(), H5P_DEFAULT) < 0)
            return library_failed("the second place of " + name);
        return ok();
    }
    /// Completes the file but for the tensors. Gives: where each of them goes.
    Result<std::vector<std::pair<std::uint64_t, const OutTensor*>>> close() {
        if (!file_.close()) return library_failed("the end of the file");
        return std::move(places_);
    }

private:
    Layout(Handle file, Handle how, Handle links) : file_(std::move(file)), how_(std::move(how)), links_(std::move(links)) {}
    Handle file_;
    Handle how_;
    Handle links_;
    std::vector<std::pair<std::uint64_t, const OutTensor*>> places_;
};

/// The layer whose group holds a variable. `tf_bert_model/bert/…` lies in the model's layer `bert`. A variable made outside
/// of any scope tells its layer in front: `model.shared/model.shared/embeddings:0` is the layer `model`'s, and
/// `final_logits_bias:0` that of a layer of the same name. The model's own variables have a place for themselves.
std::string layer_of(std::string_view name) {
    const auto slash = name.find('/');
    const std::string_view first = name.substr(0, slash);
    if (slash == std::string_view::npos || first.find('.') != std::string_view::npos)
        return std::string(first.substr(0, first.find_first_of(".:")));
    const std::string_view rest = name.substr(slash + 1);
    const auto next = rest.find('/');
    return std::string(next == std::string_view::npos ? kTopLevel : rest.substr(0, next));
}

/// Keras lists what is trained first, and then what is not.
bool is_trained(const OutTensor* tensor) {
    const std::string_view name = tensor->info.name;
    return !name.ends_with("/moving_mean:0") && !name.ends_with("/moving_variance:0");
}

Result<void> write_about(hid_t object, const Texts& metadata) {
    const auto say = [&](const std::string& key, const std::string& otherwise) {
        const auto given = metadata.find(key);
        return write_text(object, key, given == metadata.end() ? otherwise : given->second);
    };
    TRY(say("backend", "tensorflow"));
    return say("keras_version", "2.15.0");
}

using Layers = std::map<std::string, std::vector<const OutTensor*>>;

/// What of other layers is saved in this one's group too: the layer that owns it, and the variable.
std::vector<std::pair<std::string, const OutTensor*>> borrowed_by(const std::string& layer, const Layers& layers) {
    std::vector<std::pair<std::string, const OutTensor*>> borrowed;
    for (const Borrowing& borrowing : kBorrowings) {
        if (borrowing.layer != layer) continue;
        for (const auto& [owner, tensors] : layers) {
            for (const auto* tensor : tensors)
                if (owner != layer && without_model(tensor->info.name).starts_with(borrowing.borrowed))
                    borrowed.emplace_back(owner, tensor);
        }
    }
    return borrowed;
}

Result<void> lay_out_layer(Layout& file, const std::string& layer, const Layers& layers) {
    const auto found = layers.find(layer);
    auto tensors = found == layers.end() ? std::vector<const OutTensor*>() : found->second;
    std::stable_partition(tensors.begin(), tensors.end(), is_trained);
    TRY(const Handle group, file.add_group(layer));
    std::vector<std::string> names;
    for (const auto* tensor : tensors) {
        names.push_back(tensor->info.name);
        TRY(file.add_dataset(group.id(), tensor->info.name, *tensor));
    }
    for (const auto& [owner, tensor] : borrowed_by(layer, layers)) names.push_back(tensor->info.name);
    return write_names(group.id(), "weight_names", names);
}

Result<void> lay_out(Layout& file, std::vector<const OutTensor*> tensors, const Texts& metadata) {
    std::vector<std::string> names;
    Layers layers;
    for (const auto* tensor : tensors) {
        std::string layer = layer_of(tensor->info.name);
        auto& row = layers[layer];
        if (row.empty() && layer != kTopLevel) names.push_back(layer);
        row.push_back(tensor);
    }
    for (const auto& layer : names) TRY(lay_out_layer(file, layer, layers));
    TRY(lay_out_layer(file, std::string(kTopLevel), layers));
    // What is lent is there now, wherever its layer stands in the row.
    for (const auto& layer : names)
        for (const auto& [owner, tensor] : borrowed_by(layer, layers)) TRY(file.link_dataset(layer, owner, tensor->info.name));
    TRY(write_names(file.root(), "layer_names", names));
    return write_about(file.root(), metadata);
}

Result<void> lay_out_shard(Layout& file, std::vector<const OutTensor*> tensors, const Texts&) {
    std::ranges::sort(tensors, {}, [](const OutTensor* tensor) -> const std::string& { return tensor->info.name; });
    std::vector<std::string> names;
    for (const auto* tensor : tensors) {
        names.emplace_back(without_model(tensor->info.name));
        TRY(file.add_dataset(file.root(), names.back(), *tensor));
    }
    return write_names(file.root(), "layer_names", names);
}

using LayOut = Result<void> (*)(Layout&, std::vector<const OutTensor*>, const Texts&);

Result<void> write_file(FileSink& sink, OutRow tensors, const Texts& metadata, LayOut lay_out_all) {
    std::vector<const OutTensor*> owners;
    std::vector<std::pair<std::uint64_t, const OutTensor*>> places;
    {
        const Hdf5Lock lock;
        for (const auto* tensor : tensors) {
            if (!tensor->same_as.empty()) continue;
            TRY(check_tensor(tensor->info));
            owners.push_back(tensor);
        }
        TRY(Layout file, Layout::create(sink.path()));
        TRY(lay_out_all(file, std::move(owners), metadata));
        TRY(places, file.close());
    }
    for (const auto& [offset, tensor] : places) TRY(sink.write_tensor_at(offset, *tensor));
    return ok();
}

}  // namespace

Result<void> write_hdf5(FileSink& sink, OutRow tensors, const Texts& metadata) {
    return write_file(sink, tensors, metadata, lay_out);
}

Result<void> write_hdf5_shard(FileSink& sink, OutRow tensors, const Texts& metadata) {
    return write_file(sink, tensors, metadata, lay_out_shard);
}

}  // namespace mirfa::checkpoint
