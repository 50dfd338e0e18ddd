// SPDX-License-Identifier: Apache-2.0
// Makes uploads as a Xet client would, and does what a server cannot do less of: LZ4 and BLAKE3 on every chunk.
//
//   bench_xorbs pack OCTETS random|text SEED FOLDER   a file as FOLDER/HASH.xorb… and FOLDER/shard; its names as JSON
//   bench_xorbs check FOLDER                          decodes and hashes every xorb there; seconds of processor time
#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string>

#include "base/digest.h"
#include "base/file.h"
#include "format/shard.h"
#include "format/xorb_writer.h"

namespace {

namespace fs = std::filesystem;
using namespace mirfa;
using namespace mirfa::format;

constexpr std::size_t kPiece = 1 << 20;

template <class T>
T need(Result<T> result) {
    if (result.has_value()) return std::move(result).value();
    std::fprintf(stderr, "%s\n", describe(result.error()).c_str());
    std::exit(1);
}
void need_done(const Result<void>& result) {
    if (result.has_value()) return;
    std::fprintf(stderr, "%s\n", describe(result.error()).c_str());
    std::exit(1);
}

/// The content: octets that do not compress, or words from a list, which LZ4 makes about half as long.
class Content {
public:
    Content(bool text, std::uint64_t seed) : text_(text), state_(seed) {}

    void fill(ByteSpan into) {
        for (std::size_t at = 0; at + 8 <= into.size(); at += 8) {
            const std::uint64_t word = next();
            const std::uint64_t known = (word & 1023) * 0x9e3779b97f4a7c15ULL;
            const bool fresh = !text_ || (word >> 60) < 4;
            std::memcpy(into.data() + at, fresh ? &word : &known, 8);
        }
    }

private:
    std::uint64_t next() {  // splitmix64
        std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
        z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
        return z ^ (z >> 31);
    }

    bool text_;
    std::uint64_t state_;
};

class Packer {
public:
    explicit Packer(fs::path folder) : folder_(std::move(folder)) { fs::create_directories(folder_); }

    void feed(ByteView piece) {
        sha256_.update(piece);
        size_ += piece.size();
        while (!piece.empty()) {
            const auto cut = chunker_.find_cut(piece);
            const auto count = cut.value_or(piece.size());
            open_.insert(open_.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(count));
            piece = piece.subspan(count);
            if (cut) end_chunk();
        }
    }

    void finish() {
        if (!open_.empty()) end_chunk();
        if (!writer_.empty()) end_xorb();
        file_.hash = file_hash(leaves_);
        file_.sha256 = sha256_.finish();
        shard_.files.push_back(file_);
        write(folder_ / "shard", write_shard(shard_));
        std::printf("{\"file\": \"%s\", \"sha256\": \"%s\", \"size\": %llu, \"chunks\": %zu}\n", to_string(file_.hash).c_str(),
                    file_.sha256->hex().c_str(), static_cast<unsigned long long>(size_), leaves_.size());
    }

private:
    void end_chunk() {
        if (!writer_.has_room_for(open_.size())) end_xorb();
        const auto hash = chunk_hash(open_);
        writer_.add(open_, hash);
        leaves_.push_back({hash, open_.size()});
        open_.clear();
    }

    void end_xorb() {
        const auto xorb = writer_.finish();
        const auto count = static_cast<std::uint32_t>(xorb.table.size());
        write(folder_ / (to_string(xorb.table.xorb) + ".xorb"), xorb.body);
        file_.terms.push_back({xorb.table.xorb, xorb.table.raw_bytes(), 0, count});
        file_.verification.push_back(xorb.table.range_hash(0, count));
        ShardXorb listed{xorb.table.xorb, xorb.table.raw_bytes(), static_cast<std::uint32_t>(xorb.body.size()), {}};
        for (std::size_t i = 0; i < xorb.table.size(); ++i)
            listed.chunks.push_back({xorb.table.hashes[i], xorb.table.raw_start(i), xorb.table.raw_length(i)});
        shard_.xorbs.push_back(std::move(listed));
    }

    static void write(const fs::path& path, ByteView bytes) {
        auto file = need(File::create_new(path));
        need_done(file.append(bytes));
    }

    fs::path folder_;
    Chunker chunker_;
    XorbWriter writer_;
    Sha256Hasher sha256_;
    Bytes open_;
    std::uint64_t size_ = 0;
    std::vector<ChunkLeaf> leaves_;
    ShardFile file_;
    Shard shard_;
};

int pack(std::uint64_t octets, bool text, std::uint64_t seed, const fs::path& folder) {
    Content content(text, seed);
    Packer packer(folder);
    Bytes piece(kPiece);
    for (; octets > 0; octets -= std::min<std::uint64_t>(octets, piece.size())) {
        content.fill(piece);
        packer.feed(ByteView(piece).first(std::min<std::uint64_t>(octets, piece.size())));
    }
    packer.finish();
    return 0;
}

void check_xorb(const fs::path& path, Bytes& raw) {
    const auto file = need(File::open_to_read(path));
    Bytes body(need(file.size()));
    need_done(file.read_exactly_at(0, body));
    std::vector<ChunkLeaf> leaves;
    ByteView records(body);
    while (!records.empty()) {
        const auto chunk = need(decode_chunk(records, raw));
        leaves.push_back({chunk_hash(ByteView(raw).first(chunk.raw_bytes)), chunk.raw_bytes});
        records = records.subspan(chunk.record_bytes);
    }
    if (to_string(xorb_hash(leaves)) + ".xorb" == path.filename().string()) return;
    std::fprintf(stderr, "%s has another hash\n", path.c_str());
    std::exit(1);
}

int check(const fs::path& folder) {
    Bytes raw(kMaxChunkBytes);
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".xorb") check_xorb(entry.path(), raw);
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    std::printf("%.6f\n", seconds(used.ru_utime) + seconds(used.ru_stime));
    return 0;
}

}  // namespace

int main(int count, char** words) {
    const std::string verb = count > 1 ? words[1] : "";
    const auto number = [&](int at) { return std::strtoull(words[at], nullptr, 10); };
    if (verb == "pack" && count == 6) return pack(number(2), std::string(words[3]) == "text", number(4), words[5]);
    if (verb == "check" && count == 3) return check(words[2]);
    return std::fputs("usage: bench_xorbs pack OCTETS random|text SEED FOLDER | check FOLDER\n", stderr), 2;
}
