"""Makes the networks of BetaVAETests that PyTorch saved; README.md beside it says what they are.

Python 3.11, torch 2.13.0 (CPU), monai 1.6.1, numpy 2.4.6, safetensors 0.8.0:
    python make-fixtures.py
Weights are float32; results are computed from them in float64 and rounded to float32 at the end.
"""

import pathlib

import torch
import torch.nn.functional as F
from monai.networks.blocks import Convolution
from monai.networks.nets import VarAutoEncoder
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
SHAPE, LATENT, BATCH = (16, 16, 8), 4, 2


def normal(shape, g, scale=1.0, shift=0.0):
    """Float32 numbers, held as float64."""
    return (torch.randn(shape, generator=g) * scale + shift).float().double()


def randomise(module, g):
    """Weights of a size that keeps signals alive, and running statistics that are not 0 and 1."""
    with torch.no_grad():
        for name, value in module.state_dict().items():
            if name.endswith("num_batches_tracked"):
                value.fill_(7)
            elif name.endswith("running_var"):
                value.copy_((torch.rand(value.shape, generator=g) * 0.4 + 0.6).float().double())
            elif name.endswith("A.weight"):
                value.copy_((torch.rand(value.shape, generator=g) * 0.3 + 0.1).float().double())
            elif name.endswith("N.weight"):
                value.copy_(normal(value.shape, g, 0.2, 1.0))
            elif value.dim() == 1:
                value.copy_(normal(value.shape, g, 0.2))
            else:
                # Transposed convolutions reach an output through about an eighth of their taps.
                fan = value[0].numel() if value.dim() == 2 else value[0].numel() / 4
                value.copy_(normal(value.shape, g, fan**-0.5))
    return module.eval()


class PublishedDecoder(torch.nn.Module):
    """The decoupled decoder: every block whole, the last one too, and a ReLU behind it."""

    def __init__(self, channels, strides, final, act, norm, latent=LATENT):
        super().__init__()
        self.first = (channels[-1], *final)
        features = channels[-1] * final[0] * final[1] * final[2]
        self.decodeL = torch.nn.Linear(latent, features)
        outputs = list(channels[-2::-1]) + [2]
        inputs = [channels[-1]] + outputs[:-1]
        self.levels = len(outputs)
        for i, (a, b, s) in enumerate(zip(inputs, outputs, strides[::-1])):
            block = Convolution(
                3, a, b, strides=s, kernel_size=3, act=act, norm=norm, is_transposed=True)
            setattr(self, f"conv{i + 1}", block)

    def forward(self, z):
        x = F.relu(self.decodeL(z)).view(z.shape[0], *self.first)
        for i in range(self.levels):
            x = getattr(self, f"conv{i + 1}")(x)
        return F.relu(x)


def foreground(logits):
    return torch.softmax(logits, dim=1)[:, 1]


def case(name, seed, channels, strides, act, norm, shape=SHAPE, latent=LATENT, file="safetensors"):
    g = torch.Generator().manual_seed(seed)
    vae = randomise(
        VarAutoEncoder(
            3, (1, *shape), 2, latent, channels, strides, act=act, norm=norm,
            use_sigmoid=False).double(), g)
    final = [int(n) for n in vae.final_size]
    decoder = randomise(PublishedDecoder(channels, strides, final, act, norm, latent).double(), g)

    field = torch.randn((BATCH, 1, *shape), generator=g).double()
    field = F.avg_pool3d(F.avg_pool3d(field, 3, 1, 1), 3, 1, 1)
    mask = (field > 0.08).double()
    assert 0.1 < mask.mean() < 0.5, mask.mean()
    with torch.no_grad():
        mu, logvar = vae.encode_forward(mask)
        z = mu + torch.exp(0.5 * logvar)
        own = vae.decode_forward(z, use_sigmoid=False)
        other = decoder(z)
    for logits in (own, F.relu(own), other):
        spread = foreground(logits).std()
        assert spread > 0.02, (name, spread)
    out = {
        "mask": mask, "mu": mu, "logvar": logvar, "z": z, "plain": foreground(own),
        "published": foreground(F.relu(own)), "decoupled": foreground(other),
    }
    out = {k: v.to(torch.uint8 if k == "mask" else torch.float32) for k, v in out.items()}
    save_file(
        {k: v.contiguous().clone() for k, v in out.items()}, here / f"{name}-results.safetensors")
    for part, module in (("vae", vae), ("decoder", decoder)):
        state = {
            k: (v if v.dtype == torch.int64 else v.float()).contiguous().clone()
            for k, v in module.state_dict().items()
        }
        if file == "pth":
            torch.save(state if part == "decoder" else {"epoch": 3, "state_dict": state},
                       here / f"{name}-{part}.pth")
        else:
            save_file(state, here / f"{name}-{part}.safetensors", metadata={"format": "pt"})
    print(name, {k: round(float(v.float().std()), 3) for k, v in out.items()})


case("batch-prelu", 1, (4, 6, 8), (2, 2, 2), "PRELU", "BATCH", file="pth")
case("batch-relu", 2, (4, 8), (2, 2), "RELU", "BATCH")
case("instance-prelu", 3, (4, 8), (2, 2), "PRELU", "INSTANCE")
case("instance-relu", 4, (4, 8), (2, 2), "RELU", "INSTANCE")
case("instance-leakyrelu", 5, (4, 8), (2, 2), ("LEAKYRELU", {"negative_slope": 0.2}), "INSTANCE")
case("none-leakyrelu", 6, (4, 8), (2, 2), ("LEAKYRELU", {}), None)
# An input and strides that the tensors do not show, the first stride being 1.
case("strides", 7, (4, 6), (1, 2), "PRELU", "BATCH", shape=(8, 12, 4), latent=3)
