// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <mirfa/settings.h>

#include "cli/commands.h"
#include "cli/output.h"
#include "cli/run_app.h"

namespace mirfa::cli {

void describe_env(CLI::App& app) {
    const auto json = add_json(app);
    does(app, [json] {
        const auto s = client::Settings::from_environment();
        Report report(*json);
        report.field("version", MIRFA_VERSION);
        report.field("endpoint", s.endpoint);
        report.field("home", s.home.string());
        report.field("cache", s.hub_cache.string());
        report.field("token_file", s.token_file.string());
        report.field("token_in_environment", s.token ? "yes" : "no");
        report.field("offline", s.offline ? "yes" : "no");
        report.print();
        return 0;
    });
}

}  // namespace mirfa::cli
