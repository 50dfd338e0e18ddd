// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "base/file.h"
#include "checkpoint/reader.h"

namespace mirfa::checkpoint {
namespace {

class FileSource final : public RandomSource {
public:
    FileSource(File file, std::uint64_t size) : file_(std::move(file)), size_(size) {}
    std::uint64_t size() const override { return size_; }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override { return file_.read_exactly_at(offset, into); }

private:
    File file_;
    std::uint64_t size_;
};

class MemoryBytes final : public RandomSource {
public:
    explicit MemoryBytes(ByteView bytes) : bytes_(bytes) {}
    std::uint64_t size() const override { return bytes_.size(); }
    Result<void> read_at(std::uint64_t offset, ByteSpan into) const override {
        if (offset > bytes_.size() || into.size() > bytes_.size() - offset)
            return Error{Code::kCorrupt, fmt::format("The file ends before octet {}.", offset + into.size())};
        std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
        return ok();
    }

private:
    ByteView bytes_;
};

class Range final : public ByteSource {
public:
    Range(std::shared_ptr<const RandomSource> source, std::uint64_t first, std::uint64_t size)
        : source_(std::move(source)), next_(first), left_(size) {}
    Result<std::size_t> read(ByteSpan into) override {
        const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), left_));
        TRY(source_->read_at(next_, into.first(count)));
        next_ += count;
        left_ -= count;
        return count;
    }

private:
    std::shared_ptr<const RandomSource> source_;
    std::uint64_t next_;
    std::uint64_t left_;
};

}  // namespace

Result<std::shared_ptr<const RandomSource>> open_file_source(const std::filesystem::path& path) {
    TRY(File file, File::open_to_read(path));
    TRY(const std::uint64_t size, file.size());
    return std::make_shared<const FileSource>(std::move(file), size);
}

std::shared_ptr<const RandomSource> memory_source(ByteView bytes) { return std::make_shared<const MemoryBytes>(bytes); }

std::unique_ptr<ByteSource> stream_of(std::shared_ptr<const RandomSource> source, std::uint64_t first, std::uint64_t size) {
    return std::make_unique<Range>(std::move(source), first, size);
}

}  // namespace mirfa::checkpoint
