// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}

/// Each declares its command's options and sub-commands and says what they do; the file has the command's name.
namespace mirfa::cli {

void describe_auth(CLI::App& app);
void describe_cache(CLI::App& app);
void describe_card(CLI::App& app);
void describe_convert(CLI::App& app);
void describe_diff(CLI::App& app);
void describe_download(CLI::App& app);
void describe_completion(CLI::App& app);
void describe_discussion(CLI::App& app);
void describe_env(CLI::App& app);
void describe_manual(CLI::App& app);
void describe_repo(CLI::App& app);
void describe_search(CLI::App& app);
void describe_upload(CLI::App& app);
void describe_watch(CLI::App& app);
void describe_whoami(CLI::App& app);

}  // namespace mirfa::cli
