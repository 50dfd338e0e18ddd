// SPDX-License-Identifier: Apache-2.0
// Pages of the browser application that write: a new repository, files sent, edited and deleted. They only show forms; what
// they send goes through the API, which decides.
#include "pages/handlers.h"
#include "pages/shell.h"
#include "pages/site.h"

namespace mirfa::pages {
namespace {

Result<http::Response> new_repository_page(Call& call, std::string_view title) {
    if (auto elsewhere = sign_in_first(call)) return std::move(*elsewhere);
    return shell(call, {"NewRepo", words(call, title), "", {}});
}

/// The application asks for the repository and its branches first, whatever is to be written.
Result<http::Response> write_page(Call& call, std::string_view component, std::string_view title) {
    const auto api = api::api_path(call.repository());
    return repository_shell(call, {component,
                                   words(call, title) + " · " + call.repository().full_name(),
                                   "",
                                   {about_address(call.repository()), api + "/refs"}});
}

}  // namespace

Result<http::Response> new_model_page(Call& call) { return new_repository_page(call, "new_model"); }
Result<http::Response> new_dataset_page(Call& call) { return new_repository_page(call, "new_dataset"); }
Result<http::Response> new_space_page(Call& call) { return new_repository_page(call, "new_space"); }

Result<http::Response> repo_upload_page(Call& call) { return write_page(call, "repo/UploadPage", "upload_title"); }
Result<http::Response> repo_edit_page(Call& call) { return write_page(call, "repo/EditPage", "edit_title"); }
Result<http::Response> repo_new_page(Call& call) { return write_page(call, "repo/EditPage", "new_text_file"); }
Result<http::Response> repo_delete_page(Call& call) { return write_page(call, "repo/DeletePage", "delete_title"); }

}  // namespace mirfa::pages
