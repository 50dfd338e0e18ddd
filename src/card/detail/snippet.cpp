// SPDX-License-Identifier: Apache-2.0
// Ids are checked before they come here (is_repo_id_form), so none can end the quotes that it stands in.
#include "card/detail/snippet.h"

#include <algorithm>

#include "card/detail/architectures.h"
#include "card/validate.h"

namespace mirfa::card::detail {
namespace {

/// Tasks that the transformers library has a pipeline for.
constexpr std::string_view kPipelines[] = {"audio-classification",
                                           "automatic-speech-recognition",
                                           "depth-estimation",
                                           "document-question-answering",
                                           "feature-extraction",
                                           "fill-mask",
                                           "image-classification",
                                           "image-feature-extraction",
                                           "image-segmentation",
                                           "image-text-to-text",
                                           "image-to-image",
                                           "mask-generation",
                                           "object-detection",
                                           "question-answering",
                                           "table-question-answering",
                                           "text-classification",
                                           "text-generation",
                                           "text-to-audio",
                                           "text-to-speech",
                                           "token-classification",
                                           "video-classification",
                                           "visual-question-answering",
                                           "zero-shot-audio-classification",
                                           "zero-shot-classification",
                                           "zero-shot-image-classification",
                                           "zero-shot-object-detection"};

std::string quoted(const std::string& id) { return "\"" + id + "\""; }

std::string transformers(const CardFacts& facts) {
    if (std::ranges::find(kPipelines, facts.task) != std::end(kPipelines))
        return "from transformers import pipeline\n\nmodel = pipeline(" + quoted(facts.task) +
               ", model=" + quoted(facts.repository) + ")\n";
    const auto group = find_architecture(facts.architecture, facts.model_type);
    const std::string loader(group ? group->auto_model : "AutoModel");
    return "from transformers import " + loader + "\n\nmodel = " + loader + ".from_pretrained(" + quoted(facts.repository) +
           ")\n";
}

std::string peft(const CardFacts& facts) {
    const std::string loader = facts.task == "text-generation" ? "AutoPeftModelForCausalLM" : "AutoPeftModel";
    return "from peft import " + loader + "\n\nmodel = " + loader + ".from_pretrained(" + quoted(facts.repository) + ")\n";
}

std::string code(const CardFacts& facts) {
    const std::string id = quoted(facts.repository);
    if (facts.library == "transformers") return transformers(facts);
    if (facts.library == "peft") return peft(facts);
    if (facts.library == "diffusers")
        return "from diffusers import DiffusionPipeline\n\npipeline = DiffusionPipeline.from_pretrained(" + id + ")\n";
    if (facts.library == "sentence-transformers")
        return "from sentence_transformers import SentenceTransformer\n\nmodel = SentenceTransformer(" + id +
               ")\nvectors = model.encode([\"A first text\", \"A second text\"])\n";
    if (facts.library == "timm")
        return "import timm\n\nmodel = timm.create_model(\"hf_hub:" + facts.repository + "\", pretrained=True)\n";
    return "from huggingface_hub import snapshot_download\n\nfolder = snapshot_download(" + id + ")\n";
}

}  // namespace

std::string snippet(const CardFacts& facts) {
    if (!is_repo_id_form(facts.repository)) return {};
    return "```python\n" + code(facts) + "```\n";
}

}  // namespace mirfa::card::detail
