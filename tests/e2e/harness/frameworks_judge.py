# SPDX-License-Identifier: Apache-2.0
"""Runs inside the environment with PyTorch, TensorFlow and Flax: small models with random weights go through `mirfa convert`
and the frameworks say what became of them.

    judge("BertForMaskedLM", folder, program) -> {"problems": [...], "tf": {...}, "flax": {...}}
        problems  what was not as it should be, a line each: a framework without the model; a way whose files it does not load
                  whole, or whose tensors are not exactly those that it makes of the PyTorch files itself (or, on the way to
                  PyTorch, that the model has)
        outputs   the largest difference between PyTorch's outputs and the framework's, on equal inputs
        across    the same for what came from the other framework's own file
        own       the same for what the framework itself makes of the PyTorch files: some compute with other formulas

Every way is gone in one file and in shards, ours and the frameworks' own.
"""

import logging
import os
import subprocess
from pathlib import Path

os.environ.update(TF_CPP_MIN_LOG_LEVEL="3", TF_USE_LEGACY_KERAS="1", CUDA_VISIBLE_DEVICES="", TF_ENABLE_ONEDNN_OPTS="0")

import numpy as np  # noqa: E402
import torch  # noqa: E402
import transformers as hf  # noqa: E402

TEXT = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, max_position_embeddings=32)
PAIR = dict(vocab_size=40, d_model=16, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
            encoder_ffn_dim=24, decoder_ffn_dim=24, max_position_embeddings=32, pad_token_id=1, eos_token_id=2, bos_token_id=0,
            decoder_start_token_id=2)
GPT = dict(vocab_size=40, n_embd=16, n_layer=2, n_head=2, n_positions=32)
T5 = dict(vocab_size=40, d_model=16, d_kv=8, d_ff=24, num_layers=2, num_heads=2, decoder_start_token_id=0)
VIT = dict(hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, image_size=32, patch_size=8)
CLIP_TEXT = dict(hidden_size=16, intermediate_size=24, num_hidden_layers=2, num_attention_heads=2, vocab_size=40,
                 max_position_embeddings=20, projection_dim=12, eos_token_id=39)
WAV = dict(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, conv_dim=(8, 8),
           conv_stride=(5, 2), conv_kernel=(10, 3), num_conv_pos_embeddings=8, num_conv_pos_embedding_groups=2,
           feat_extract_norm="layer", do_stable_layer_norm=True, apply_spec_augment=False)

MODELS = {
    "BertModel": lambda: hf.BertConfig(**TEXT),
    "BertForMaskedLM": lambda: hf.BertConfig(**TEXT),
    "DistilBertForMaskedLM": lambda: hf.DistilBertConfig(vocab_size=40, dim=16, n_layers=2, n_heads=2, hidden_dim=24,
                                                         max_position_embeddings=32),
    "RobertaForSequenceClassification": lambda: hf.RobertaConfig(**TEXT, pad_token_id=1),
    "AlbertForSequenceClassification": lambda: hf.AlbertConfig(**TEXT, embedding_size=12),
    "ElectraForPreTraining": lambda: hf.ElectraConfig(**TEXT, embedding_size=12),
    "GPT2LMHeadModel": lambda: hf.GPT2Config(**GPT),
    "T5ForConditionalGeneration": lambda: hf.T5Config(**T5),
    "T5ForConditionalGeneration v1.1": lambda: hf.T5Config(**T5, feed_forward_proj="gated-gelu", tie_word_embeddings=False),
    "BartForConditionalGeneration": lambda: hf.BartConfig(**PAIR),
    "ViTForImageClassification": lambda: hf.ViTConfig(**VIT),
    "ResNetForImageClassification": lambda: hf.ResNetConfig(embedding_size=8, hidden_sizes=[16, 24], depths=[2, 2]),
    "CLIPModel": lambda: hf.CLIPConfig(text_config=CLIP_TEXT, vision_config=dict(VIT, projection_dim=12), projection_dim=12),
    "WhisperForConditionalGeneration": lambda: hf.WhisperConfig(**dict(PAIR, pad_token_id=3), num_mel_bins=8,
                                                                max_source_positions=30, max_target_positions=20),
    "Wav2Vec2ForCTC": lambda: hf.Wav2Vec2Config(**WAV),
}


def inputs_of(model) -> dict[str, np.ndarray]:
    """What this model wants to see, as arrays that every framework takes."""
    made = np.random.default_rng(1)
    words = made.integers(4, 38, (2, 7)).astype(np.int64)
    picture = made.random((2, 3, 32, 32), dtype=np.float32)
    if isinstance(model, hf.CLIPModel):
        words[:, -1] = 39
        return {"input_ids": words, "pixel_values": picture}
    if model.main_input_name == "pixel_values":
        return {"pixel_values": picture}
    if model.main_input_name == "input_values":
        return {"input_values": made.standard_normal((2, 400), dtype=np.float32)}
    if model.main_input_name == "input_features":
        return {"input_features": made.random((2, 8, 60), dtype=np.float32), "decoder_input_ids": words[:, :3]}
    if model.config.is_encoder_decoder:
        return {"input_ids": words, "decoder_input_ids": words[:, :3]}
    return {"input_ids": words}


def outputs_of(model, inputs) -> list[np.ndarray]:
    kind = type(model).__name__
    if kind.startswith("TF"):
        import tensorflow as tf
        told = model({key: tf.constant(value) for key, value in inputs.items()}, training=False)
    elif kind.startswith("Flax"):
        told = model(**inputs)
    else:
        with torch.no_grad():
            told = model(**{key: torch.tensor(value) for key, value in inputs.items()})
    names = ("logits", "last_hidden_state", "prediction_logits", "logits_per_text", "text_embeds", "image_embeds")
    found = [np.asarray(told[name]) for name in names if name in told and told[name] is not None]
    assert found, list(told)
    return found


def pytorch_model(name):
    torch.manual_seed(1)
    model = getattr(hf, name.split()[0])(MODELS[name]()).eval()
    with torch.no_grad():
        for _, parameter in model.named_parameters():
            parameter.copy_(torch.rand_like(parameter) * 0.3 - 0.1)
        for buffer_name, buffer in model.named_buffers():
            if "running" in buffer_name:
                buffer.copy_(torch.rand_like(buffer) * 0.5 + 0.5)
    return model


def convert(program, source, target_folder, to, *options):
    done = subprocess.run([program, "convert", source, target_folder, "--to", to, *options], capture_output=True, text=True)
    assert done.returncode == 0, f"mirfa convert {source} --to {to}: {done.stderr}"
    return target_folder


def weights_of(model) -> dict[str, np.ndarray]:
    """By names without the scope that differs from one instance to the next."""
    if type(model).__name__.startswith("TF"):
        return {weight.name.split("/", 1)[-1]: weight.numpy() for weight in model.weights}
    if isinstance(model, torch.nn.Module):
        return state_of(model)
    from flax.traverse_util import flatten_dict
    from flax.core import unfreeze
    return {"/".join(path): np.asarray(value) for path, value in flatten_dict(unfreeze(model.params)).items()}


def plain_state(state) -> dict[str, np.ndarray]:
    """Counters of batches are PyTorch's alone."""
    return {name: value.numpy() for name, value in state.items() if not name.endswith("num_batches_tracked")}


def state_of(model) -> dict[str, np.ndarray]:
    return plain_state(model.state_dict())


def differing(wanted, found) -> list[str]:
    """Names that only one side has, or whose numbers are not exactly the other's."""
    other = set(wanted) ^ set(found)
    for name in set(wanted) & set(found):
        if wanted[name].shape != found[name].shape or not np.array_equal(wanted[name], found[name]):
            other.add(name)
    return sorted(other)


def furthest(wanted, found) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(wanted, found, strict=True))


class Heard(logging.Handler):
    """What a loader warns of: Flax has no other way to say which tensors were missing or left over."""

    def __init__(self):
        super().__init__(logging.WARNING)
        self.lines = []

    def emit(self, record):
        text = record.getMessage()
        if "were not initialized from" in text or "were not used when" in text or "do not match" in text:
            self.lines.append(" ".join(text.split())[:400])


def load(kind, folder):
    """The model, and what its loader did not find, did not use or did not fit."""
    if kind.__name__.startswith("Flax"):
        heard, logger = Heard(), logging.getLogger("transformers.modeling_flax_utils")
        logger.addHandler(heard)
        try:
            return kind.from_pretrained(folder), heard.lines
        finally:
            logger.removeHandler(heard)
    model, told = kind.from_pretrained(folder, output_loading_info=True)
    # TensorFlow misses each layer of the model, by a name with a running number, also one that has no weights to store.
    empty = {layer.name for layer in getattr(model, "layers", []) if not layer.weights}
    told = {word: sorted({*map(str, names)} - empty) for word, names in told.items()}
    return model, [f"{word}: {names}" for word, names in sorted(told.items()) if names]


# The one file of each format, which no folder may have beside shards.
FILES = {"safetensors": "model.safetensors", "pt": "pytorch_model.bin", "tf": "tf_model.h5", "flax": "flax_model.msgpack"}
SHARDS = "8KB"


class Judge:
    def __init__(self, name, folder, program):
        self.name, self.folder, self.program = name.split()[0], Path(folder), program
        self.problems = []
        self.original = pytorch_model(name)
        self.inputs = inputs_of(self.original)
        self.wanted = outputs_of(self.original, self.inputs)

    def saved(self, model, word, shards=False, **options):
        """The folder of a framework's own file, or of its own shards."""
        folder = self.folder / f"own-{word}{'-shards' if shards else ''}"
        if shards:
            options["max_shard_size"] = SHARDS
        model.save_pretrained(folder, **options)
        return self.is_stored_as(folder, word, shards)

    def is_stored_as(self, folder, word, shards):
        whole, index = (folder / FILES[word]).exists(), (folder / f"{FILES[word]}.index.json").exists()
        if (whole, index) != (not shards, shards):
            self.problems.append(f"{folder.name}: {sorted(path.name for path in folder.iterdir())}")
        return folder

    def goes(self, source, to, kind, wanted, shards=False):
        """One way: what was made of `source` is loaded, and has to be `wanted` exactly. Gives the loaded model."""
        options = ["--shard-size", SHARDS] if shards else []
        made = self.folder / f"{source.name}-to-{to}{'-shards' if shards else ''}"
        self.is_stored_as(convert(self.program, source, made, to, *options), to, shards)
        model, told = load(kind, made)
        self.problems += [f"{made.name}: {line}" for line in told]
        self.problems += [f"{made.name}: {name} differs" for name in differing(wanted, weights_of(model))]
        return model

    def apart(self, model):
        return furthest(self.wanted, outputs_of(model, self.inputs))


def judge(name, folder, program):
    it = Judge(name, folder, program)
    pytorch, state = type(it.original), state_of(it.original)
    kinds = {word: getattr(hf, prefix + it.name, None) for word, prefix in (("tf", "TF"), ("flax", "Flax"))}
    it.problems += [f"{word} has no {it.name}" for word, kind in kinds.items() if kind is None]
    plain = it.saved(it.original, "safetensors")
    sources = [it.saved(it.original, "safetensors", shards=True), it.saved(it.original, "pt", safe_serialization=False),
               it.saved(it.original, "pt", shards=True, safe_serialization=False)]
    for source in sources:
        it.goes(source, "safetensors" if source.name.startswith("own-pt") else "pt", pytorch, state)
    it.goes(plain, "pt", pytorch, state, shards=True)
    told = {"problems": it.problems}
    itself = {word: kind.from_pretrained(plain, from_pt=True) for word, kind in kinds.items() if kind is not None}
    own = {word: it.saved(model, word) for word, model in itself.items()}
    for word, model in itself.items():
        kind, wanted = kinds[word], weights_of(model)
        told[word] = {"own": it.apart(model), "outputs": it.apart(it.goes(plain, word, kind, wanted))}
        it.goes(plain, word, kind, wanted, shards=True)
        for source in sources:
            it.goes(source, word, kind, wanted)
        for other in own:
            if other != word:
                told[word]["across"] = it.apart(it.goes(own[other], word, kind, wanted))
        it.goes(own[word], "safetensors", pytorch, state)
        it.goes(own[word], "pt", pytorch, state)
        it.goes(it.saved(model, word, shards=True), "safetensors", pytorch, state)
    return told


def judge_pickles(name, folder, program):
    """PyTorch's own pickles, the zip archive and the older stream, become safetensors; ours are loaded by torch alone."""
    it = Judge(name, folder, program)
    wanted = state_of(it.original)
    for word, zipped in (("zip", True), ("legacy", False)):
        plain = it.folder / word
        it.original.config.save_pretrained(plain)
        torch.save(it.original.state_dict(), plain / "pytorch_model.bin", _use_new_zipfile_serialization=zipped)
        it.goes(plain, "safetensors", type(it.original), wanted)
        ours = convert(program, it.folder / f"{word}-to-safetensors", it.folder / f"{word}-ours", "pt")
        loaded = torch.load(ours / "pytorch_model.bin", weights_only=True)
        it.problems += [f"{word}-ours: {name} differs" for name in differing(wanted, plain_state(loaded))]
        it.original.load_state_dict(loaded, strict=True)
    return it.problems
