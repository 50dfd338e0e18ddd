// SPDX-License-Identifier: Apache-2.0
// Whatever is written reads back: text that is UTF-8 unchanged, other text as valid JSON.
#include "base/ascii.h"
#include "format/json_reader.h"
#include "format/json_writer.h"
#include "format/testing/fuzz.h"

using namespace mirfa;
using namespace mirfa::format;
using testing::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = as_text({data, size});
    JsonWriter json;
    json.object().field("text", text).field(text, size);
    json.array("parts");
    for (const auto part : split(text, ',')) json.value(part);
    json.end().object("nested").null("none").end();
    const auto value = parse_json(std::move(json).take());
    require(value.has_value());
    if (is_utf8(text) && text != "text" && text != "parts" && text != "nested") {
        require(find_string(value.value(), "text") == text);
        require(find_int(value.value(), text) == static_cast<std::int64_t>(size));
    }
    const auto read = parse_json(text);
    if (read.has_value()) require(is_utf8(text));
    return 0;
}
