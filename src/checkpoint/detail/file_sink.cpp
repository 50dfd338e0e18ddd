// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/file_sink.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace mirfa::checkpoint {
namespace {

/// Lets exactly one tensor's octets through and tells how far it is.
class Measured final : public ByteSink {
public:
    Measured(const OutTensor& tensor, ByteSink& below, const FileSink::Advance& advance)
        : tensor_(tensor), below_(below), advance_(advance), left_(tensor.info.size_bytes) {}
    Result<void> write(ByteView bytes) override {
        if (bytes.size() > left_) return wrong("more");
        TRY(below_.write(bytes));
        left_ -= bytes.size();
        if (advance_) advance_(bytes.size());
        return ok();
    }
    Result<void> done() const {
        if (left_ != 0) return wrong("fewer");
        return ok();
    }

private:
    Error wrong(std::string_view how) const {
        return internal_error(
            fmt::format("tensor \"{}\" told {} than {} octets", tensor_.info.name, how, tensor_.info.size_bytes));
    }
    const OutTensor& tensor_;
    ByteSink& below_;
    const FileSink::Advance& advance_;
    std::uint64_t left_;
};

}  // namespace

/// Leaves the front of the file for another place, and comes back.
class FileSink::AtOffset final : public ByteSink {
public:
    static Result<AtOffset> begin(FileSink& sink, std::uint64_t offset) {
        TRY(sink.flush());
        sink.place_ = offset;
        return AtOffset(sink);
    }
    Result<void> write(ByteView bytes) override { return sink_.collect(bytes); }
    Result<void> end() {
        TRY(sink_.flush());
        sink_.place_ = sink_.position_;
        return ok();
    }

private:
    explicit AtOffset(FileSink& sink) : sink_(sink) {}
    FileSink& sink_;
};

Result<FileSink> FileSink::create(const std::filesystem::path& path, Advance advance) {
    // Not File::create_new, whose files are their owner's alone: what is written here is for others to load.
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (descriptor < 0) return system_error("create " + path.string(), errno);
    return FileSink(File(descriptor), path, std::move(advance));
}

Result<void> ensure_shared_folder(const std::filesystem::path& folder) {
    std::error_code failed;
    if (std::filesystem::create_directories(folder, failed)) return sync_folder(std::filesystem::absolute(folder).parent_path());
    if (failed) return system_error("create the folder " + folder.string(), failed.value());
    return ok();
}

Result<void> FileSink::flush() {
    if (buffer_.empty()) return ok();
    const std::uint64_t size = buffer_.size();
    TRY(behind_->put(place_, buffer_));
    place_ += size;
    return ok();
}

Result<void> FileSink::collect(ByteView bytes) {
    while (!bytes.empty()) {
        // Pieces end where the file's pages do.
        const std::size_t room = WriteBehind::kPieceBytes - place_ % WriteBehind::kPieceBytes - buffer_.size();
        const ByteView piece = bytes.first(std::min(room, bytes.size()));
        buffer_.insert(buffer_.end(), piece.begin(), piece.end());
        if (piece.size() == room) TRY(flush());
        bytes = bytes.subspan(piece.size());
    }
    return ok();
}

Result<void> FileSink::write(ByteView bytes) {
    TRY(collect(bytes));
    position_ += bytes.size();
    return ok();
}

Result<void> FileSink::pad(std::uint64_t count) {
    static constexpr Byte kZeros[512] = {};
    while (count > 0) {
        const auto step = std::min<std::uint64_t>(count, sizeof(kZeros));
        TRY(write(ByteView(kZeros).first(step)));
        count -= step;
    }
    return ok();
}

Result<void> FileSink::write_tensor(const OutTensor& tensor) { return write_tensor(tensor, *this); }

Result<void> FileSink::write_tensor(const OutTensor& tensor, ByteSink& other) {
    Measured measured(tensor, other, advance_);
    TRY(tensor.write(measured));
    return measured.done();
}

Result<void> FileSink::write_at(std::uint64_t offset, ByteView bytes) {
    TRY(auto place, AtOffset::begin(*this, offset));
    TRY(place.write(bytes));
    return place.end();
}

Result<void> FileSink::write_tensor_at(std::uint64_t offset, const OutTensor& tensor) {
    TRY(auto place, AtOffset::begin(*this, offset));
    TRY(write_tensor(tensor, place));
    return place.end();
}

Result<void> FileSink::finish() {
    TRY(flush());
    return behind_->finish();
}

}  // namespace mirfa::checkpoint
