// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/scan.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/little_endian.h"
#include "checkpoint/detail/file_scan.h"
#include "checkpoint/detail/first_letters.h"
#include "checkpoint/detail/scan_pickle.h"
#include "checkpoint/npz.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::string_view kPickleEndings[] = {".bin",    ".pt",  ".pth",  ".ckpt", ".pkl", ".pickle",
                                               ".joblib", ".dat", ".data", ".dill", ".sav"};
/// What transformers loads by name and reads `auto_map` in.
constexpr std::string_view kModelConfigs[] = {"config.json", "tokenizer_config.json", "processor_config.json",
                                              "preprocessor_config.json", "video_preprocessor_config.json"};
constexpr std::string_view kOnnxEndings[] = {".onnx"};
constexpr std::string_view kTorchEndings[] = {".bin", ".pt", ".pth", ".ckpt"};

/// What a few octets may always grow to, and how many times as much more of them.
constexpr std::uint64_t kUnpackedFree = 256u << 20, kMostGrowth = 100;

/// Distinct names beyond this many times those that are told end the scan.
constexpr std::size_t kMostNames = 10;

template <std::size_t N>
bool ends_with_any(std::string_view name, const std::string_view (&endings)[N]) {
    const std::string lower = ascii_lower(name.substr(name.size() - std::min<std::size_t>(name.size(), 16)));
    return std::ranges::any_of(endings, [&](std::string_view ending) { return lower.ends_with(ending); });
}

bool begins_like_pickle(std::string_view head) { return head.size() >= 2 && head[0] == '\x80' && head[1] >= 0 && head[1] <= 5; }
bool begins_like_tar(std::string_view head) { return head.size() >= 262 && head.substr(257, 5) == "ustar"; }

/// What hides its content from a scan.
std::string_view name_of_packing(std::string_view head) {
    if (head.starts_with("BZh")) return "bzip2";
    if (head.starts_with("7z\xbc\xaf\x27\x1c")) return "7z";
    if (head.starts_with("\x28\xb5\x2f\xfd")) return "zstd";
    if (head.starts_with("\x04\x22\x4d\x18")) return "lz4";
    return "";
}

/// A name without what says that it is packed: `model.pkl` of `model.pkl.gz`.
std::string_view without_packing(std::string_view name) {
    for (const std::string_view ending : {".gz", ".xz", ".z"})
        if (ascii_lower(name.substr(name.size() - std::min(name.size(), ending.size()))) == ending)
            return name.substr(0, name.size() - ending.size());
    return name;
}

/// Words of Python code, as names of modules and attributes are; octets of numbers are none.
bool is_name(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return is_ascii_alnum(c) || c == '_' || c == '.' || static_cast<unsigned char>(c) >= 0x80;
    });
}

/// An import whose names are none, which counts when the rest of its pickle is one.
struct Doubtful {
    std::string module;
    std::string name;
    std::uint64_t offset;
};

Result<bool> ends_like_zip(const RandomSource& source) {
    if (source.size() < 22) return false;
    Byte end[22];
    TRY(source.read_at(source.size() - sizeof end, end));
    return as_text(ByteView(end).first(4)) == "PK\5\6";
}

constexpr std::string_view kHdf5Mark("\x89HDF\r\n\x1a\n", 8);

/// Readers of HDF5 look for its mark in front, and then behind a block of 512, 1,024, 2,048 … octets that is the user's own.
Result<bool> has_hdf5_behind_block(const RandomSource& source) {
    Byte found[kHdf5Mark.size()];
    for (std::uint64_t at = 512; at + sizeof found <= source.size(); at *= 2) {
        TRY(source.read_at(at, found));
        if (as_text(found) == kHdf5Mark) return true;
    }
    return false;
}

}  // namespace

std::string printable(std::string_view text) { return first_letters(text, 200); }

Reading reading_of(std::string_view whole_name) {
    const std::string_view name = without_packing(whole_name);
    if (std::ranges::find(kModelConfigs, whole_name.substr(whole_name.rfind('/') + 1)) != std::end(kModelConfigs))
        return Reading::kModelConfig;
    if (ends_with_any(whole_name, kOnnxEndings)) return Reading::kOnnx;
    if (ends_with_any(name, kTorchEndings)) return Reading::kTorch;
    return ends_with_any(name, kPickleEndings) ? Reading::kPickle : Reading::kAny;
}

FileScan::Place FileScan::below(const Place& place, std::string_view name) const {
    const std::string member = (place.member.empty() ? "" : place.member + "/") + printable(name);
    const Reading reading = reading_of(name);
    const bool is_torch = reading == Reading::kTorch;
    Place inside{member, place.depth + 1, is_torch || reading == Reading::kPickle, is_torch};
    inside.is_onnx = reading == Reading::kOnnx;
    return inside;
}

void FileScan::import(const Place& place, std::string_view module, std::string_view name, std::uint64_t offset) {
    report_.has_pickles = true;
    if (seen_.contains({std::string(module), std::string(name)}) || budget_->exhausted) return;
    if (seen_.size() >= kMostNames * limits_.imports) {
        budget_->exhausted = true;
        find(Safety::kDangerous, place, fmt::format("It imports more than {} names, which no checkpoint does.", seen_.size()));
        return;
    }
    seen_.emplace(module, name);
    const bool unknown = module == "unknown" || name == "unknown";
    ScannedImport found{printable(module), printable(name), unknown ? Safety::kDangerous : classify_import(module, name),
                        place.member, offset};
    if (report_.imports.size() < limits_.imports) return report_.imports.push_back(std::move(found));
    // Nobody reads a longer list; a danger behind it still counts.
    find(Safety::kSuspicious, place, fmt::format("It imports more than {} names.", limits_.imports));
    if (found.safety == Safety::kDangerous)
        find(Safety::kDangerous, place, fmt::format("It imports \"{}.{}\" at octet {}.", found.module, found.name, offset));
}

void FileScan::find(Safety safety, const Place& place, std::string text) {
    find(place, ScanFinding{safety, "", std::move(text)});
}

void FileScan::find(const Place& place, ScanFinding finding) {
    const Safety safety = finding.safety;
    finding.member = place.member;
    if (std::ranges::find(report_.findings, finding) != report_.findings.end()) return;
    // A late danger takes the place of an early suspicion.
    if (report_.findings.size() < limits_.findings)
        report_.findings.push_back(std::move(finding));
    else if (safety == Safety::kDangerous)
        report_.findings.back() = std::move(finding);
}

Result<void> FileScan::tolerate(const Error& error, const Place& place) {
    if (error.code == Code::kTooLarge && budget_->exhausted) {
        unreadable_ = true;
        find(Safety::kSuspicious, {}, fmt::format("Only the first {} octets of its content were looked at.", limits_.octets));
        return ok();
    }
    if (error.code != Code::kInvalidArgument && error.code != Code::kCorrupt && error.code != Code::kTooLarge &&
        error.code != Code::kUnsupported)
        return error;
    unreadable_ = true;
    find(Safety::kSuspicious, place, error.message);
    return ok();
}

Result<void> FileScan::look(const Source& source, const Place& place) {
    Bytes octets(static_cast<std::size_t>(std::min<std::uint64_t>(source->size(), 512)));
    TRY(source->read_at(0, octets));
    const std::string_view head = as_text(octets);
    if (place.depth > limits_.depth) {
        const bool is_packed = place.expected && find_packing(head);
        if (!begins_like_pickle(head) && !head.starts_with("PK\3\4") && !is_packed) return ok();
        unreadable_ = true;
        find(Safety::kSuspicious, place, "It lies too deep within other files to be looked at.");
        return ok();
    }
    if (place.is_onnx) {
        TRY(look_at_onnx(source, place));
    }
    const bool is_hdf5 = head.starts_with(kHdf5Mark);
    bool has_layers = is_hdf5;
    if (!is_hdf5 && place.depth == 0) {
        TRY(has_layers, has_hdf5_behind_block(*source));
    }
    // Before anything else that the file may be too: an archive at its end is nothing to a reader of HDF5.
    if (has_layers && !place.is_keras_weights) {
        TRY(look_at_keras(source, place));
    }
    // Loaders open files as archives, not their members; and the end of a deflated member costs inflating all of it.
    bool zip_behind = false;
    if (place.depth == 0) {
        TRY(zip_behind, ends_like_zip(*source));
    }
    if (head.starts_with("PK") || zip_behind) {
        TRY(look_at_zip(source, place));
        // A program that reads it from its front sees no archive.
        if (!head.starts_with("PK") && !begins_like_pickle(head) && !place.expected) return ok();
        if (head.starts_with("PK")) return ok();
        find(Safety::kSuspicious, place, "It is an archive with something before it.");
    }
    if (head.starts_with("\x93NUMPY")) return look_at_npy(source, place);
    if (head.starts_with("GGUF")) return look_at_gguf(source, place);
    if (is_hdf5) return ok();
    if (begins_like_tar(head)) return look_at_tar(source, place);
    if (begins_like_pickle(head)) return look_at_pickles(source, 0, place);
    if (!place.expected || head.empty()) return ok();
    if (const auto packing = find_packing(head)) return look_at_packed(source, *packing, place);
    const std::string packing(name_of_packing(head));
    if (packing.empty()) return look_at_pickles(source, 0, place);
    unreadable_ = true;
    find(place,
         {Safety::kSuspicious, "", fmt::format("It is packed with {}, and was not looked into.", packing), "packed", packing});
    return ok();
}

/// As joblib and pandas write pickles, and people pack any. Unpacked twice, to its end and then as far as it is looked at, so
/// that what is looked at knows its size.
Result<void> FileScan::look_at_packed(const Source& source, Packing packing, const Place& place) {
    const std::uint64_t most = std::min(limits_.octets, std::max(kUnpackedFree, source->size() * kMostGrowth));
    TRY(const UnpackedSize size, unpacked_size(source, packing, most));
    // Two octets are zlib's by chance; a pickle that begins like that is looked at as one.
    if (packing == Packing::kZlib && size.octets == 0 && size.error) return look_at_pickles(source, 0, place);
    Place inside = place;
    ++inside.depth;
    const auto done = look(unpacked(source, packing, size.octets, budget_), inside);
    if (!done.has_value()) {
        TRY(tolerate(done.error(), place));
    }
    if (!size.error) return ok();
    if (size.error->code != Code::kTooLarge) return tolerate(*size.error, place);
    unreadable_ = true;
    find(place, {Safety::kSuspicious, "", size.error->message, "too_large"});
    return ok();
}

Result<void> FileScan::look_at_npy(const Source& source, const Place& place) {
    const auto stream = stream_of(source, 0, source->size());
    const auto head = read_npy_head(*stream, NpyObjects::kTell);
    if (!head.has_value()) return tolerate(head.error(), place);
    if (!head.value().has_objects) return ok();
    Place objects = place;
    objects.expected = true;
    objects.is_torch = false;
    return look_at_pickles(source, head.value().data_offset, objects);
}

/// One pickle behind the other, until what follows is none. Octets that only begin like a pickle by chance, as one of some
/// thousand storages of numbers does, and files of another kind with the ending of a pickle give no imports that are names;
/// they count for nothing, and Python would run nothing of them.
Result<void> FileScan::look_at_pickles(const Source& source, std::uint64_t first, const Place& place) {
    Byte front[2] = {};
    if (source->size() - first >= sizeof front) {
        TRY(source->read_at(first, front));
    }
    const bool certain = place.expected && begins_like_pickle(as_text(front));
    bool told = false;
    PickleCode code(source, first, source->size(), kScannedText);
    std::vector<std::pair<std::uint64_t, std::uint64_t>> nested;
    std::vector<Doubtful> doubtful;
    bool is_torch_stream = false, first_imports = false;
    for (std::size_t count = 0; code.offset() < source->size(); ++count) {
        if (is_torch_stream && count >= 5) break;  // the octets of the storages follow
        const PickleEvents events{[&](std::string_view module, std::string_view name, std::uint64_t offset) {
                                      const bool odd = !certain && (!is_name(module) || !is_name(name));
                                      told = told || !odd;
                                      if (!odd)
                                          import(place, module, name, offset);
                                      else if (doubtful.size() < limits_.imports)
                                          doubtful.push_back({std::string(module), std::string(name), offset});
                                  },
                                  [&](std::uint64_t begin, std::uint64_t size) {
                                      if (nested.size() < limits_.findings)
                                          nested.emplace_back(begin, size);
                                      else
                                          unreadable_ = true;
                                  }};
        const auto shape = scan_one_pickle(code, events);
        if (shape.has_value() || told)
            for (const auto& [module, name, offset] : doubtful) import(place, module, name, offset);
        doubtful.clear();
        if (!shape.has_value()) {
            if (!certain && !told && count == 0 && shape.error().code == Code::kInvalidArgument) break;
            // Python has run the pickles before this one by now, and this one up to here.
            TRY(tolerate(shape.error(), place));
            break;
        }
        report_.has_pickles = true;
        is_torch_stream = is_torch_stream || (count == 0 && shape.value().is_magic);
        first_imports = first_imports || (count == 0 && shape.value().has_imports);
        if (count == 1 && first_imports && place.is_torch)
            find(Safety::kDangerous, place, "Its first pickle is a program where torch's number should be.");
    }
    for (const auto& [begin, size] : nested) {
        TRY(look(part_of(source, begin, size), below(place, fmt::format("octets at {}", begin))));
    }
    return ok();
}

void FileScan::conclude() {
    Safety worst = Safety::kInnocuous;
    for (const ScannedImport& found : report_.imports) worst = std::max(worst, found.safety);
    Safety noticed = Safety::kInnocuous;
    for (const ScanFinding& found : report_.findings) noticed = std::max(noticed, found.safety);
    if (worst == Safety::kDangerous || noticed == Safety::kDangerous)
        report_.verdict = Verdict::kDangerous;
    else if (worst == Safety::kSuspicious)
        report_.verdict = Verdict::kSuspicious;
    else if (unreadable_)
        report_.verdict = Verdict::kUnreadable;
    else if (noticed == Safety::kSuspicious)
        report_.verdict = Verdict::kSuspicious;
    else if (noticed == Safety::kCaution)
        report_.verdict = Verdict::kCaution;
}

Result<ScanReport> FileScan::run(std::shared_ptr<const RandomSource> source, std::string_view name) {
    Place place = below({}, name);
    place.member.clear();
    place.depth = 0;
    const Source whole = counted(std::move(source), budget_);
    const auto done = reading_of(name) == Reading::kModelConfig ? look_at_config(whole, place) : look(whole, place);
    if (!done.has_value()) {
        TRY(tolerate(done.error(), place));
    }
    conclude();
    return std::move(report_);
}

Result<ScanReport> scan_file(std::shared_ptr<const RandomSource> source, std::string_view name, const ScanLimits& limits) {
    return FileScan(limits).run(std::move(source), name);
}

}  // namespace mirfa::checkpoint
