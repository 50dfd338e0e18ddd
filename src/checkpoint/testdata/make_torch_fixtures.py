# SPDX-License-Identifier: Apache-2.0
"""Writes the small checkpoints beside this file with real torch; `torch_expected.json` says what is in them.

    python3 make_torch_fixtures.py old   # with torch 1.13 (Debian's python3-torch): zip, legacy stream, optimiser, module
    python3 make_torch_fixtures.py new   # with torch 2.x: what older ones cannot write
"""

import collections
import io
import json
import sys
from pathlib import Path

import numpy
import torch

HERE = Path(__file__).parent
EXPECTED = HERE / "torch_expected.json"


def octets(tensor):
    """Row-major and little-endian, in hex."""
    plain = tensor.detach().contiguous()
    if plain.dim() == 0:
        plain = plain.reshape(1)
    if plain.numel() == 0:
        return ""
    return bytes(plain.view(torch.uint8).numpy().tobytes()).hex()


def every_type():
    base = torch.arange(6, dtype=torch.float32).reshape(2, 3)
    state = collections.OrderedDict()
    state["w"] = base
    state["transposed"] = base.t()
    state["column"] = base[:, 1]
    state["tail"] = base.reshape(-1)[4:]
    state["expanded"] = torch.tensor([7.0]).expand(3)
    state["permuted"] = torch.arange(24, dtype=torch.int16).reshape(2, 3, 4).permute(2, 0, 1)
    state["bf16"] = torch.tensor([1.0, -2.5], dtype=torch.bfloat16)
    state["f16"] = torch.tensor([0.5, 65504.0], dtype=torch.float16)
    state["f64"] = torch.tensor([0.1], dtype=torch.float64)
    state["bool"] = torch.tensor([True, False, True])
    state["i64"] = torch.tensor([1, -2])
    state["i32"] = torch.tensor([3], dtype=torch.int32)
    state["i8"] = torch.tensor([-4], dtype=torch.int8)
    state["u8"] = torch.tensor([250], dtype=torch.uint8)
    state["c64"] = torch.tensor([1 + 2j], dtype=torch.complex64)
    state["scalar"] = torch.tensor(3.5)
    state["empty"] = torch.zeros(0, 4)
    state["parameter"] = torch.nn.Parameter(torch.ones(2))
    state["tied"] = base
    return state


def model_state():
    """A module's own state dict, which carries _metadata."""
    model = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.BatchNorm1d(3))
    with torch.no_grad():
        for number, parameter in enumerate(model.parameters()):
            parameter.copy_(torch.arange(parameter.numel(), dtype=torch.float32).reshape(parameter.shape) + 10 * number)
    return model.state_dict()


def flat(value, prefix=""):
    if isinstance(value, torch.Tensor):
        return {prefix[:-1]: value}
    names = {}
    for name, member in value.items():
        if isinstance(member, (torch.Tensor, dict)):
            names.update(flat(member, f"{prefix}{name}."))
    return names


def describe(state):
    return {
        name: {"dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape), "octets": octets(tensor)}
        for name, tensor in flat(state).items()
    }


def big_endian(path):
    """The same archive as a big-endian machine writes it: numbers turned around, and byteorder saying so."""
    import zipfile

    state = {"a": torch.tensor([1.5, -2.0]), "c": torch.tensor([1 + 2j], dtype=torch.complex64)}
    buffer = io.BytesIO()
    torch.save(state, buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(("/data/0", "/data/1")):
                content = numpy.frombuffer(content, "<u4").astype(">u4").tobytes()
            if name.endswith("/byteorder"):
                content = b"big"
            target.writestr(zipfile.ZipInfo(name), content)
        if not any(name.endswith("/byteorder") for name in source.namelist()):
            target.writestr(zipfile.ZipInfo("archive/byteorder"), b"big")
    return describe(state)


def old():
    torch.manual_seed(0)
    expected = {}
    state = every_type()
    torch.save(state, HERE / "torch_types.pt")
    expected["torch_types.pt"] = describe(state)
    torch.save(state, HERE / "torch_types_legacy.pt", _use_new_zipfile_serialization=False)
    expected["torch_types_legacy.pt"] = describe(state)
    module = model_state()
    torch.save(module, HERE / "torch_module_state.pt")
    expected["torch_module_state.pt"] = describe(module)
    nested = {"epoch": 3, "arch": "tiny", "state_dict": {"encoder": {"w": torch.ones(2), "steps": 4}, "b": torch.zeros(1)},
              "optimizer": {"state": {0: {"exp_avg": torch.zeros(2)}}}, "best": numpy.float64(0.5)}
    torch.save(nested, HERE / "torch_training.pt")
    expected["torch_training.pt"] = describe(nested["state_dict"])
    torch.save({"a": torch.ones(2), "b": torch.arange(3)}, HERE / "torch_protocol4.pt", pickle_protocol=4)
    expected["torch_protocol4.pt"] = describe({"a": torch.ones(2), "b": torch.arange(3)})
    expected["torch_big_endian.pt"] = big_endian(HERE / "torch_big_endian.pt")
    torch.save(torch.nn.Linear(1, 1), HERE / "torch_whole_module.pt")
    torch.save(torch.optim.SGD([torch.zeros(1)], lr=0.1, momentum=0.9).state_dict(), HERE / "torch_optimizer.pt")
    torch.jit.save(torch.jit.script(torch.nn.Linear(1, 1)), HERE / "torch_script.pt")
    return expected


def new():
    state = collections.OrderedDict()
    state["f8"] = torch.tensor([1.0, -2.0]).to(torch.float8_e4m3fn)
    state["u16"] = torch.tensor([65535], dtype=torch.uint16)
    state["u64"] = torch.tensor([1 << 40], dtype=torch.uint64)
    state["w"] = torch.arange(3, dtype=torch.float32)
    torch.save(state, HERE / "torch_new_types.pt")
    return {"torch_new_types.pt": describe(state)}


if __name__ == "__main__":
    known = json.loads(EXPECTED.read_text()) if EXPECTED.exists() else {}
    known.update({"old": old, "new": new}[sys.argv[1]]())
    EXPECTED.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n")
