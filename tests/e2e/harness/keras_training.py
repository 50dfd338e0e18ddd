# SPDX-License-Identifier: Apache-2.0
"""Runs inside the environment with PyTorch, TensorFlow and Flax: tiny random models of transformers 4 are trained with Keras,
pushed, and loaded somewhere else. Weights are told by their SHA-256, by name, so that two of them are compared octet for octet.
"""

import hashlib
import os
import sys
import time

# A person's environment is an active one: git-lfs calls `hf` by its name alone, if it is to send a large file in parts.
os.environ["PATH"] = os.path.dirname(sys.executable) + os.pathsep + os.environ["PATH"]

from harness.frameworks_judge import outputs_of, weights_of  # noqa: E402, it says to TensorFlow how to behave

import numpy as np  # noqa: E402
import transformers as hf  # noqa: E402

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "quiet", "harbour"]
SIZES = dict(vocab_size=len(WORDS), hidden_size=16, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24,
             max_position_embeddings=16)
LIMIT_SECONDS = 120


def make_tokenizer():
    with open("vocab.txt", "w", encoding="utf-8") as file:
        file.write("\n".join(WORDS))
    return hf.BertTokenizerFast("vocab.txt")


def prints_of(model) -> dict[str, str]:
    return {name: hashlib.sha256(np.ascontiguousarray(value).tobytes()).hexdigest() for name, value in weights_of(model).items()}


def answers_of(model, tokenizer) -> list:
    words = {name: np.array([value], np.int64) for name, value in tokenizer("a quiet harbour").items()}
    return [found.tolist() for found in outputs_of(model, words)]


def told(model, tokenizer) -> dict:
    answers = answers_of(model, tokenizer)  # a model of TensorFlow has no weights before its first use
    return {"weights": prints_of(model), "answers": answers}


def trainable(tokenizer):
    """A compiled model, and six batches for it."""
    import tensorflow as tf
    from transformers.modeling_tf_utils import keras
    keras.utils.set_random_seed(1)
    words = tokenizer(["a quiet harbour", "a harbour"] * 6, padding=True, return_tensors="np")
    samples = tf.data.Dataset.from_tensor_slices((dict(words), np.arange(12) % 2)).batch(2)
    model = hf.TFBertForSequenceClassification(hf.BertConfig(**SIZES))
    # Whole checkpoints ask the optimizer for its weights in a way that only the older ones know.
    model.compile(optimizer=keras.optimizers.legacy.Adam(0.01), metrics=["accuracy"])
    return model, samples


def train_and_push(repo_id, epochs, **how):
    """With `how` for the callback. It sends beside the training and leaves out what falls into a running push, so each push
    is waited for here. What was sent: the weights at each of them, the last ones, and the pushes that failed."""
    from transformers.modeling_tf_utils import keras
    tokenizer = make_tokenizer()
    model, samples = trainable(tokenizer)
    pushing = hf.PushToHubCallback("run", tokenizer=tokenizer, hub_model_id=repo_id, **how)
    sent = []

    class Wait(keras.callbacks.Callback):
        seen = None

        def wait(self):
            if pushing.last_job is self.seen:
                return
            self.seen = pushing.last_job
            deadline = time.monotonic() + LIMIT_SECONDS
            while not self.seen.is_done:
                assert time.monotonic() < deadline, "a push that does not end"
                time.sleep(0.02)
            sent.append(told(model, tokenizer))

        def on_train_batch_end(self, batch, logs=None):
            self.wait()

        def on_epoch_end(self, epoch, logs=None):
            self.wait()

    model.fit(samples, validation_data=samples, epochs=epochs, callbacks=[pushing, Wait()], verbose=0)
    return {"sent": sent, "last": told(model, tokenizer), "failed": [job.stderr for job in pushing.repo.commands_failed],
            "id": pushing.hub_model_id}


def fit_and_push(repo_id):
    """A model that Keras trained writes its card when it is pushed by hand."""
    tokenizer = make_tokenizer()
    model, samples = trainable(tokenizer)
    model.fit(samples, epochs=1, verbose=0)
    model.push_to_hub(repo_id, commit_message="After training")
    tokenizer.push_to_hub(repo_id)
    return told(model, tokenizer)


def push(repo_id, kind, **how):
    """A new model of a class, its tokenizer beside it."""
    tokenizer = make_tokenizer()
    config = hf.BertConfig(**SIZES)
    maker = getattr(hf, kind)
    model = maker.from_config(config) if "Auto" in kind else maker(config)
    made = told(model, tokenizer)
    model.push_to_hub(repo_id, commit_message="The model", **how)
    tokenizer.push_to_hub(repo_id, commit_message="The tokenizer")
    return made


def load(repo_id, kind, revisions):
    found = []
    for revision in revisions:
        model = getattr(hf, kind).from_pretrained(repo_id, revision=revision)
        found.append(told(model, hf.AutoTokenizer.from_pretrained(repo_id, revision=revision)))
    return found
