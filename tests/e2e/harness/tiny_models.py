# SPDX-License-Identifier: Apache-2.0
"""Language models of some thousand random numbers, as folders that transformers would read, and what they compute by numpy
alone: Llama and GPT-2, written down from their definitions. Runs in the clients' own environments."""

import json
import shutil
from pathlib import Path

import numpy as np

VOCABULARY, WIDTH, LAYERS, HEADS, KEY_HEADS, INNER, CONTEXT = 320, 64, 2, 4, 2, 96, 64
HEAD = WIDTH // HEADS


class Numbers:
    """Weights by name, the same ones every time."""

    def __init__(self):
        self.random = np.random.default_rng(7)
        self.all = {}

    def matrix(self, name, *shape):
        self.all[name] = (self.random.standard_normal(shape) * 0.3).astype(np.float32)

    def vector(self, name, size, around):
        self.all[name] = (around + self.random.standard_normal(size) * 0.1).astype(np.float32)


def llama_weights():
    made = Numbers()
    made.matrix("model.embed_tokens.weight", VOCABULARY, WIDTH)
    made.matrix("lm_head.weight", VOCABULARY, WIDTH)
    made.vector("model.norm.weight", WIDTH, 1)
    for layer in range(LAYERS):
        at = f"model.layers.{layer}"
        for name, rows, columns in [("self_attn.q_proj", WIDTH, WIDTH), ("self_attn.k_proj", KEY_HEADS * HEAD, WIDTH),
                                    ("self_attn.v_proj", KEY_HEADS * HEAD, WIDTH), ("self_attn.o_proj", WIDTH, WIDTH),
                                    ("mlp.gate_proj", INNER, WIDTH), ("mlp.up_proj", INNER, WIDTH), ("mlp.down_proj", WIDTH, INNER)]:
            made.matrix(f"{at}.{name}.weight", rows, columns)
        made.vector(f"{at}.input_layernorm.weight", WIDTH, 1)
        made.vector(f"{at}.post_attention_layernorm.weight", WIDTH, 1)
    return made.all


def gpt2_weights():
    made = Numbers()
    made.matrix("transformer.wte.weight", VOCABULARY, WIDTH)
    made.matrix("transformer.wpe.weight", CONTEXT, WIDTH)
    for layer in range(LAYERS):
        at = f"transformer.h.{layer}"
        for name, rows, columns in [("attn.c_attn", WIDTH, 3 * WIDTH), ("attn.c_proj", WIDTH, WIDTH), ("mlp.c_fc", WIDTH, 4 * WIDTH),
                                    ("mlp.c_proj", 4 * WIDTH, WIDTH)]:
            made.matrix(f"{at}.{name}.weight", rows, columns)
            made.vector(f"{at}.{name}.bias", columns, 0)
        for name in ("ln_1", "ln_2"):
            made.vector(f"{at}.{name}.weight", WIDTH, 1)
            made.vector(f"{at}.{name}.bias", WIDTH, 0)
    made.vector("transformer.ln_f.weight", WIDTH, 1)
    made.vector("transformer.ln_f.bias", WIDTH, 0)
    return made.all


def attend(query, key, value):
    """(tokens, heads, head) each; a token sees itself and what came before."""
    count = len(query)
    scores = np.einsum("qhd,khd->hqk", query, key) / np.sqrt(query.shape[-1])
    scores = np.where(np.tril(np.ones((count, count), bool)), scores, -np.inf)
    share = np.exp(scores - scores.max(-1, keepdims=True))
    share /= share.sum(-1, keepdims=True)
    return np.einsum("hqk,khd->qhd", share, value).reshape(count, -1)


def rotated(states):
    """Halves of each head turn against each other by the token's place."""
    angles = np.outer(np.arange(len(states)), 10000.0 ** (-np.arange(0, HEAD, 2) / HEAD))[:, None, :]
    first, second = np.split(states, 2, axis=-1)
    return np.concatenate([first * np.cos(angles) - second * np.sin(angles), second * np.cos(angles) + first * np.sin(angles)], -1)


def llama(weights, tokens):
    def linear(x, name):
        return x @ weights[name + ".weight"].T

    def norm(x, name):
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * weights[name + ".weight"]

    count = len(tokens)
    x = weights["model.embed_tokens.weight"][tokens]
    for layer in range(LAYERS):
        at = f"model.layers.{layer}"
        y = norm(x, f"{at}.input_layernorm")
        query = rotated(linear(y, f"{at}.self_attn.q_proj").reshape(count, HEADS, HEAD))
        key = rotated(linear(y, f"{at}.self_attn.k_proj").reshape(count, KEY_HEADS, HEAD))
        value = linear(y, f"{at}.self_attn.v_proj").reshape(count, KEY_HEADS, HEAD)
        key, value = (np.repeat(states, HEADS // KEY_HEADS, axis=1) for states in (key, value))
        x = x + linear(attend(query, key, value), f"{at}.self_attn.o_proj")
        y = norm(x, f"{at}.post_attention_layernorm")
        gate = linear(y, f"{at}.mlp.gate_proj")
        x = x + linear(gate / (1 + np.exp(-gate)) * linear(y, f"{at}.mlp.up_proj"), f"{at}.mlp.down_proj")
    return linear(norm(x, "model.norm"), "lm_head")


def gpt2(weights, tokens):
    def linear(x, name):
        return x @ weights[name + ".weight"] + weights[name + ".bias"]

    def norm(x, name):
        x = x - x.mean(-1, keepdims=True)
        return x / np.sqrt((x * x).mean(-1, keepdims=True) + 1e-5) * weights[name + ".weight"] + weights[name + ".bias"]

    count = len(tokens)
    x = weights["transformer.wte.weight"][tokens] + weights["transformer.wpe.weight"][:count]
    for layer in range(LAYERS):
        at = f"transformer.h.{layer}"
        states = linear(norm(x, f"{at}.ln_1"), f"{at}.attn.c_attn").reshape(count, 3, HEADS, HEAD)
        x = x + linear(attend(states[:, 0], states[:, 1], states[:, 2]), f"{at}.attn.c_proj")
        y = linear(norm(x, f"{at}.ln_2"), f"{at}.mlp.c_fc")
        y = 0.5 * y * (1 + np.tanh(np.sqrt(2 / np.pi) * (y + 0.044715 * y**3)))
        x = x + linear(y, f"{at}.mlp.c_proj")
    return norm(x, "transformer.ln_f") @ weights["transformer.wte.weight"].T


KINDS = {
    "llama": (llama_weights, llama,
              {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": WIDTH, "num_hidden_layers": LAYERS,
               "num_attention_heads": HEADS, "num_key_value_heads": KEY_HEADS, "intermediate_size": INNER, "rms_norm_eps": 1e-5,
               "max_position_embeddings": CONTEXT, "vocab_size": VOCABULARY, "rope_theta": 10000.0,
               "tie_word_embeddings": False, "bos_token_id": 1, "eos_token_id": 2}),
    "gpt2": (gpt2_weights, gpt2,
             {"architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "n_embd": WIDTH, "n_layer": LAYERS, "n_head": HEADS,
              "n_positions": CONTEXT, "vocab_size": VOCABULARY, "layer_norm_epsilon": 1e-5, "bos_token_id": 0, "eos_token_id": 0}),
}


def write(kind, folder):
    from safetensors.numpy import save_file
    folder = Path(folder)
    folder.mkdir(parents=True)
    weights, _, config = KINDS[kind]
    save_file(weights(), folder / "model.safetensors", metadata={"format": "pt"})
    (folder / "config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def chances(kind, tokens):
    """The logarithm of each token's chance to come next."""
    weights, compute, _ = KINDS[kind]
    last = compute({name: array.astype(np.float64) for name, array in weights().items()}, np.array(tokens))[-1]
    last = last - last.max()
    return (last - np.log(np.exp(last).sum())).tolist()


# Tokenizers. Pieces: the file that SentencePiece itself made.

def add_pieces(folder, pieces):
    shutil.copy(pieces, Path(folder) / "tokenizer.model")


def add_pieces_as_json(folder, pieces):
    """tokenizer.json of the same pieces, as transformers writes it for Llama: the merges that give a piece, best piece first."""
    import sentencepiece
    from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, processors
    known = sentencepiece.SentencePieceProcessor(model_file=str(pieces))
    vocabulary = {known.id_to_piece(token): token for token in range(known.vocab_size())}
    merges = []
    for piece, token in vocabulary.items():
        if known.is_control(token) or known.is_unknown(token) or known.is_byte(token) or piece == "<turn>":
            continue
        merges += [(-known.get_score(token), len(piece[:at]), piece[:at], piece[at:]) for at in range(1, len(piece))
                   if piece[:at] in vocabulary and piece[at:] in vocabulary]
    made = Tokenizer(models.BPE(vocabulary, [(first, second) for _, _, first, second in sorted(merges)], byte_fallback=True,
                                fuse_unk=True, unk_token="<unk>"))
    made.normalizer = normalizers.Sequence([normalizers.Prepend("\u2581"), normalizers.Replace(" ", "\u2581")])
    made.post_processor = processors.TemplateProcessing(single="<s> $A", special_tokens=[("<s>", 1)])
    made.decoder = decoders.Sequence([decoders.ByteFallback(), decoders.Fuse()])
    made.add_special_tokens([AddedToken(text, special=True, normalized=False) for text in ("<unk>", "<s>", "</s>")])
    made.save(str(Path(folder) / "tokenizer.json"))


def add_octets(folder):
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=["<|endoftext|>"],
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False)
    made.train_from_iterator(["the hub keeps the weights of models", "whoever reads the weights reads the words too, 2026 times"],
                             trainer)
    made.save(str(Path(folder) / "tokenizer.json"))


def tokens_of(folder, texts):
    """By the tokenizer's own library."""
    folder = Path(folder)
    if (folder / "tokenizer.json").exists():
        from tokenizers import Tokenizer
        known = Tokenizer.from_file(str(folder / "tokenizer.json"))
        return [known.encode(text).ids for text in texts]
    import sentencepiece
    known = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
    return [[known.bos_id(), *known.encode(text)] for text in texts]
