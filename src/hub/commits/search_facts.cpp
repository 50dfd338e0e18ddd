// SPDX-License-Identifier: Apache-2.0
#include "hub/commits/search_facts.h"

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "card/plain_text.h"
#include "card/tables.h"

namespace mirfa::hub {
namespace {

using catalog::FacetKind;
using catalog::RepoType;

struct Format {
    std::string_view ending;
    std::string_view name;
};
constexpr Format kWeightFormats[] = {{".safetensors", "safetensors"},
                                     {".gguf", "gguf"},
                                     {".bin", "pytorch"},
                                     {".pt", "pytorch"},
                                     {".pth", "pytorch"},
                                     {".ckpt", "pytorch"},
                                     {".onnx", "onnx"},
                                     {".h5", "hdf5"},
                                     {".msgpack", "flax"},
                                     {".tflite", "tflite"},
                                     {".keras", "keras"},
                                     {".mlmodel", "coreml"},
                                     {".joblib", "joblib"},
                                     {".npz", "numpy"}};
constexpr Format kDataFormats[] = {{".parquet", "parquet"}, {".csv", "csv"},     {".tsv", "csv"},  {".json", "json"},
                                   {".jsonl", "json"},      {".arrow", "arrow"}, {".txt", "text"}, {".tar", "webdataset"},
                                   {".xml", "xml"},         {".zip", "zip"}};

/// Files beside the content, under the same endings.
bool is_beside(std::string_view path) {
    const auto name = path.substr(path.rfind('/') + 1);
    return name == "training_args.bin" || name == "optimizer.bin" || name == "optimizer.pt" || name == "scheduler.bin" ||
           name == "scheduler.pt" || name == "dataset_infos.json" || name == "requirements.txt" || name.starts_with('.');
}

class Collector {
public:
    explicit Collector(const FoundIn& in) : in_(in) {}

    catalog::SearchFacts run() {
        for (const char* key : {"title", "pretty_name"})
            if (const auto* text = in_.card.if_contains(key); text != nullptr && text->is_string())
                out_.title += std::string(text->get_string()) + " ";
        out_.title += card::first_heading(in_.readme);
        out_.body = card::plain_text(in_.readme, catalog::kMaxSearchedBody);
        out_.tags = in_.summary.tags;
        out_.parameters = in_.weights.parameters();
        add_all(FacetKind::kLanguage, "language");
        add_all(FacetKind::kLicense, "license");
        switch (in_.type) {
            case RepoType::kModel: add_model(); break;
            case RepoType::kDataset: add_dataset(); break;
            case RepoType::kSpace:
                if (in_.summary.sdk) add(FacetKind::kLibrary, *in_.summary.sdk);
                add_all(FacetKind::kDataset, "datasets");
                break;
        }
        return std::move(out_);
    }

private:
    void add_model() {
        if (in_.summary.pipeline_tag) add(FacetKind::kTask, *in_.summary.pipeline_tag);
        if (in_.summary.library) add(FacetKind::kLibrary, *in_.summary.library);
        for (const auto& tag : in_.summary.tags)
            if (card::is_library(tag)) add(FacetKind::kLibrary, tag);
        add_formats(kWeightFormats);
        for (const auto& [type, count] : in_.weights.safetensors) add(FacetKind::kDtype, type);
        for (const auto& type : in_.weights.quantizations) add(FacetKind::kDtype, type);
        if (out_.parameters > 0) add(FacetKind::kSize, size_class(out_.parameters));
        for (const auto& base : in_.summary.base_models) add(FacetKind::kBaseModel, base.id);
        add_all(FacetKind::kDataset, "datasets");
    }
    void add_dataset() {
        add_all(FacetKind::kTask, "task_categories");
        add_all(FacetKind::kSize, "size_categories");
        add_formats(kDataFormats);
    }
    void add_formats(std::span<const Format> formats) {
        std::set<std::string_view> found;
        for (const std::string_view path : in_.files) {
            if (is_beside(path)) continue;
            const std::string ending = ascii_lower(path.substr(std::min(path.rfind('.'), path.size())));
            for (const auto& format : formats)
                if (ending == format.ending) found.insert(format.name);
        }
        for (const auto name : found) add(FacetKind::kFormat, name);
    }
    /// A text of the card, or the texts of a list.
    void add_all(FacetKind kind, std::string_view key) {
        const auto* value = in_.card.if_contains(key);
        if (value == nullptr) return;
        if (value->is_string()) add(kind, value->get_string());
        if (value->is_array())
            for (const auto& one : value->get_array())
                if (one.is_string()) add(kind, one.get_string());
    }
    void add(FacetKind kind, std::string_view value) { out_.facets.push_back({kind, std::string(value)}); }

    const FoundIn& in_;
    catalog::SearchFacts out_;
};

}  // namespace

std::string_view size_class(std::int64_t parameters) {
    constexpr std::int64_t kMillion = 1'000'000;
    constexpr std::pair<std::int64_t, std::string_view> kClasses[] = {
        {100 * kMillion, "<100M"},      {1'000 * kMillion, "100M-1B"},   {3'000 * kMillion, "1B-3B"},
        {7'000 * kMillion, "3B-7B"},    {13'000 * kMillion, "7B-13B"},   {34'000 * kMillion, "13B-34B"},
        {70'000 * kMillion, "34B-70B"}, {200'000 * kMillion, "70B-200B"}};
    for (const auto& [end, name] : kClasses)
        if (parameters < end) return name;
    return ">200B";
}

catalog::SearchFacts search_facts(const FoundIn& in) { return Collector(in).run(); }

}  // namespace mirfa::hub
