"""Makes the fixtures of TensorFilesTests.

Python 3.11, torch 2.13.0, numpy 2.4.6, safetensors 0.8.0:  python make-fixtures.py
Every file holds the same values at every run; the zip archives may differ in padding.
"""

import pathlib
from collections import OrderedDict

import numpy as np
import torch
from safetensors import safe_open
from safetensors.torch import load, load_file, save_file

here = pathlib.Path(__file__).parent


def ramp(count, dtype=torch.float32):
    return (torch.arange(count, dtype=torch.float64) / 8 - 1).to(dtype)


# Every type. The values are exact in all of the floating-point types.
save_file(
    {
        "f16": ramp(6, torch.float16).reshape(2, 3),
        "bf16": ramp(6, torch.bfloat16).reshape(3, 2),
        "f32": ramp(24).reshape(2, 3, 4),
        "f64": ramp(4, torch.float64),
        "i8": torch.tensor([-128, 0, 127], dtype=torch.int8),
        "i16": torch.tensor([-32768, 32767], dtype=torch.int16),
        "i32": torch.tensor([-(2**31), 2**31 - 1], dtype=torch.int32),
        "i64": torch.tensor(-(2**53) - 1, dtype=torch.int64),
        "u8": torch.tensor([0, 255], dtype=torch.uint8),
        "u16": torch.tensor([65535], dtype=torch.uint16),
        "u32": torch.tensor([2**32 - 1], dtype=torch.uint32),
        "u64": torch.tensor([2**63 - 1], dtype=torch.uint64),
        "bool": torch.tensor([True, False, True]),
        "empty": torch.zeros(0, 3),
        "name \"quoted\" \\ ü \U0001f9b4\n": torch.tensor([1.5]),
    },
    here / "types.safetensors",
    metadata={"format": "pt", "text": "a \"b\"\n\tü \U0001f9b4"},
)

# Every 37th of the 65536 halves, and what torch makes of floats that need rounding.
halves = np.arange(0, 65536, 37, dtype=np.uint16).view(np.float16)
wide = np.concatenate(
    [
        np.array([0.0, -0.0, 1e-8, 2**-25, 3 * 2**-25, 2**-24, 6.1e-5, 2**-14 - 2**-26, 65504,
                  65519.99, 1 + 2**-11, 1 + 3 * 2**-11, np.inf, -np.inf], dtype=np.float32),
        np.random.default_rng(1).normal(size=200).astype(np.float32),
        (np.random.default_rng(2).normal(size=100) * 2.0**-16).astype(np.float32),
    ]
)
save_file(
    {
        "bits": torch.from_numpy(halves.copy()),
        "floats": torch.from_numpy(halves.copy()).to(torch.float32),
        "wide": torch.from_numpy(wide),
        "wide_f16": torch.from_numpy(wide).to(torch.float16),
        "wide_bf16": torch.from_numpy(wide).to(torch.bfloat16),
        "doubles": torch.from_numpy(wide.astype(np.float64) * 1.000000011),
        "doubles_f32": torch.from_numpy(wide.astype(np.float64) * 1.000000011).to(torch.float32),
    },
    here / "rounding.safetensors",
)

# A state dict as modules give it.
torch.manual_seed(1)
module = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
with torch.no_grad():
    for index, value in enumerate(module.state_dict().values()):
        value.copy_(torch.arange(value.numel()).reshape(value.shape) + 10 * index)
torch.save(module.state_dict(), here / "state.pth")

# A checkpoint: nested, with all that a state dict may hold beside tensors.
shared = ramp(12).reshape(3, 4)
torch.save(
    {
        "state_dict": OrderedDict(
            parameter=torch.nn.Parameter(ramp(3)),
            transposed=shared.t(),
            slice=shared[1:, 1:3],
            whole=shared,
            stepped=ramp(10)[1::3],
            half=ramp(4, torch.float16),
            bfloat=ramp(4, torch.bfloat16),
            double=ramp(4, torch.float64),
            count=torch.tensor(7),
            bytes=torch.tensor([1, 255], dtype=torch.uint8),
            chars=torch.tensor([-1, 127], dtype=torch.int8),
            shorts=torch.tensor([-2, 32767], dtype=torch.int16),
            ints=torch.tensor([-3, 2**31 - 1], dtype=torch.int32),
            truths=torch.tensor([True, False]),
            empty=torch.zeros(0, 2),
        ),
        "epoch": 12,
        "large": 2**40,
        "negative": -5,
        "rate": 1e-4,
        "name": "ü",
        "done": False,
        "nothing": None,
        "list": [torch.ones(1), 3, (torch.zeros(1), "x")],
        7: {"step": torch.tensor(2.0)},
    },
    here / "checkpoint.pth",
)

torch.save({"t": ramp(3)}, here / "legacy.pth", _use_new_zipfile_serialization=False)


# A pickle that calls a function: what loading it in Python would do is harmless (`echo`).
class Evil:
    def __reduce__(self):
        import os

        return os.system, ("echo executed",)


torch.save({"weight": ramp(2), "evil": Evil()}, here / "evil.pth")

np.save(here / "f4.npy", ramp(6).reshape(2, 3).numpy())
np.save(here / "f8.npy", ramp(5, torch.float64).numpy())
np.save(here / "i8.npy", np.array(-3, dtype=np.int64))
np.save(here / "fortran.npy", np.asfortranarray(ramp(6).reshape(2, 3).numpy()))
np.save(here / "big.npy", ramp(3).numpy().astype(">f4"))

# What `SafetensorsTests` wrote is read by Python with every value in its place.
written = here / "written.safetensors"
with safe_open(written, framework="pt") as file:
    assert file.metadata() == {"version": "1", "a\t\"ü\"": "\\ \U0001f9b4", "Z": ""}
    tensors = {name: file.get_tensor(name) for name in file.keys()}
expected = {
    "odd": torch.tensor([1, -0.5, 65504], dtype=torch.float16),
    "matrix": torch.tensor([[1, 2], [3, -torch.inf]]),
    "count": torch.tensor(-7),
    "ü \"name\"\n": torch.tensor([True]),
    "empty": torch.zeros(0, 4),
    "double": torch.tensor([0.25], dtype=torch.float64),
    "brain": torch.tensor([-2], dtype=torch.bfloat16),
}
assert tensors.keys() == expected.keys()
for other in (tensors, load_file(written), load(written.read_bytes())):
    for name, tensor in expected.items():
        assert other[name].dtype == tensor.dtype and torch.equal(other[name], tensor), name
print("written.safetensors is what Python expects")
