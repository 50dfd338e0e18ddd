# SPDX-License-Identifier: Apache-2.0
"""sentencepiece.model by the real library (0.2.3): a BPE with octets to fall back to, as Llama's is."""

import pathlib

import sentencepiece

FOLDER = pathlib.Path(__file__).parent
TEXT = """the hub keeps the weights of models and the words that go with them
a model reads the words as pieces and the pieces as numbers
whoever reads the weights reads the words too
the pieces of the words are kept with the model, and the hub keeps the model
when the weights are read the model is whole again"""

sentencepiece.SentencePieceTrainer.train(
    sentence_iterator=iter(TEXT.splitlines()), model_prefix=str(FOLDER / "sentencepiece"), model_type="bpe", vocab_size=320,
    normalization_rule_name="identity", byte_fallback=True, remove_extra_whitespaces=False, character_coverage=1.0,
    user_defined_symbols=["<turn>"], num_threads=1, minloglevel=2)
(FOLDER / "sentencepiece.vocab").unlink()
