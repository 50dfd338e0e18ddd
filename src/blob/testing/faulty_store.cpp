// SPDX-License-Identifier: Apache-2.0
#include "blob/testing/faulty_store.h"

namespace mirfa::blob {
namespace {

using Budget = std::atomic<std::uint64_t>;

Result<void> spend(Budget& budget, std::uint64_t octets) {
    std::uint64_t left = budget;
    while (left >= octets)
        if (budget.compare_exchange_weak(left, left - octets)) return ok();
    budget = 0;
    return Error{Code::kUnavailable, "The store does not answer. Try again later."};
}

class FaultyBlob final : public Blob {
public:
    FaultyBlob(std::shared_ptr<Blob> inner, Budget& budget) : inner_(std::move(inner)), budget_(budget) {}
    std::uint64_t size() const override { return inner_->size(); }
    Result<std::size_t> read_at(std::uint64_t offset, ByteSpan into) const override {
        TRY(spend(budget_, into.size()));
        return inner_->read_at(offset, into);
    }
    std::shared_ptr<const File> file() const override { return nullptr; }

private:
    std::shared_ptr<Blob> inner_;
    Budget& budget_;
};

class FaultyWriter final : public BlobWriter {
public:
    FaultyWriter(std::unique_ptr<BlobWriter> inner, Budget& budget) : inner_(std::move(inner)), budget_(budget) {}
    Result<void> write(ByteView bytes) override {
        TRY(spend(budget_, bytes.size()));
        return inner_->write(bytes);
    }
    std::uint64_t bytes_written() const override { return inner_->bytes_written(); }
    Result<bool> publish(const BlobKey& key) override {
        TRY(spend(budget_, 1));
        return inner_->publish(key);
    }

private:
    std::unique_ptr<BlobWriter> inner_;
    Budget& budget_;
};

class FaultyPart final : public PartWriter {
public:
    FaultyPart(std::unique_ptr<PartWriter> inner, Budget& budget) : inner_(std::move(inner)), budget_(budget) {}
    Result<void> write(ByteView bytes) override {
        TRY(spend(budget_, bytes.size()));
        return inner_->write(bytes);
    }
    std::uint64_t bytes_written() const override { return inner_->bytes_written(); }
    Result<void> keep() override {
        TRY(spend(budget_, 1));
        return inner_->keep();
    }

private:
    std::unique_ptr<PartWriter> inner_;
    Budget& budget_;
};

class FaultySource final : public ByteSource {
public:
    FaultySource(std::unique_ptr<ByteSource> inner, Budget& budget) : inner_(std::move(inner)), budget_(budget) {}
    Result<std::size_t> read(ByteSpan into) override {
        TRY(const auto got, inner_->read(into));
        TRY(spend(budget_, got));
        return got;
    }

private:
    std::unique_ptr<ByteSource> inner_;
    Budget& budget_;
};

}  // namespace

Result<std::unique_ptr<BlobWriter>> FaultyStore::begin() {
    TRY(auto writer, inner_.begin());
    return std::unique_ptr<BlobWriter>(new FaultyWriter(std::move(writer), writable_));
}

Result<std::shared_ptr<Blob>> FaultyStore::open(const BlobKey& key) {
    TRY(auto blob, inner_.open(key));
    return std::shared_ptr<Blob>(new FaultyBlob(std::move(blob), readable_));
}

Result<std::unique_ptr<PartWriter>> FaultyStore::begin_part(std::string_view upload, int number) {
    TRY(auto writer, inner_.begin_part(upload, number));
    return std::unique_ptr<PartWriter>(new FaultyPart(std::move(writer), writable_));
}

Result<std::unique_ptr<ByteSource>> FaultyStore::open_part(std::string_view upload, int number) {
    TRY(auto source, inner_.open_part(upload, number));
    return std::unique_ptr<ByteSource>(new FaultySource(std::move(source), readable_));
}

}  // namespace mirfa::blob
