// SPDX-License-Identifier: Apache-2.0
#include "hub/repos/tags.h"

#include <algorithm>
#include <array>
#include <set>
#include <span>

#include "base/ascii.h"
#include "card/tables.h"

namespace mirfa::hub {
namespace {

using catalog::RepoType;

constexpr int kMaxTags = 20'000;

// Kinds that are written before the tag's value. Others are plain words.
constexpr std::array<std::string_view, 3> kModelKinds = {"dataset", "region", "license"};
constexpr std::array<std::string_view, 10> kDatasetKinds = {"task_categories", "task_ids",        "language", "multilinguality",
                                                            "license",         "size_categories", "format",   "modality",
                                                            "library",         "region"};

std::span<const std::string_view> kinds_of(RepoType type) {
    if (type == RepoType::kDataset) return kDatasetKinds;
    return kModelKinds;
}

/// Languages of models are tags of two or three letters without a word before them.
bool is_language(std::string_view tag) {
    return (tag.size() == 2 || tag.size() == 3) &&
           std::all_of(tag.begin(), tag.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

std::string kind_of(RepoType type, std::string_view tag) {
    const auto colon = tag.find(':');
    const auto kinds = kinds_of(type);
    if (colon != std::string_view::npos && std::find(kinds.begin(), kinds.end(), tag.substr(0, colon)) != kinds.end())
        return std::string(tag.substr(0, colon));
    return type == RepoType::kModel && is_language(tag) ? "language" : "other";
}

class Collection {
public:
    void add(std::string kind, std::string id, std::string label) {
        if (known_.insert(ascii_lower(id)).second) tags_[std::move(kind)].push_back({std::move(id), std::move(label)});
    }
    void add_tables(RepoType type) {
        const bool dataset = type == RepoType::kDataset;
        for (const auto& task : card::tasks())
            if (task.in_filters)
                add(dataset ? "task_categories" : "pipeline_tag", (dataset ? "task_categories:" : "") + std::string(task.id),
                    std::string(task.name));
        for (const auto& license : card::licenses())
            add("license", "license:" + std::string(license.id), std::string(license.name));
        if (dataset) return;
        for (const auto& library : card::libraries()) add("library", std::string(library.id), std::string(library.name));
    }
    TagsByKind take() && { return std::move(tags_); }

private:
    TagsByKind tags_;
    std::set<std::string> known_;
};

}  // namespace

Result<TagsByKind> list_tags(Hub& hub, RepoType type) {
    TRY(const auto used, hub.catalog.read([&](catalog::Session& s) { return catalog::public_tags(s, type, kMaxTags); }));
    Collection collection;
    collection.add_tables(type);
    for (const auto& tag : used) {
        const auto kind = kind_of(type, tag);
        const bool prefixed = tag.size() > kind.size() && tag.starts_with(kind) && tag[kind.size()] == ':';
        collection.add(kind, tag, prefixed ? tag.substr(kind.size() + 1) : tag);
    }
    return std::move(collection).take();
}

}  // namespace mirfa::hub
