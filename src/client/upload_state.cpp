// SPDX-License-Identifier: Apache-2.0
// The file is a row of records: a kind ('f' or 'x'), the length as 4 octets little-endian, the record. It only grows, so a
// process that ends at any instruction leaves at most one record that is cut off, and reading stops there.
#include "client/upload_state.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>

#include "client/cache_layout.h"

namespace mirfa::client {
namespace {

constexpr std::time_t kBelievedSeconds = 24 * 3600;
constexpr std::size_t kMaxRecord = 1u << 20;
constexpr std::size_t kHead = 5;

std::string key_of(const LocalFile& file) {
    std::error_code failed;
    return fmt::format("{}\n{}\n{}", std::filesystem::absolute(file.local, failed).string(), file.bytes, file.modified_ns);
}

std::uint32_t length_in(const Byte* head) {
    return head[1] | head[2] << 8 | head[3] << 16 | static_cast<std::uint32_t>(head[4]) << 24;
}

template <class Take>
void each_record(const File& file, Take take) {
    std::uint64_t at = 0;
    Byte head[kHead];
    Bytes record;
    while (file.read_exactly_at(at, head).has_value()) {
        const auto length = length_in(head);
        if (length > kMaxRecord) return;
        record.resize(length);
        if (!file.read_exactly_at(at + kHead, record).has_value()) return;
        take(head[0], ByteView(record), at + kHead + length);
        at += kHead + length;
    }
}

}  // namespace

std::filesystem::path UploadState::place_of(const Settings& settings, const RepoId& repo) {
    const auto name = sha256_of(settings.endpoint + "\n" + cache_folder_name(repo)).hex().substr(0, 32);
    return settings.home / "mirfa" / "uploads" / name;
}

UploadState UploadState::open(std::filesystem::path place) {
    UploadState state;
    if (place.empty() || !make_folders(place.parent_path()).has_value()) return state;
    struct stat info {};
    if (::stat(place.c_str(), &info) == 0 && std::time(nullptr) - info.st_mtime > kBelievedSeconds) ::unlink(place.c_str());
    File file(::open(place.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    // Two uploads at once to one repository: the second keeps no state.
    if (!file || ::flock(file.descriptor(), LOCK_EX | LOCK_NB) != 0) return state;
    state.place_ = std::move(place);
    state.file_ = std::move(file);
    state.read_records();
    return state;
}

void UploadState::read_records() {
    std::uint64_t good = 0;
    each_record(file_, [&](Byte kind, ByteView record, std::uint64_t end) {
        good = end;
        if (kind != 'f' || record.size() < Sha256::kSize) return;
        const auto sha256 = Sha256::from(record.first(Sha256::kSize));
        if (sha256.has_value()) sent_[std::string(as_text(record.subspan(Sha256::kSize)))] = sha256.value();
    });
    // What was cut off must not stand before new records.
    if (::ftruncate(file_.descriptor(), static_cast<off_t>(good)) != 0 || ::lseek(file_.descriptor(), 0, SEEK_END) < 0)
        file_ = File();
}

std::optional<Sha256> UploadState::sent(const LocalFile& file) const {
    const auto found = sent_.find(key_of(file));
    if (found == sent_.end()) return std::nullopt;
    used_ = true;
    return found->second;
}

void UploadState::append(ByteView record) {
    if (file_ && !file_.append(record).has_value()) file_ = File();
}

void UploadState::note_sent(const LocalFile& file, const Sha256& sha256) {
    const auto key = key_of(file);
    Bytes record(kHead);
    record[0] = 'f';
    const auto length = static_cast<std::uint32_t>(Sha256::kSize + key.size());
    for (int i = 0; i < 4; ++i) record[1 + i] = static_cast<Byte>(length >> (8 * i));
    record.insert(record.end(), sha256.octets.begin(), sha256.octets.end());
    record.insert(record.end(), key.begin(), key.end());
    append(record);
    sent_[key] = sha256;
}

void UploadState::note_xorb(const format::ShardXorb& xorb) {
    const auto shard = format::write_shard({{}, {xorb}});
    if (shard.size() > kMaxRecord) return;
    Bytes record(kHead);
    record[0] = 'x';
    for (int i = 0; i < 4; ++i) record[1 + i] = static_cast<Byte>(shard.size() >> (8 * i));
    record.insert(record.end(), shard.begin(), shard.end());
    append(record);
}

void UploadState::each_xorb(const std::function<void(const format::ShardXorb&)>& take) const {
    if (!file_) return;
    each_record(file_, [&](Byte kind, ByteView record, std::uint64_t) {
        if (kind != 'x') return;
        const auto shard = format::parse_shard(record);
        if (!shard.has_value()) return;
        used_ = true;
        for (const auto& xorb : shard.value().xorbs) take(xorb);
    });
}

void UploadState::forget() {
    used_ = false;
    sent_.clear();
    if (!place_.empty()) ::unlink(place_.c_str());
    file_ = File();
}

}  // namespace mirfa::client
