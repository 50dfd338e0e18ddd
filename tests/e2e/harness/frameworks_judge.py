# SPDX-License-Identifier: Apache-2.0
"""Runs inside the environment with PyTorch, TensorFlow and Flax: small models with random weights go through `mirfa convert`
and the frameworks say what became of them.

    judge("BertForMaskedLM", folder, program) -> {"tf": {...}, "flax": {...}} with, for each framework that has the model:
        weights   names of tensors that differ from what the framework itself makes of the PyTorch files
        outputs   the largest difference between PyTorch's outputs and the framework's, on equal inputs
        own       the same for what the framework itself makes of the PyTorch files: some compute with other formulas
        back      names of tensors that are not octet for octet PyTorch's after our conversion of the framework's own file
"""

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


def convert(program, source, target_folder, to):
    done = subprocess.run([program, "convert", source, target_folder, "--to", to], capture_output=True, text=True)
    assert done.returncode == 0, f"mirfa convert {source} --to {to}: {done.stderr}"


def weights_of(model) -> dict[str, np.ndarray]:
    """By names without the scope that differs from one instance to the next."""
    if type(model).__name__.startswith("TF"):
        return {weight.name.split("/", 1)[-1]: weight.numpy() for weight in model.weights}
    from flax.traverse_util import flatten_dict
    from flax.core import unfreeze
    return {"/".join(path): np.asarray(value) for path, value in flatten_dict(unfreeze(model.params)).items()}


def differing(wanted, found) -> list[str]:
    other = set(wanted) ^ set(found)
    for name in set(wanted) & set(found):
        if wanted[name].shape != found[name].shape or not np.array_equal(wanted[name], found[name]):
            other.add(name)
    return sorted(other)


def furthest(wanted, found) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(wanted, found, strict=True))


def state_of(model) -> dict[str, np.ndarray]:
    return {name: value.numpy() for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}


def judge(name, folder, program):
    folder = Path(folder)
    original = pytorch_model(name)
    plain = folder / "pytorch"
    original.save_pretrained(plain)
    inputs = inputs_of(original)
    wanted = outputs_of(original, inputs)
    told = {}
    for word, prefix in (("tf", "TF"), ("flax", "Flax")):
        kind = getattr(hf, prefix + name.split()[0], None)
        if kind is None:
            continue
        ours = folder / word
        convert(program, plain, ours, word)
        loaded, itself = kind.from_pretrained(ours), kind.from_pretrained(plain, from_pt=True)
        found, own_found = outputs_of(loaded, inputs), outputs_of(itself, inputs)
        own = folder / f"{word}-own"
        itself.save_pretrained(own)
        convert(program, own, folder / f"{word}-back", "safetensors")
        back = getattr(hf, name.split()[0]).from_pretrained(folder / f"{word}-back")
        told[word] = {
            "weights": differing(weights_of(itself), weights_of(loaded)),
            "outputs": furthest(wanted, found),
            "own": furthest(wanted, own_found),
            "back": differing(state_of(original), state_of(back)),
        }
    return told


def judge_pickles(name, folder, program):
    """PyTorch's own pickles, the zip archive and the older stream, become safetensors; ours are loaded by torch alone."""
    folder = Path(folder)
    original = pytorch_model(name)
    told = {}
    for word, zipped in (("zip", True), ("legacy", False)):
        plain = folder / word
        original.config.save_pretrained(plain)
        torch.save(original.state_dict(), plain / "pytorch_model.bin", _use_new_zipfile_serialization=zipped)
        convert(program, plain, folder / f"{word}-safe", "safetensors")
        back = getattr(hf, name.split()[0]).from_pretrained(folder / f"{word}-safe")
        told[word] = differing(state_of(original), state_of(back))
    convert(program, folder / "zip-safe", folder / "pickle", "pt")
    loaded = torch.load(folder / "pickle/pytorch_model.bin", weights_only=True)
    told["ours"] = differing({key: value for key, value in state_of(original).items() if key in loaded},
                             {key: value.numpy() for key, value in loaded.items()})
    sharded = folder / "sharded"
    original.save_pretrained(sharded, max_shard_size="8KB")
    assert (sharded / "model.safetensors.index.json").exists()
    convert(program, sharded, folder / "whole", "pt")
    original.__class__.from_pretrained(folder / "whole")
    told["shards"] = differing(state_of(original), state_of(original.__class__.from_pretrained(folder / "whole")))
    return told
