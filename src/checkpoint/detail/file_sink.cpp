// SPDX-License-Identifier: Apache-2.0
#include "checkpoint/detail/file_sink.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

namespace mirfa::checkpoint {
namespace {

constexpr std::size_t kBufferBytes = 1u << 20;

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

class AtOffset final : public ByteSink {
public:
    AtOffset(File& file, std::uint64_t offset) : file_(file), next_(offset) {}
    Result<void> write(ByteView bytes) override {
        TRY(file_.write_at(next_, bytes));
        next_ += bytes.size();
        return ok();
    }

private:
    File& file_;
    std::uint64_t next_;
};

}  // namespace

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
    TRY(file_.write_at(written_, buffer_));
    written_ += buffer_.size();
    buffer_.clear();
    return ok();
}

Result<void> FileSink::write(ByteView bytes) {
    const bool large = bytes.size() >= kBufferBytes / 2;  // copying it first would only cost
    if (large || buffer_.size() + bytes.size() > kBufferBytes) TRY(flush());
    if (large) {
        TRY(file_.write_at(written_, bytes));
        written_ += bytes.size();
        return ok();
    }
    buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
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
    TRY(flush());
    return file_.write_at(offset, bytes);
}

Result<void> FileSink::write_tensor_at(std::uint64_t offset, const OutTensor& tensor) {
    TRY(flush());
    AtOffset place(file_, offset);
    return write_tensor(tensor, place);
}

Result<void> FileSink::finish() {
    TRY(flush());
    return file_.sync();
}

}  // namespace mirfa::checkpoint
