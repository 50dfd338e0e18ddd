// SPDX-License-Identifier: Apache-2.0
// The only file that includes Beast: it takes half a minute to compile.
#include <boost/beast/http/basic_parser.hpp>
#include <limits>

#include "http/detail/head.h"

namespace mirfa::http::detail {
namespace {

namespace beast = boost::beast;
using beast::error_code;

/// Beast's grammar without Beast's containers: fields go straight into ours.
class FieldParser final : public beast::http::basic_parser<true> {
public:
    explicit FieldParser(Headers& headers) : headers_(headers) {
        skip(true);
        header_limit(std::numeric_limits<std::uint32_t>::max());  // the session has counted already
        body_limit(boost::none);
    }

private:
    void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&) override {}
    void on_response_impl(int, beast::string_view, int, error_code&) override {}
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override {
        headers_.add({name.data(), name.size()}, {value.data(), value.size()});
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override { return 0; }
    void on_finish_impl(error_code&) override {}

    Headers& headers_;
};

}  // namespace

bool parse_fields(std::string_view octets, Headers& headers) {
    FieldParser parser(headers);
    error_code error;
    parser.put(boost::asio::const_buffer(octets.data(), octets.size()), error);
    return !error && parser.is_header_done();
}

}  // namespace mirfa::http::detail
