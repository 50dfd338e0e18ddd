// SPDX-License-Identifier: Apache-2.0
#include "git/detail/libgit2.h"

#include <git2.h>

#include <string>

namespace mirfa::git::detail {

void start_libgit2() {
    static const int started = git_libgit2_init();
    (void)started;
}

Error libgit2_error(std::string_view what) {
    const git_error* last = git_error_last();
    return internal_error(std::string(what) + ": " + (last != nullptr ? last->message : "no reason given"));
}

}  // namespace mirfa::git::detail
