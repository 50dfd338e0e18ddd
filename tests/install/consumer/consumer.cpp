// SPDX-License-Identifier: Apache-2.0
// Uses the client library as any program would: finds a cached file without a request, and reads why one is missing.
#include <mirfa/accounts.h>
#include <mirfa/cache.h>
#include <mirfa/discussions.h>
#include <mirfa/download.h>
#include <mirfa/repos.h>
#include <mirfa/upload.h>

#include <cstdio>

int main(int, char** argv) {
    using namespace mirfa::client;
    const auto settings = Settings::from_environment();
    const auto repo = make_repo_id(RepoType::kModel, argv[1]);
    if (!repo) return std::fputs(repo.failure().message.c_str(), stderr), 2;
    if (const auto cached = find_cached_file(settings, *repo, argv[2]); cached && !cached->known_missing)
        return std::puts(cached->path.c_str()) < 0;
    const auto client = Client::open(settings);
    if (!client) return std::fputs(client.failure().message.c_str(), stderr), 2;
    const auto path = download_file(*client, *repo, argv[2]);
    if (path) return std::puts(path->c_str()) < 0;
    std::fputs(path.failure().message.c_str(), stderr);
    return path.failure().kind == Kind::kOffline ? 3 : 1;
}
