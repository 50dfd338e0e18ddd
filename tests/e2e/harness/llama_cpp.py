# SPDX-License-Identifier: Apache-2.0
"""A GGUF file in llama.cpp itself: what it makes of texts, and what it thinks comes next. Runs in the environment llama-cpp."""

import json
import urllib.request


def opened(file):
    import xllamacpp
    wish = xllamacpp.CommonParams()
    wish.model.path = str(file)
    wish.n_ctx, wish.n_parallel, wish.cpuparams.n_threads, wish.verbosity = 64, 1, 1, 0
    wish.warmup = False
    # Keys and values are kept as they were computed: what differs is the file's doing.
    wish.cache_type_k = wish.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
    wish.flash_attn_type = xllamacpp.llama_flash_attn_type.LLAMA_FLASH_ATTN_TYPE_DISABLED
    return xllamacpp.Server(wish)


def ask(file, texts, prompt, vocabulary):
    """Tokens of each text; the logarithm of each token's chance after `prompt`, a list of tokens."""
    server = opened(file)

    def tokens(text):
        body = json.dumps({"content": text, "add_special": True, "parse_special": True}).encode()
        request = urllib.request.Request(server.listening_address + "/tokenize", body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["tokens"]

    # Whatever comes next, it shall be a letter: of the end of a text, or of a piece of one, no chances would be told. They are
    # those from before this wish.
    letter = tokens("a")[-1]
    wish = {"prompt": prompt, "n_predict": 1, "temperature": 0, "n_probs": vocabulary, "logit_bias": [[letter, 1000.0]]}
    answer = server.handle_completions(wish)
    told = answer["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
    return {"tokens": [tokens(text) for text in texts], "chances": {entry["id"]: entry["logprob"] for entry in told}}
