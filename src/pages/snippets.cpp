// SPDX-License-Identifier: Apache-2.0
#include "pages/snippets.h"

#include <algorithm>

namespace mirfa::pages {
namespace {

using catalog::RepoType;

/// One word for a POSIX shell.
std::string shell_word(std::string_view text) {
    const auto is_plain = [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
               std::string_view("_-./:@%+=,").find(c) != std::string_view::npos;
    };
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);
    std::string word = "'";
    for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return word + "'";
}

/// A string literal of Python.
std::string python_text(std::string_view text) {
    std::string literal = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') literal += '\\';
        if (c == '\n')
            literal += "\\n";
        else
            literal += c;
    }
    return literal + "\"";
}

/// Names of files that are too odd to be typed are not offered.
bool is_plain_name(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
}

std::string git_lines(const SnippetInput& in) {
    return "git lfs install\ngit clone " + shell_word(std::string(in.public_url) + api::web_path(in.repo));
}

std::string hf_lines(const SnippetInput& in) {
    std::string lines = "export HF_ENDPOINT=" + shell_word(in.public_url) + "\n";
    if (in.repo.is_private || !in.repo.gated.empty()) lines += "hf auth login\n";
    lines += "hf download " + in.repo.full_name();
    if (in.repo.type != RepoType::kModel) lines += " --repo-type " + std::string(api::singular_of(in.repo.type));
    return lines;
}

/// Two names of the library, joined for an import.
std::string both(const std::string& first, const std::string& second) {
    return first < second ? first + ", " + second : second + ", " + first;
}

std::string transformers_lines(const SnippetInput& in, const std::string& id) {
    const std::string model = in.transformers ? in.transformers->auto_model : "AutoModel";
    const std::string processor = in.transformers ? in.transformers->processor : "AutoTokenizer";
    if (processor.empty()) return "from transformers import " + model + "\n\nmodel = " + model + ".from_pretrained(" + id + ")";
    const std::string variable = processor == "AutoTokenizer" ? "tokenizer" : "processor";
    return "from transformers import " + both(model, processor) + "\n\n" + variable + " = " + processor + ".from_pretrained(" +
           id + ")\nmodel = " + model + ".from_pretrained(" + id + ")";
}

std::string gguf_lines(const SnippetInput& in, const std::string& id) {
    const auto found = std::find_if(in.files.begin(), in.files.end(),
                                    [](const std::string& name) { return name.ends_with(".gguf") && is_plain_name(name); });
    if (found == in.files.end()) return "";
    return "from llama_cpp import Llama\n\nmodel = Llama.from_pretrained(repo_id=" + id + ", filename=" + python_text(*found) +
           ")";
}

/// Lines that load the repository with the library it is made for; "" when there is no better way than its files.
std::string library_lines(const SnippetInput& in, const std::string& id) {
    if (in.repo.type == RepoType::kDataset) return "from datasets import load_dataset\n\ndataset = load_dataset(" + id + ")";
    if (in.repo.type == RepoType::kSpace) return "";
    const auto library = in.repo.library.value_or("");
    if (library == "transformers") return transformers_lines(in, id);
    if (library == "sentence-transformers")
        return "from sentence_transformers import SentenceTransformer\n\nmodel = SentenceTransformer(" + id + ")";
    if (library == "diffusers")
        return "from diffusers import DiffusionPipeline\n\npipeline = DiffusionPipeline.from_pretrained(" + id + ")";
    if (library == "timm")
        return "import timm\n\nmodel = timm.create_model(" + python_text("hf-hub:" + in.repo.full_name()) + ", pretrained=True)";
    if (library == "peft") return "from peft import AutoPeftModel\n\nmodel = AutoPeftModel.from_pretrained(" + id + ")";
    if (library == "keras")
        return "import keras\n\nmodel = keras.saving.load_model(" + python_text("hf://" + in.repo.full_name()) + ")";
    if (library == "gguf") return gguf_lines(in, id);
    return "";
}

std::string python_lines(const SnippetInput& in) {
    const std::string id = python_text(in.repo.full_name());
    std::string lines = library_lines(in, id);
    if (lines.empty()) {
        const bool model = in.repo.type == RepoType::kModel;
        lines = "from huggingface_hub import snapshot_download\n\nfolder = snapshot_download(" + id +
                (model ? "" : ", repo_type=" + python_text(api::singular_of(in.repo.type))) + ")";
    }
    return "import os\nos.environ[\"HF_ENDPOINT\"] = " + python_text(in.public_url) + "  # before the import below\n\n" + lines;
}

}  // namespace

std::vector<Snippet> snippets_for(const SnippetInput& input) {
    return {{"With hf", hf_lines(input)}, {"With git", git_lines(input)}, {"In Python", python_lines(input)}};
}

}  // namespace mirfa::pages
