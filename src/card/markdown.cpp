// SPDX-License-Identifier: Apache-2.0
// The parser's time is linear for what people write and quadratic for what some would: deep nesting, tables of many
// columns and rows, whose missing cells it makes, and long link definitions that are used often. All three are looked for
// before it runs.
#include "card/markdown.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm-extension_api.h>
#include <cmark-gfm.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "base/ascii.h"

namespace mirfa::card {
namespace {

constexpr std::size_t kMaxTableCells = 1'000'000;  // beyond, tables are shown as text
constexpr std::ptrdiff_t kMaxAtSigns = 20'000;     // beyond, bare addresses are not made links
constexpr std::size_t kMaxCopied = 32u << 20;
constexpr std::size_t kMaxMarkers = 100;
constexpr std::size_t kMaxListIndent = 200;
constexpr int kOptions = CMARK_OPT_DEFAULT | CMARK_OPT_VALIDATE_UTF8;

struct Free {
    void operator()(cmark_parser* parser) const { cmark_parser_free(parser); }
    void operator()(cmark_node* node) const { cmark_node_free(node); }
    void operator()(cmark_iter* iter) const { cmark_iter_free(iter); }
    void operator()(char* text) const { cmark_get_default_mem_allocator()->free(text); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

Error too_complex() { return Error{Code::kTooLarge, "The text is too large or too deeply nested to be shown as a page."}; }

/// What makes the parser slow, counted without it.
struct Shape {
    std::size_t markers = 0;  ///< most quote marks and list markers before the text of a line: each may open a level
    std::size_t indent = 0;   ///< most columns before a list item: every two may be a level
    std::size_t bars = 0;     ///< most `|` in a line: columns of a table
    std::size_t lines = 0;
    std::size_t definition = 0;  ///< longest text from a link definition to the next empty line: what a use may copy
};

void measure_line(std::string_view line, Shape& shape) {
    shape.bars = std::max(shape.bars, static_cast<std::size_t>(std::count(line.begin(), line.end(), '|')));
    if (line.find_first_not_of("-* \t") == line.npos) return;  // a ruled line, however long
    std::size_t markers = 0;
    std::size_t columns = 0;
    for (const char c : line) {
        const bool is_marker = c == '>' || c == '-' || c == '*' || c == '+' || c == ')' || c == '.';
        if (!is_marker && c != ' ' && c != '\t' && !(c >= '0' && c <= '9')) break;
        if (is_marker) shape.indent = std::max(shape.indent, columns);
        markers += is_marker ? 1 : 0;
        columns += c == '\t' ? 4 : 1;
    }
    shape.markers = std::max(shape.markers, markers);
}

Shape measure(std::string_view text) {
    Shape shape;
    const char* definition = nullptr;  // where one began in this paragraph
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
        const auto line = text.substr(0, end);
        measure_line(line, shape);
        ++shape.lines;
        if (line.find_first_not_of(" \t>") == line.npos) definition = nullptr;
        if (definition == nullptr && line.find("]:") != line.npos) definition = line.data();
        if (definition != nullptr)
            shape.definition = std::max(shape.definition, static_cast<std::size_t>(line.data() + line.size() - definition));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return shape;
}

/// Whether parsing takes time and memory in proportion to the text.
bool is_harmless(const Shape& shape, std::string_view text) {
    const auto uses = static_cast<std::size_t>(std::count(text.begin(), text.end(), '['));
    return shape.markers <= kMaxMarkers && shape.indent <= kMaxListIndent && shape.definition * uses <= kMaxCopied;
}

/// The extensions are registered once for the process.
void ensure_extensions() {
    static std::once_flag once;
    std::call_once(once, cmark_gfm_core_extensions_ensure_registered);
}

bool attach(cmark_parser* parser, const char* name) {
    cmark_syntax_extension* extension = cmark_find_syntax_extension(name);
    return extension != nullptr && cmark_parser_attach_syntax_extension(parser, extension) != 0;
}

/// The scheme in lower case, `//` for an address that begins with a host, or nothing for a relative one.
std::string scheme_of(std::string_view url) {
    if (url.starts_with("//") || url.starts_with("/\\") || url.starts_with("\\")) return "//";
    const auto end = url.find_first_of(":/?#");
    if (end == url.npos || url[end] != ':') return "";
    return ascii_lower(url.substr(0, end));
}

std::string safe_url(LinkUse use, std::string_view url, const MarkdownOptions& options) {
    const std::string scheme = scheme_of(url);
    if (scheme == "http" || scheme == "https" || (scheme == "mailto" && use == LinkUse::kLink)) return std::string(url);
    if (!scheme.empty()) return "";
    if (url.empty() || url.starts_with('#') || !options.rewrite_relative) return std::string(url);
    return options.rewrite_relative(use, url);
}

void make_safe(cmark_node* node, LinkUse use, const MarkdownOptions& options) {
    const char* url = cmark_node_get_url(node);
    cmark_node_set_url(node, safe_url(use, url ? url : "", options).c_str());
}

bool is_elsewhere(cmark_node* image) {
    const char* url = cmark_node_get_url(image);
    const std::string scheme = scheme_of(url ? url : "");
    return scheme == "http" || scheme == "https";
}

/// The node and those it is in, counted up to `most`.
int depth_of(cmark_node* node, int most) {
    int depth = 0;
    for (; node != nullptr && depth < most; node = cmark_node_parent(node)) ++depth;
    return depth;
}

bool is_in_link(cmark_node* node) {
    for (node = cmark_node_parent(node); node != nullptr; node = cmark_node_parent(node))
        if (cmark_node_get_type(node) == CMARK_NODE_LINK) return true;
    return false;
}

/// Puts a link in the place of an image, around what describes it; inside a link the description alone.
void image_to_link(cmark_node* image) {
    if (cmark_node_first_child(image) == nullptr) {
        cmark_node* text = cmark_node_new(CMARK_NODE_TEXT);
        cmark_node_set_literal(text, cmark_node_get_url(image));
        cmark_node_append_child(image, text);
    }
    cmark_node* link = is_in_link(image) ? nullptr : cmark_node_new(CMARK_NODE_LINK);
    if (link != nullptr) {
        cmark_node_set_url(link, cmark_node_get_url(image));
        cmark_node_insert_before(image, link);
    }
    while (cmark_node* child = cmark_node_first_child(image)) {
        cmark_node_unlink(child);
        if (link != nullptr)
            cmark_node_append_child(link, child);
        else
            cmark_node_insert_before(image, child);
    }
    cmark_node_free(image);
}

/// Rewrites addresses and takes HTML out.
Result<void> clean(cmark_node* document, const MarkdownOptions& options) {
    std::vector<cmark_node*> html;
    std::vector<cmark_node*> foreign_images;
    const Owned<cmark_iter> iter(cmark_iter_new(document));
    for (auto event = cmark_iter_next(iter.get()); event != CMARK_EVENT_DONE; event = cmark_iter_next(iter.get())) {
        if (event != CMARK_EVENT_ENTER) continue;
        cmark_node* node = cmark_iter_get_node(iter.get());
        const auto type = cmark_node_get_type(node);
        if (type == CMARK_NODE_LINK) make_safe(node, LinkUse::kLink, options);
        if (type == CMARK_NODE_IMAGE) {
            if (options.images_of_others_as_links && is_elsewhere(node)) foreign_images.push_back(node);
            make_safe(node, LinkUse::kImage, options);
        }
        if (type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) html.push_back(node);
        if (depth_of(node, options.max_depth + 1) > options.max_depth) return too_complex();
    }
    for (auto* node : html) cmark_node_free(node);
    for (auto* node : foreign_images) image_to_link(node);
    return ok();
}

Result<Owned<cmark_parser>> make_parser(const Shape& shape, std::string_view text) {
    ensure_extensions();
    std::vector<const char*> extensions = {"strikethrough", "tagfilter", "tasklist"};
    if (shape.bars * shape.lines <= kMaxTableCells) extensions.push_back("table");
    if (std::count(text.begin(), text.end(), '@') <= kMaxAtSigns) extensions.push_back("autolink");
    Owned<cmark_parser> parser(cmark_parser_new(kOptions));
    for (const char* extension : extensions)
        if (!attach(parser.get(), extension)) return internal_error("a Markdown extension is missing");
    return parser;
}

}  // namespace

Result<std::string> markdown_to_html(std::string_view markdown, const MarkdownOptions& options) {
    if (markdown.size() > options.max_bytes) return too_complex();
    const Shape shape = measure(markdown);
    if (!is_harmless(shape, markdown)) return too_complex();
    TRY(const auto parser, make_parser(shape, markdown));
    cmark_parser_feed(parser.get(), markdown.data(), markdown.size());
    const Owned<cmark_node> document(cmark_parser_finish(parser.get()));
    TRY(clean(document.get(), options));
    const Owned<char> html(cmark_render_html(document.get(), kOptions, cmark_parser_get_syntax_extensions(parser.get())));
    return std::string(html.get());
}

}  // namespace mirfa::card
