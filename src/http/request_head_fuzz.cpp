// SPDX-License-Identifier: Apache-2.0
// A head found in pieces is the one found at once; what is read of it can be understood in one way only.
#include <algorithm>

#include "format/testing/fuzz.h"
#include "http/detail/head.h"

using namespace mirfa;
using namespace mirfa::http;
using format::testing::require;

namespace {

void check_framing(const detail::Head& head) {
    std::size_t lengths = 0, codings = 0, hosts = 0;
    for (const auto& [name, value] : head.request.headers.fields()) {
        require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
        require(!name.empty() && std::all_of(name.begin(), name.end(), detail::is_token_char));
        lengths += detail::list_has(name, "content-length");
        codings += detail::list_has(name, "transfer-encoding");
        hosts += detail::list_has(name, "host");
    }
    require(lengths <= 1 && codings <= 1 && lengths + codings <= 1 && hosts <= 1);
    require(head.framing.chunked == (codings == 1));
    require(lengths == 1 || head.framing.length == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView body(data, size);
    const auto text = as_text(body);
    detail::HeadScanner whole;
    const auto at_once = whole.feed(text);

    detail::HeadScanner scanner;
    format::testing::Pieces pieces(body);
    auto state = detail::HeadScanner::State::kMore;
    for (std::size_t seen = 0; state == detail::HeadScanner::State::kMore && !pieces.empty();) {
        seen += pieces.next().size();
        state = scanner.feed(text.substr(0, seen));
    }
    require(state == at_once);
    if (state != detail::HeadScanner::State::kComplete) return 0;
    require(scanner.begin() == whole.begin() && scanner.end() == whole.end());

    detail::Head head;
    if (detail::read_head(text.substr(whole.begin(), whole.end() - whole.begin()), head)) return 0;
    check_framing(head);
    return 0;
}
