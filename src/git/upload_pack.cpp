// SPDX-License-Identifier: Apache-2.0
#include "git/upload_pack.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/log.h"
#include "git/process.h"

namespace mirfa::git {
namespace {

bool is_sane(std::string_view protocol) {
    return !protocol.empty() && protocol.size() <= 200 && std::all_of(protocol.begin(), protocol.end(), [](char c) {
        return is_ascii_alnum(c) || c == '=' || c == ':' || c == '-' || c == '.';
    });
}

ProcessOptions options_for(const CachedRepository& repository, std::string_view protocol) {
    ProcessOptions options;
    options.folder = repository.path();
    options.environment = bare_git_environment();
    if (is_sane(protocol)) options.environment.push_back("GIT_PROTOCOL=" + std::string(protocol));
    return options;
}

class Output final : public SegmentSource {
public:
    Output(CachedRepository repository, std::unique_ptr<Process> process)
        : repository_(std::move(repository)), process_(std::move(process)) {}

    Result<Segment> next() override {
        Bytes piece(256u << 10);
        std::size_t filled = 0;
        while (filled < piece.size()) {
            TRY(const auto got, process_->read(ByteSpan(piece).subspan(filled)));
            filled += got;
            if (got == 0 || filled >= 8192) break;  // pass on what there is: progress messages must not wait
        }
        if (filled == 0) return at_end();
        piece.resize(filled);
        return Segment{std::move(piece)};
    }

private:
    Result<Segment> at_end() {
        TRY(const int status, process_->wait());
        if (status != 0) log(LogLevel::kInfo, "upload-pack ended with {}: {}", status, process_->error_text());
        return Segment{};  // what it had to say it has said inside the protocol
    }

    CachedRepository repository_;
    std::unique_ptr<Process> process_;
};

}  // namespace

Result<std::string> advertise_upload_pack(const CachedRepository& repository, std::string_view protocol) {
    auto options = options_for(repository, protocol);
    options.argv = {"git", "upload-pack", "--strict", "--stateless-rpc", "--http-backend-info-refs", "."};
    auto refs = run_process(options, 256u << 20);
    if (!refs.has_value()) {
        repository.distrust();
        return std::move(refs).error();
    }
    // As git's own http-backend does: version 2 begins without the name of the service.
    if (refs.value().starts_with("000eversion 2\n")) return refs;
    return "001e# service=git-upload-pack\n0000" + refs.value();
}

Result<std::unique_ptr<SegmentSource>> serve_upload_pack(CachedRepository repository, std::string_view protocol, Bytes request) {
    auto options = options_for(repository, protocol);
    options.argv = {"git", "upload-pack", "--strict", "--stateless-rpc", "."};
    options.input = std::move(request);
    options.deadline = std::chrono::hours(2);
    TRY(auto process, Process::start(options));
    return std::unique_ptr<SegmentSource>(new Output(std::move(repository), std::move(process)));
}

}  // namespace mirfa::git
