// SPDX-License-Identifier: Apache-2.0
// The end of an archive, last to first: [end record 22 + comment] [zip64 locator 20] [zip64 end record 56] [directory].
#include "checkpoint/zip.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "base/ascii.h"
#include "base/little_endian.h"
#include "checkpoint/detail/first_letters.h"
#include "checkpoint/detail/inflate.h"

namespace mirfa::checkpoint {
namespace {

constexpr std::uint32_t kLocalMagic = 0x04034b50, kCentralMagic = 0x02014b50, kEndMagic = 0x06054b50;
constexpr std::uint32_t kEnd64Magic = 0x06064b50, kLocator64Magic = 0x07064b50;
constexpr std::size_t kLocalSize = 30, kCentralSize = 46, kEndSize = 22, kEnd64Size = 56, kLocatorSize = 20;
constexpr std::uint64_t kAll16 = 0xffff, kAll32 = 0xffffffff;
constexpr std::uint64_t kEncrypted = 1;

Error broken(std::string what) {
    return Error{Code::kInvalidArgument, "The zip archive is broken: " + std::move(what) + " Fetch the file again."};
}

std::string shown(std::string_view name) { return first_letters(name, 80); }

struct Directory {
    std::uint64_t offset = 0, size = 0, count = 0;
    std::uint64_t end = 0;  ///< where the records behind the directory begin
};

}  // namespace

class ZipDirectoryReader {
public:
    ZipDirectoryReader(std::shared_ptr<const RandomSource> source, ZipMode mode) : lenient_(mode == ZipMode::kLenient) {
        archive_.source_ = std::move(source);
    }

    Result<ZipArchive> read() {
        TRY(const Directory directory, find_directory());
        archive_.directory_offset_ = directory.offset;
        TRY(read_entries(directory));
        TRY(check_overlaps());
        TRY(check_growth());
        return std::move(archive_);
    }

private:
    const RandomSource& source() const { return *archive_.source_; }

    /// A refusal in strict mode, a note in lenient mode.
    Result<void> complain(std::string what) {
        if (!lenient_) return broken(std::move(what));
        if (archive_.problems_.size() < 1'000) archive_.problems_.push_back(std::move(what));
        return ok();
    }

    Result<Directory> find_directory() {
        const std::uint64_t size = source().size();
        Bytes tail(static_cast<std::size_t>(std::min<std::uint64_t>(size, kEndSize + kAll16)));
        TRY(source().read_at(size - tail.size(), tail));
        for (std::size_t back = kEndSize; back <= tail.size(); ++back) {
            const std::size_t at = tail.size() - back;
            if (load_le(tail, at, 4) != kEndMagic) continue;
            const bool fits = load_le(tail, at + 20, 2) == back - kEndSize;
            if (fits || lenient_) return read_end(ByteView(tail).subspan(at, kEndSize), size - back);
        }
        return broken("its end record is missing.");
    }

    Result<Directory> read_end(ByteView record, std::uint64_t at) {
        Directory found{load_le(record, 16, 4), load_le(record, 12, 4), load_le(record, 10, 2), at};
        const bool wide = found.offset == kAll32 || found.size == kAll32 || found.count == kAll16;
        const auto disks = load_le(record, 4, 4);
        if (disks != 0 && disks != kAll32)
            return Error{Code::kUnsupported, "The zip archive is one of several parts. Join them into one file."};
        bool found_wide = false;
        if (at >= kLocatorSize + kEnd64Size) {
            TRY(found_wide, read_end64(found, at));
        }
        if (wide && !found_wide && found.offset == kAll32) return broken("its zip64 end record is missing.");
        if (found.size > kMaxZipDirectory || found.count > kMaxZipMembers)
            return Error{Code::kTooLarge, fmt::format("The zip archive lists {} members in {} octets; at most {} in {} are read.",
                                                      found.count, found.size, kMaxZipMembers, kMaxZipDirectory)};
        if (found.size > found.end || found.offset > found.end - found.size) return broken("its directory lies outside of it.");
        if (found.offset + found.size != found.end) {
            TRY(complain("there is something between its directory and its end."));
        }
        return found;
    }

    Result<bool> read_end64(Directory& found, std::uint64_t at) {
        Byte locator[kLocatorSize];
        TRY(source().read_at(at - kLocatorSize, locator));
        if (load_le(locator, 0, 4) != kLocator64Magic) return false;
        const std::uint64_t place = load_le(locator, 8, 8);
        if (place > at - kLocatorSize - kEnd64Size) return broken("its zip64 end record lies outside of it.");
        Byte record[kEnd64Size];
        TRY(source().read_at(place, record));
        if (load_le(record, 0, 4) != kEnd64Magic) return broken("its zip64 end record is missing.");
        const Directory wide{load_le(record, 48, 8), load_le(record, 40, 8), load_le(record, 32, 8), place};
        const auto differs = [](std::uint64_t small, std::uint64_t all, std::uint64_t large) {
            return small != all && small != large;
        };
        if (differs(found.offset, kAll32, wide.offset) || differs(found.size, kAll32, wide.size) ||
            differs(found.count, kAll16, wide.count)) {
            TRY(complain("its two end records contradict each other."));
        }
        found = wide;
        return true;
    }

    Result<void> read_entries(const Directory& directory) {
        Bytes records(static_cast<std::size_t>(directory.size));
        TRY(source().read_at(directory.offset, records));
        ByteView rest = records;
        for (std::uint64_t i = 0; i < directory.count; ++i) {
            if (rest.size() < kCentralSize || load_le(rest, 0, 4) != kCentralMagic)
                return complain(fmt::format("entry {} of {} of its directory is missing.", i + 1, directory.count));
            const std::size_t name = load_le(rest, 28, 2), extra = load_le(rest, 30, 2), comment = load_le(rest, 32, 2);
            if (rest.size() - kCentralSize < name + extra + comment)
                return complain(fmt::format("entry {} of its directory is longer than the directory.", i + 1));
            TRY(read_entry(rest.first(kCentralSize), as_text(rest.subspan(kCentralSize, name)),
                           rest.subspan(kCentralSize + name, extra)));
            rest = rest.subspan(kCentralSize + name + extra + comment);
        }
        if (!rest.empty()) return complain("its directory holds more than the entries it counts.");
        return ok();
    }

    Result<void> read_entry(ByteView record, std::string_view name, ByteView extra) {
        ZipMember member;
        member.name = name;
        member.crc = static_cast<std::uint32_t>(load_le(record, 16, 4));
        member.stored_size = load_le(record, 20, 4);
        member.size = load_le(record, 24, 4);
        member.local_offset = load_le(record, 42, 4);
        if (name.empty() || name.size() > kMaxTensorName || name.find('\0') != name.npos) {
            TRY(complain(fmt::format("\"{}\" is no name for a member.", shown(name))));
        }
        if (!read_wide(member, extra)) return complain(fmt::format("the zip64 sizes of \"{}\" are missing.", shown(name)));
        if (load_le(record, 8, 2) & kEncrypted) {
            if (!lenient_)
                return Error{Code::kUnsupported,
                             fmt::format("The zip member \"{}\" is encrypted. Unpack it first.", shown(name))};
            TRY(complain(fmt::format("\"{}\" is marked as encrypted.", shown(name))));
        }
        const std::uint64_t method = load_le(record, 10, 2);
        if (method != 0 && method != 8) return refuse_method(member, method);
        member.deflated = method == 8;
        return place(std::move(member), method);
    }

    Result<void> refuse_method(const ZipMember& member, std::uint64_t method) {
        if (!lenient_)
            return Error{Code::kUnsupported, fmt::format("The zip member \"{}\" is compressed by method {}; only stored and "
                                                         "deflated members are read. Pack the archive again.",
                                                         shown(member.name), method)};
        return complain(fmt::format("\"{}\" is compressed by method {}, which cannot be read.", shown(member.name), method));
    }

    /// APPNOTE 4.5.3: only the fields that are all ones in the record are there, in this order.
    static bool read_wide(ZipMember& member, ByteView extra) {
        std::vector<std::uint64_t*> wanted;
        for (std::uint64_t* field : {&member.size, &member.stored_size, &member.local_offset})
            if (*field == kAll32) wanted.push_back(field);
        if (wanted.empty()) return true;
        while (extra.size() >= 4) {
            const std::uint64_t id = load_le(extra, 0, 2);
            const std::size_t size = load_le(extra, 2, 2);
            if (size > extra.size() - 4) return false;
            if (id == 1) {
                if (size < 8 * wanted.size()) return false;
                for (std::size_t i = 0; i < wanted.size(); ++i) *wanted[i] = load_le(extra, 4 + 8 * i, 8);
                return true;
            }
            extra = extra.subspan(4 + size);
        }
        return false;
    }

    /// Where the member's octets are, by its local header, which must agree with the directory.
    Result<void> place(ZipMember member, std::uint64_t method) {
        const std::uint64_t end = archive_.directory_offset_;
        if (member.local_offset > end || end - member.local_offset < kLocalSize + member.name.size())
            return complain(fmt::format("\"{}\" lies outside of it.", shown(member.name)));
        Bytes local(kLocalSize + member.name.size());
        TRY(source().read_at(member.local_offset, local));
        if (load_le(local, 0, 4) != kLocalMagic)
            return complain(fmt::format("there is no member where \"{}\" should be.", shown(member.name)));
        const std::size_t name = load_le(local, 26, 2);
        if (as_text(ByteView(local).subspan(kLocalSize)) != member.name || name != member.name.size()) {
            TRY(complain(fmt::format("\"{}\" has another name at its own place than in the directory.", shown(member.name))));
        }
        if (load_le(local, 8, 2) != method) {
            TRY(complain(fmt::format("\"{}\" is compressed in another way than the directory says.", shown(member.name))));
        }
        const std::uint64_t head = kLocalSize + name + load_le(local, 28, 2);
        if (end - member.local_offset < head || end - member.local_offset - head < member.stored_size)
            return complain(fmt::format("\"{}\" is longer than the archive.", shown(member.name)));
        member.data_offset = member.local_offset + head;
        return add(std::move(member));
    }

    Result<void> add(ZipMember member) {
        if (!member.deflated && member.size != member.stored_size) {
            TRY(complain(fmt::format("\"{}\" is stored and has two sizes.", shown(member.name))));
            member.size = member.stored_size;
        }
        if (member.deflated && member.size / kMaxDeflateRatio > member.stored_size)
            return complain(fmt::format("\"{}\" claims to grow from {} to {} octets, which deflate cannot do.",
                                        shown(member.name), member.stored_size, member.size));
        if (!archive_.by_name_.emplace(member.name, archive_.members_.size()).second) {
            TRY(complain(fmt::format("there are two members named \"{}\".", shown(member.name))));
        }
        archive_.members_.push_back(std::move(member));
        return ok();
    }

    Result<void> check_overlaps() {
        const auto& members = archive_.members_;
        std::vector<std::size_t> order(members.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::sort(order, {}, [&](std::size_t i) { return members[i].local_offset; });
        for (std::size_t i = 1; i < order.size(); ++i) {
            const ZipMember &before = members[order[i - 1]], &after = members[order[i]];
            if (before.data_offset + before.stored_size <= after.local_offset) continue;
            TRY(complain(fmt::format("\"{}\" and \"{}\" share octets.", shown(before.name), shown(after.name))));
        }
        return ok();
    }

    Result<void> check_growth() {
        std::uint64_t sum = 0;
        for (const ZipMember& member : archive_.members_) sum += std::min<std::uint64_t>(member.size, std::uint64_t{1} << 40);
        if (sum <= std::max(kMaxInflatedFree, source().size() * kMaxArchiveRatio)) return ok();
        return complain(
            fmt::format("its {} octets would grow to more than {} times as much.", source().size(), kMaxArchiveRatio));
    }

    bool lenient_;
    ZipArchive archive_;
};

Result<ZipArchive> ZipArchive::open(std::shared_ptr<const RandomSource> source, ZipMode mode) {
    if (source->size() < kEndSize) return broken("it is too short.");
    return ZipDirectoryReader(std::move(source), mode).read();
}

const ZipMember* ZipArchive::find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : &members_[found->second];
}

std::unique_ptr<ByteSource> ZipArchive::stream(const ZipMember& member) const {
    auto stored = stream_of(source_, member.data_offset, member.stored_size);
    if (!member.deflated) return stored;
    return inflate(std::move(stored), {member.size, member.crc, "The zip member \"" + shown(member.name) + "\""});
}

Result<Bytes> ZipArchive::read(const ZipMember& member, std::uint64_t limit) const {
    if (member.size > limit)
        return Error{Code::kTooLarge, fmt::format("The zip member \"{}\" has {} octets; at most {} are read.", shown(member.name),
                                                  member.size, limit)};
    Bytes content(static_cast<std::size_t>(member.size));
    const auto source = stream(member);
    for (std::size_t done = 0; done < content.size();) {
        TRY(const std::size_t count, source->read(ByteSpan(content).subspan(done)));
        if (count == 0) return broken(fmt::format("\"{}\" ends early.", shown(member.name)));
        done += count;
    }
    if (!member.deflated) return content;
    Byte one;  // the end is where the CRC is checked
    TRY(source->read({&one, 1}));
    return content;
}

}  // namespace mirfa::checkpoint
