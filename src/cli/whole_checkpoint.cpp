// SPDX-License-Identifier: Apache-2.0
#include "cli/whole_checkpoint.h"

#include <fmt/format.h>

#include <map>
#include <optional>
#include <regex>
#include <set>

#include "base/file.h"
#include "checkpoint/reader.h"
#include "checkpoint/safetensors.h"
#include "checkpoint/zip.h"

namespace mirfa::cli {
namespace {

namespace fs = std::filesystem;
using namespace checkpoint;

/// A format that cannot be read here cannot be judged here.
template <class T>
Result<void> unless_broken(const fs::path& file, Result<T> opened) {
    if (opened.has_value() || opened.error().code == Code::kUnsupported) return ok();
    return Error{Code::kInvalidArgument, file.filename().string() + " is not complete: " + opened.error().message};
}

/// By its name, since what begins with nothing is of no known format.
Result<void> check_safetensors(const fs::path& file) {
    TRY(auto source, open_file_source(file));
    return unless_broken(file, read_safetensors(std::move(source)));
}

/// Archives of torch hold anything, a training's state too, so only the archive itself is looked at.
Result<void> check_archive(const fs::path& file) {
    TRY(auto source, open_file_source(file));
    if (source->size() == 0) return Error{Code::kInvalidArgument, file.filename().string() + " is empty."};
    Byte head[2] = {};
    if (source->size() < sizeof head || !source->read_at(0, head).has_value() || head[0] != 'P' || head[1] != 'K') return ok();
    return unless_broken(file, ZipArchive::open(std::move(source), ZipMode::kLenient));
}

/// The name, or nothing when all are there; they are counted from 1, or from 0 when there is such a one.
std::optional<std::string> missing_number(const std::set<std::string>& numbers, std::size_t all) {
    const std::size_t digits = numbers.begin()->size();
    const std::size_t first = numbers.contains(std::string(digits, '0')) ? 0 : 1;
    for (std::size_t i = first; i < first + all; ++i) {
        auto number = fmt::format("{:0{}}", i, digits);
        if (!numbers.contains(number)) return number;
    }
    return std::nullopt;
}

/// All of `model-00001-of-00003.safetensors` and its like, with or without an index beside them.
Result<void> check_shards(const std::vector<fs::path>& files) {
    static const std::regex kShard(R"((.*-)(\d{1,6})(-of-(\d{1,6})\.[A-Za-z0-9]+))");
    struct Shards {
        std::set<std::string> numbers;
        std::size_t all = 0;
    };
    std::map<std::pair<std::string, std::string>, Shards> checkpoints;  // by what their names share
    for (const auto& file : files) {
        std::smatch part;
        const auto name = file.string();
        if (!std::regex_match(name, part, kShard)) continue;
        auto& shards = checkpoints[{part.str(1), part.str(3)}];
        shards.numbers.insert(part.str(2));
        shards.all = std::stoul(part.str(4));
    }
    for (const auto& [name, shards] : checkpoints)
        if (const auto number = missing_number(shards.numbers, shards.all))
            return Error{Code::kInvalidArgument,
                         fs::path(name.first).filename().string() + *number + name.second + " is not there yet."};
    return ok();
}

}  // namespace

Result<void> check_whole(const std::vector<fs::path>& files) {
    for (const auto& file : files) {
        const std::string name = file.filename().string();
        const auto ends = [&](std::initializer_list<std::string_view> endings) {
            for (const auto ending : endings)
                if (name.ends_with(ending)) return true;
            return false;
        };
        if (ends({".index.json"})) TRY(unless_broken(file, open_checkpoint(file)));
        if (ends({".safetensors"})) TRY(check_safetensors(file));
        if (ends({".gguf", ".h5", ".msgpack"})) TRY(unless_broken(file, open_checkpoint_file(file)));
        if (ends({".bin", ".pt", ".pth", ".ckpt", ".npz", ".keras"})) TRY(check_archive(file));
    }
    return check_shards(files);
}

}  // namespace mirfa::cli
