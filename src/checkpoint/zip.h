// SPDX-License-Identifier: Apache-2.0
// Zip archives as torch and NumPy write them: members are found by the central directory and read as ranges.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/reader.h"

namespace mirfa::checkpoint {

inline constexpr std::size_t kMaxZipMembers = 2'000'000;
inline constexpr std::uint64_t kMaxZipDirectory = 256u << 20;
/// Deflate cannot make more than 1,032 octets of one; a member that claims more is lying.
inline constexpr std::uint64_t kMaxDeflateRatio = 1'032;
/// All members together may grow to this many times the archive, or to kMaxInflatedFree when that is more.
inline constexpr std::uint64_t kMaxArchiveRatio = 100;
inline constexpr std::uint64_t kMaxInflatedFree = 1u << 30;

struct ZipMember {
    std::string name;
    std::uint64_t size = 0;          ///< of its content
    std::uint64_t stored_size = 0;   ///< of what the archive holds
    std::uint64_t local_offset = 0;  ///< of its local header
    std::uint64_t data_offset = 0;   ///< of the first octet of what the archive holds
    std::uint32_t crc = 0;
    bool deflated = false;
};

/// kStrict refuses an archive that two programs could understand differently. kLenient keeps what can be read of one and
/// lists what is wrong, for the safety scan.
enum class ZipMode { kStrict, kLenient };

/// The members of an archive; every range was checked against the archive and against the others when it was opened.
/// Threads: any number may read at the same time.
class ZipArchive {
public:
    /// Fails: kInvalidArgument for what is no archive or a broken one, naming the member; kUnsupported for encryption,
    /// several disks and other methods than stored and deflated; kTooLarge beyond the limits above.
    /// Source: the zip specification (APPNOTE 6.3.9) 4.3.7, 4.3.12, 4.3.14 to 4.3.16, 4.5.3.
    static Result<ZipArchive> open(std::shared_ptr<const RandomSource> source, ZipMode mode = ZipMode::kStrict);

    /// In the order of the directory.
    std::span<const ZipMember> members() const { return members_; }
    const ZipMember* find(std::string_view name) const;
    /// What is wrong with a leniently opened archive, a sentence each.
    std::span<const std::string> problems() const { return problems_; }
    std::uint64_t directory_offset() const { return directory_offset_; }
    const std::shared_ptr<const RandomSource>& source() const { return source_; }

    /// The member's content; inflated content is checked against its size and CRC-32 and read no further than its size.
    std::unique_ptr<ByteSource> stream(const ZipMember& member) const;
    /// All of it. Fails: kTooLarge above `limit`; kInvalidArgument.
    Result<Bytes> read(const ZipMember& member, std::uint64_t limit) const;

private:
    friend class ZipDirectoryReader;
    std::shared_ptr<const RandomSource> source_;
    std::vector<ZipMember> members_;
    std::map<std::string, std::size_t, std::less<>> by_name_;
    std::vector<std::string> problems_;
    std::uint64_t directory_offset_ = 0;
};

}  // namespace mirfa::checkpoint
