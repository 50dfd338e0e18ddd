// SPDX-License-Identifier: Apache-2.0
// Archives are read as leniently as Python does when it loads them, and told about more strictly.
#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/little_endian.h"
#include "checkpoint/detail/file_scan.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kLocalSize = 30;
// A descriptor behind the content takes at most this much, and no member is that short.
constexpr std::uint64_t kMaxDescriptor = 24;
constexpr std::size_t kTarBlock = 512;
constexpr std::size_t kMaxTarMembers = 200'000;

bool is_sane_path(std::string_view path) {
    if (path.starts_with('/') || path.find('\\') != path.npos) return false;
    const auto parts = split(path, '/');
    return std::ranges::find(parts, "..") == parts.end();
}

/// Octal digits, or since GNU tar the number itself behind a set first bit.
std::uint64_t tar_number(ByteView field) {
    std::uint64_t number = 0;
    if (field[0] & 0x80) {
        for (std::size_t i = field.size() - 8; i < field.size(); ++i) number = number << 8 | field[i];
        return number;
    }
    for (const Byte c : field)
        if (c >= '0' && c <= '7') number = number * 8 + (c - '0');
    return number;
}

std::string tar_text(ByteView field) {
    const std::string_view text = as_text(field);
    return std::string(text.substr(0, text.find('\0')));
}

}  // namespace

Result<void> FileScan::look_at_zip(const Source& source, const Place& place) {
    auto opened = ZipArchive::open(source, ZipMode::kLenient);
    if (!opened.has_value()) {
        TRY(tolerate(opened.error(), place));
        return look_for_hidden(source, 0, source->size(), place);
    }
    const auto archive = std::make_shared<const ZipArchive>(std::move(opened).value());
    for (const std::string& problem : archive->problems()) find(Safety::kSuspicious, place, "In the archive, " + problem);
    TRY(look_at_members(archive, place));
    return look_at_gaps(source, *archive, place);
}

Result<void> FileScan::look_at_members(const std::shared_ptr<const ZipArchive>& archive, const Place& place) {
    const bool is_keras = archive->find("config.json") != nullptr;
    for (const ZipMember& member : archive->members()) {
        Place inside = below(place, member.name);
        // Of torch's archives only this one is a pickle; the others are octets of numbers without an ending.
        inside.expected = inside.expected || member.name.ends_with("data.pkl");
        // The layers of a .keras archive stand in its config.json alone; its weights may be larger than all that is inflated.
        inside.is_keras_weights = is_keras && member.name.ends_with(".weights.h5");
        const auto content = content_of(archive, member, budget_);
        auto done = look(content, inside);
        if (done.has_value() && member.name == "config.json") done = look_at_keras(content, inside);
        if (!done.has_value()) {
            TRY(tolerate(done.error(), inside));
        }
        if (budget_->exhausted) return ok();
    }
    return ok();
}

/// What lies between the members that the directory lists.
Result<void> FileScan::look_at_gaps(const Source& source, const ZipArchive& archive, const Place& place) {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> taken;
    for (const ZipMember& member : archive.members())
        taken.emplace_back(member.local_offset, member.data_offset + member.stored_size);
    std::ranges::sort(taken);
    taken.emplace_back(archive.directory_offset(), source->size());
    std::uint64_t at = 0;
    for (const auto& [first, end] : taken) {
        if (first > at && first - at > kMaxDescriptor) {
            TRY(look_for_hidden(source, at, first, place));
        }
        at = std::max(at, end);
    }
    return ok();
}

/// Searches [first, end) for local headers.
Result<void> FileScan::look_for_hidden(const Source& source, std::uint64_t first, std::uint64_t end, const Place& place) {
    Bytes window;
    for (std::uint64_t at = first; at + kLocalSize <= end;) {
        window.resize(static_cast<std::size_t>(std::min<std::uint64_t>(end - at, 1u << 20)));
        const auto read = source->read_at(at, window);
        if (!read.has_value()) return tolerate(read.error(), place);
        const std::size_t found = as_text(window).find("PK\3\4");
        if (found == std::string_view::npos) {
            at += std::max<std::size_t>(1, window.size() - 3);
            continue;
        }
        TRY(at, look_at_hidden(source, at + found, end, place));
    }
    return ok();
}

/// Gives: where to go on searching.
Result<std::uint64_t> FileScan::look_at_hidden(const Source& source, std::uint64_t at, std::uint64_t end, const Place& place) {
    Byte head[kLocalSize];
    if (end - at < sizeof head || report_.findings.size() >= limits_.findings) return end;
    TRY(source->read_at(at, head));
    const std::uint64_t name_size = load_le(head, 26, 2), extra = load_le(head, 28, 2);
    const std::uint64_t method = load_le(head, 8, 2), stored = load_le(head, 18, 4);
    if (end - at - sizeof head < name_size + extra) return at + 4;
    std::string name(static_cast<std::size_t>(name_size), '\0');
    TRY(source->read_at(at + sizeof head, {reinterpret_cast<Byte*>(name.data()), name.size()}));
    const Place inside = below(place, name);
    find(Safety::kSuspicious, inside, "It is in the archive and not in its directory.");
    const std::uint64_t data = at + sizeof head + name_size + extra;
    if (method != 0) {
        unreadable_ = true;
        return data;
    }
    const std::uint64_t size = stored == 0 || stored > end - data ? end - data : stored;
    const auto done = look(part_of(source, data, size), inside);
    if (!done.has_value()) {
        TRY(tolerate(done.error(), inside));
    }
    return data + (stored == 0 ? 0 : size);
}

Result<void> FileScan::look_at_tar(const Source& source, const Place& place) {
    Byte block[kTarBlock];
    std::uint64_t at = 0;
    for (std::size_t count = 0; source->size() - at >= kTarBlock && count < kMaxTarMembers; ++count) {
        TRY(source->read_at(at, block));
        if (block[0] == 0) return ok();
        const std::uint64_t size = tar_number(ByteView(block).subspan(124, 12));
        const std::string name = tar_text(ByteView(block).first(100));
        const Place inside = below(place, name);
        at += kTarBlock;
        if (size > source->size() - at)
            return tolerate({Code::kInvalidArgument, "The tar archive ends within this member."}, inside);
        if (!is_sane_path(name)) find(Safety::kDangerous, inside, "Its path leaves the folder that it is unpacked into.");
        if (block[156] == '1' || block[156] == '2') find(Safety::kSuspicious, inside, "It is a link.");
        // The members of torch's old archives have no endings.
        const bool old_torch = name == "pickle" || name == "storages" || name == "tensors" || name == "sys_info";
        Place member = inside;
        member.expected = inside.expected || old_torch;
        const auto done = look(part_of(source, at, size), member);
        if (!done.has_value()) {
            TRY(tolerate(done.error(), inside));
        }
        if (budget_->exhausted) return ok();
        at += (size + kTarBlock - 1) / kTarBlock * kTarBlock;
        if (at > source->size()) return ok();
    }
    return ok();
}

}  // namespace mirfa::checkpoint
