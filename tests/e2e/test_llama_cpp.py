# SPDX-License-Identifier: Apache-2.0
"""llama.cpp is the judge of the GGUF files that `mirfa convert` writes: it loads them, splits texts as the tokenizer's own
library does, and computes what the model computes by numpy (harness/tiny_models.py)."""

import pytest

from harness.paths import SOURCE

HARNESS = __file__.rsplit("/", 1)[0]
PIECES = SOURCE / "src/checkpoint/testdata/sentencepiece.model"
TEXTS = ["the hub keeps the words", "whoever reads\n  two  spaces", "élan, 日本 and 🤗", "It's 2026!\n\n\tover"]
PROMPT = [1, 262, 276, 40, 263, 5, 300, 311, 290]
# What the loss of digits may cost: the logarithms of chances reach from -1 to -15. llama.cpp rounds what matrices are
# multiplied with as it does their own numbers, and looks GELU up in a table of float16, which only GPT-2 asks for.
DTYPES = {"f32": 0.0, "f16": 0.03, "bf16": 0.3, "q8_0": 0.8}
KINDS = {"llama": 1e-4, "gpt2": 0.01}


def make(harness, kind, tokenizer, folder, pieces):
    import sys
    sys.path.insert(0, harness)
    from harness import tiny_models
    tiny_models.write(kind, folder)
    if tokenizer == "pieces":
        tiny_models.add_pieces(folder, pieces)
    elif tokenizer == "pieces as JSON":
        tiny_models.add_pieces_as_json(folder, pieces)
    else:
        tiny_models.add_octets(folder)


def judge(harness, kind, folder, file, texts, prompt):
    import sys
    sys.path.insert(0, harness)
    from harness import llama_cpp, tiny_models
    expected = tiny_models.chances(kind, prompt)
    told = llama_cpp.ask(file, texts, prompt, len(expected))
    apart = [abs(told["chances"][token] - chance) for token, chance in enumerate(expected)]
    return {"tokens": told["tokens"], "expected": tiny_models.tokens_of(folder, texts), "apart": max(apart)}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("kind, tokenizer", [("llama", "pieces"), ("llama", "pieces as JSON"), ("gpt2", "octets")])
def test_llama_cpp_splits_texts_and_computes_as_the_model_does(machine, tmp_path, kind, tokenizer, dtype):
    python = machine.python("llama-cpp")
    model = tmp_path / "model"
    python.call(make, harness=HARNESS, kind=kind, tokenizer=tokenizer, folder=model, pieces=PIECES)
    machine.mirfa("convert", model, tmp_path / "gguf", "--to", "gguf", "--dtype", dtype)
    told = python.call(judge, harness=HARNESS, kind=kind, folder=model, file=tmp_path / "gguf/model.gguf", texts=TEXTS,
                       prompt=PROMPT)
    assert told["tokens"] == told["expected"]
    print(f"measured: {kind}, {tokenizer} | {dtype} | {told['apart']:.1e}")
    assert told["apart"] <= KINDS[kind] + DTYPES[dtype]


def made_by_transformers(harness, name, folder, pieces, prompt):
    import sys
    sys.path.insert(0, harness)
    from harness import transformers_models
    return transformers_models.make(name, folder, pieces, prompt)


def computed_by_transformers(harness, folder, prompt):
    import sys
    sys.path.insert(0, harness)
    from harness import transformers_models
    return transformers_models.chances(folder, prompt)


def asked(harness, file, prompt, vocabulary):
    import sys
    sys.path.insert(0, harness)
    from harness import llama_cpp
    told = llama_cpp.ask(file, [], prompt, vocabulary)["chances"]
    return [told[token] for token in range(vocabulary)]


def largest(first, second):
    return max(abs(a - b) for a, b in zip(first, second, strict=True))


@pytest.mark.full
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["llama", "llama 3.1", "llama linear", "mistral", "qwen2", "qwen3", "gpt2"])
def test_transformers_and_llama_cpp_compute_the_same_there_and_back(machine, tmp_path, name):
    transformers, model, file = machine.python("transformers"), tmp_path / "model", tmp_path / "gguf/model.gguf"
    expected = transformers.call(made_by_transformers, harness=HARNESS, name=name, folder=model, pieces=PIECES, prompt=PROMPT)
    machine.mirfa("convert", model, tmp_path / "gguf", "--to", "gguf", "--dtype", "f32")
    told = machine.python("llama-cpp").call(asked, harness=HARNESS, file=file, prompt=PROMPT, vocabulary=len(expected))
    assert largest(told, expected) <= KINDS["gpt2" if name == "gpt2" else "llama"]
    if name != "llama 3.1":  # whose factors of positions only its own config.json tells
        (tmp_path / "gguf/config.json").unlink()
    machine.mirfa("convert", file, tmp_path / "back", "--to", "safetensors")
    back = transformers.call(computed_by_transformers, harness=HARNESS, folder=tmp_path / "back", prompt=PROMPT)
    assert largest(back, expected) <= 1e-6
