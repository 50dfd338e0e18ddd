// SPDX-License-Identifier: Apache-2.0
// Models whose code is not transformers' own say in their JSON where it is: `"auto_map": {"AutoModel": "modeling_x.MyModel"}`, a
// file and a class of the same repository, or of another one, `owner/name--modeling_x.MyModel`; tokenizers say a list of two, of
// which one may be null. `custom_pipelines` say it in `impl`. transformers runs that code when it is told to by
// trust_remote_code, and refuses to load the model otherwise.
#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/detail/file_scan.h"
#include "format/json_reader.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kMostConfig = 16u << 20;
constexpr std::size_t kMostClasses = 50;

/// `module.Class`, `owner/name--module.Class`
ScanFinding class_finding(std::string_view reference) {
    std::string from;
    if (const std::size_t mark = reference.find("--"); mark != reference.npos) {
        from = std::string(reference.substr(0, mark)) + "/";
        reference.remove_prefix(mark + 2);
    }
    const std::size_t dot = reference.rfind('.');
    const std::string name = printable(reference.substr(dot == reference.npos ? 0 : dot + 1));
    std::string file = printable(from + std::string(reference.substr(0, dot == reference.npos ? 0 : dot)));
    if (dot != reference.npos) file += ".py";
    return {Safety::kCaution, "",   fmt::format("Loading it with trust_remote_code runs {} of {}.", name, file),
            "remote_code",    name, std::move(file)};
}

class Classes {
public:
    void add(const boost::json::value& value) {
        if (value.is_array())
            for (const auto& one : value.get_array()) add_text(one);
        else
            add_text(value);
    }
    std::vector<ScanFinding> take() { return std::move(found_); }

private:
    void add_text(const boost::json::value& value) {
        if (!value.is_string() || found_.size() == kMostClasses) return;
        ScanFinding finding = class_finding(std::string_view(value.get_string()));
        if (std::ranges::find(found_, finding) == found_.end()) found_.push_back(std::move(finding));
    }
    std::vector<ScanFinding> found_;
};

}  // namespace

std::vector<ScanFinding> scan_model_config(std::string_view text) {
    const auto parsed = format::parse_json(text, kMostConfig);
    if (!parsed.has_value()) {
        // Python reads some that is no JSON: numbers that are none, and nests deeper.
        if (text.find("auto_map") == text.npos && text.find("custom_pipelines") == text.npos && text.find("\\u00") == text.npos)
            return {};
        return {{Safety::kCaution, "", "It is no plain JSON, and seems to name code of its own (auto_map)."}};
    }
    Classes classes;
    if (const auto* map = format::find_object(parsed.value(), "auto_map"))
        for (const auto& [task, value] : *map) classes.add(value);
    if (const auto* pipelines = format::find_object(parsed.value(), "custom_pipelines"))
        for (const auto& [task, pipeline] : *pipelines)
            if (const auto* impl = format::find_member(pipeline, "impl")) classes.add(*impl);
    return classes.take();
}

Result<void> FileScan::look_at_config(const Source& source, const Place& place) {
    if (source->size() > kMostConfig) {
        unreadable_ = true;
        find(place, {Safety::kSuspicious, "", "It is too large to be looked at.", "too_large"});
        return ok();
    }
    std::string text(static_cast<std::size_t>(source->size()), '\0');
    TRY(source->read_at(0, {reinterpret_cast<Byte*>(text.data()), text.size()}));
    for (ScanFinding& finding : scan_model_config(text)) find(place, std::move(finding));
    return ok();
}

}  // namespace mirfa::checkpoint
