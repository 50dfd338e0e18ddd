// SPDX-License-Identifier: Apache-2.0
#include "blob/memory_store.h"

#include <map>
#include <mutex>

namespace mirfa::blob {
namespace {

using Content = std::shared_ptr<const Bytes>;

struct Upload {
    std::map<int, Content> parts;
    UnixMillis touched = 0;
};

struct State {
    std::mutex mutex;
    std::map<std::string, Content, std::less<>> blobs;   // by key text; guarded by mutex
    std::map<std::string, Upload, std::less<>> uploads;  // guarded by mutex
};

class MemoryBlob final : public Blob {
public:
    explicit MemoryBlob(Content content) : content_(std::move(content)) {}
    std::uint64_t size() const override { return content_->size(); }
    Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) const override {
        if (offset >= content_->size()) return std::size_t{0};
        const auto count = std::min<std::size_t>(into.size(), content_->size() - offset);
        std::copy_n(content_->begin() + static_cast<std::ptrdiff_t>(offset), count, into.begin());
        return count;
    }
    std::shared_ptr<const File> file() const override { return nullptr; }

private:
    Content content_;
};

class MemoryWriter final : public BlobWriter {
public:
    explicit MemoryWriter(std::shared_ptr<State> state) : state_(std::move(state)) {}
    Result<void> write(ByteView bytes) override {
        content_.insert(content_.end(), bytes.begin(), bytes.end());
        return ok();
    }
    std::uint64_t bytes_written() const override { return content_.size(); }
    Result<bool> publish(const BlobKey& key) override {
        const std::lock_guard lock(state_->mutex);
        return state_->blobs.emplace(key.text(), std::make_shared<const Bytes>(std::move(content_))).second;
    }

private:
    std::shared_ptr<State> state_;
    Bytes content_;
};

class MemoryPart final : public PartWriter {
public:
    MemoryPart(std::shared_ptr<State> state, std::string upload, int part)
        : state_(std::move(state)), upload_(std::move(upload)), part_(part) {}
    Result<void> write(ByteView bytes) override {
        content_.insert(content_.end(), bytes.begin(), bytes.end());
        return ok();
    }
    std::uint64_t bytes_written() const override { return content_.size(); }
    Result<void> keep() override {
        const std::lock_guard lock(state_->mutex);
        auto& upload = state_->uploads[upload_];
        upload.parts[part_] = std::make_shared<const Bytes>(std::move(content_));
        upload.touched = system_clock().now();
        return ok();
    }

private:
    std::shared_ptr<State> state_;
    const std::string upload_;
    const int part_;
    Bytes content_;
};

class SharedSource final : public ByteSource {
public:
    explicit SharedSource(Content content) : content_(std::move(content)), source_(*content_) {}
    Result<std::size_t> read(ByteSpan into) override { return source_.read(into); }

private:
    Content content_;
    MemorySource source_;
};

class MemoryStore final : public Store {
public:
    Result<std::unique_ptr<BlobWriter>> begin() override { return std::unique_ptr<BlobWriter>(new MemoryWriter(state_)); }

    Result<std::shared_ptr<Blob>> open(const BlobKey& key) override {
        const std::lock_guard lock(state_->mutex);
        const auto found = state_->blobs.find(key.text());
        if (found == state_->blobs.end()) return content_missing(key.text());
        return std::shared_ptr<Blob>(new MemoryBlob(found->second));
    }
    Result<std::optional<std::uint64_t>> stat(const BlobKey& key) override {
        const std::lock_guard lock(state_->mutex);
        const auto found = state_->blobs.find(key.text());
        if (found == state_->blobs.end()) return std::optional<std::uint64_t>{};
        return std::optional<std::uint64_t>(found->second->size());
    }
    Result<bool> remove(const BlobKey& key) override {
        const std::lock_guard lock(state_->mutex);
        return state_->blobs.erase(key.text()) > 0;
    }
    Result<std::vector<BlobKey>> list(Kind kind, const std::optional<BlobKey>& after, std::size_t limit) override {
        const std::lock_guard lock(state_->mutex);
        const std::string prefix = kind == Kind::kRaw ? "raw/" : "xorb/";
        std::vector<BlobKey> keys;
        auto at = state_->blobs.upper_bound(after ? after->text() : prefix);
        for (; at != state_->blobs.end() && at->first.starts_with(prefix) && keys.size() < limit; ++at) {
            TRY(const auto key, BlobKey::parse(at->first));
            keys.push_back(key);
        }
        return keys;
    }

    Result<std::unique_ptr<PartWriter>> begin_part(std::string_view upload, int part) override {
        TRY(check_upload(upload, part));
        return std::unique_ptr<PartWriter>(new MemoryPart(state_, std::string(upload), part));
    }
    Result<std::vector<Part>> list_parts(std::string_view upload) override {
        TRY(check_upload(upload));
        const std::lock_guard lock(state_->mutex);
        std::vector<Part> parts;
        const auto found = state_->uploads.find(upload);
        if (found == state_->uploads.end()) return parts;
        for (const auto& [number, content] : found->second.parts) parts.push_back({number, content->size()});
        return parts;
    }
    Result<std::unique_ptr<ByteSource>> open_part(std::string_view upload, int part) override {
        TRY(check_upload(upload, part));
        const std::lock_guard lock(state_->mutex);
        const auto found = state_->uploads.find(upload);
        if (found == state_->uploads.end() || !found->second.parts.contains(part))
            return content_missing("part " + std::to_string(part) + " of " + std::string(upload));
        return std::unique_ptr<ByteSource>(new SharedSource(found->second.parts.at(part)));
    }
    Result<void> drop_upload(std::string_view upload) override {
        TRY(check_upload(upload));
        const std::lock_guard lock(state_->mutex);
        if (const auto found = state_->uploads.find(upload); found != state_->uploads.end()) state_->uploads.erase(found);
        return ok();
    }
    Result<void> drop_stale(UnixMillis before) override {
        const std::lock_guard lock(state_->mutex);
        std::erase_if(state_->uploads, [&](const auto& upload) { return upload.second.touched < before; });
        return ok();
    }
    Result<std::optional<std::uint64_t>> free_bytes() override { return std::optional<std::uint64_t>{}; }

private:
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace

std::unique_ptr<Store> make_memory_store() { return std::make_unique<MemoryStore>(); }

}  // namespace mirfa::blob
