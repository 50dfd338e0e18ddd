# SPDX-License-Identifier: Apache-2.0
"""Small language models with random weights as transformers makes and saves them. Runs in the environment transformers."""

import shutil
from pathlib import Path

import torch
import transformers

SIZES = {"vocab_size": 320, "hidden_size": 64, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
         "intermediate_size": 96, "max_position_embeddings": 64, "initializer_range": 0.3, "bos_token_id": 1, "eos_token_id": 2}
# Positions beyond 16 tokens, so that a short prompt already meets stretched frequencies.
STRETCHED = {"rope_type": "llama3", "rope_theta": 10000.0, "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
             "original_max_position_embeddings": 16}
CONFIGS = {
    "llama": lambda: transformers.LlamaConfig(**SIZES, attention_bias=True, mlp_bias=True),
    "llama 3.1": lambda: transformers.LlamaConfig(**SIZES, rope_parameters=STRETCHED, tie_word_embeddings=True),
    "llama linear": lambda: transformers.LlamaConfig(
        **SIZES, rope_parameters={"rope_type": "linear", "rope_theta": 5000.0, "factor": 4.0}),
    "mistral": lambda: transformers.MistralConfig(**SIZES, head_dim=32),
    "qwen2": lambda: transformers.Qwen2Config(**SIZES, tie_word_embeddings=True),
    "qwen3": lambda: transformers.Qwen3Config(**SIZES, head_dim=32),
    "gpt2": lambda: transformers.GPT2Config(vocab_size=320, n_embd=64, n_layer=2, n_head=4, n_positions=64, initializer_range=0.3,
                                            bos_token_id=1, eos_token_id=2),
}


def make(name, folder, pieces, prompt):
    torch.manual_seed(7)
    model = transformers.AutoModelForCausalLM.from_config(CONFIGS[name](), dtype=torch.float32).eval()
    for parameter in model.parameters():  # biases and norms too, which begin as zeros and ones
        if parameter.dim() == 1:
            parameter.data += torch.randn_like(parameter) * 0.1
    model.save_pretrained(folder)
    shutil.copy(pieces, Path(folder) / "tokenizer.model")
    return _chances(model, prompt)


def chances(folder, prompt):
    """The logarithm of each token's chance to come next."""
    return _chances(transformers.AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval(), prompt)


def _chances(model, prompt):
    with torch.no_grad():
        return torch.log_softmax(model(torch.tensor([prompt])).logits[0, -1].double(), -1).tolist()
