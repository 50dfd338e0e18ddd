// SPDX-License-Identifier: Apache-2.0
#include "pages/snippets.h"

#include <gtest/gtest.h>

namespace mirfa::pages {
namespace {

catalog::Repository made(catalog::RepoType type, const std::string& name, const std::string& library = "") {
    catalog::Repository repo;
    repo.type = type;
    repo.owner_name = "acme";
    repo.name = name;
    if (!library.empty()) repo.library = library;
    return repo;
}

constexpr const char* kHead = "import os\nos.environ[\"HF_ENDPOINT\"] = \"https://hub.test\"  # before the import below\n\n";

std::string python_of(const catalog::Repository& repo, const std::vector<std::string>& files = {},
                      std::optional<card::TransformersInfo> info = {}) {
    const auto text = snippets_for({repo, "https://hub.test", std::move(info), files}).at(2).text;
    EXPECT_TRUE(text.starts_with(kHead)) << text;
    return text.substr(std::string(kHead).size());
}

TEST(Snippets, LoadAModelWithTheLibraryOfItsCard) {
    using catalog::RepoType;
    EXPECT_EQ(python_of(made(RepoType::kModel, "m")),
              "from huggingface_hub import snapshot_download\n\nfolder = snapshot_download(\"acme/m\")");
    EXPECT_EQ(python_of(made(RepoType::kModel, "m", "transformers")),
              "from transformers import AutoModel, AutoTokenizer\n\ntokenizer = AutoTokenizer.from_pretrained(\"acme/m\")\n"
              "model = AutoModel.from_pretrained(\"acme/m\")");
    EXPECT_EQ(python_of(made(RepoType::kModel, "m", "transformers"), {},
                        card::TransformersInfo{"AutoModelForImageClassification", {}, "AutoImageProcessor"}),
              "from transformers import AutoImageProcessor, AutoModelForImageClassification\n\n"
              "processor = AutoImageProcessor.from_pretrained(\"acme/m\")\n"
              "model = AutoModelForImageClassification.from_pretrained(\"acme/m\")");
    EXPECT_EQ(python_of(made(RepoType::kModel, "m", "gguf"), {"README.md", "bad\"\n.gguf", "q4.gguf"}),
              "from llama_cpp import Llama\n\nmodel = Llama.from_pretrained(repo_id=\"acme/m\", filename=\"q4.gguf\")");
    EXPECT_EQ(python_of(made(RepoType::kDataset, "d")),
              "from datasets import load_dataset\n\ndataset = load_dataset(\"acme/d\")");
    EXPECT_EQ(python_of(made(RepoType::kSpace, "s")),
              "from huggingface_hub import snapshot_download\n\nfolder = snapshot_download(\"acme/s\", repo_type=\"space\")");
}

TEST(Snippets, FetchWithTheAddressOfThisHub) {
    auto repo = made(catalog::RepoType::kDataset, "d");
    auto lines = snippets_for({repo, "https://hub.test/hf", {}, {}});
    EXPECT_EQ(lines[0].text, "export HF_ENDPOINT=https://hub.test/hf\nhf download acme/d --repo-type dataset");
    EXPECT_EQ(lines[1].text, "git lfs install\ngit clone https://hub.test/hf/datasets/acme/d");
    repo.is_private = true;
    lines = snippets_for({repo, "https://hub.test/a'b $(x)", {}, {}});
    EXPECT_EQ(lines[0].text,
              "export HF_ENDPOINT='https://hub.test/a'\\''b $(x)'\nhf auth login\n"
              "hf download acme/d --repo-type dataset");
}

}  // namespace
}  // namespace mirfa::pages
