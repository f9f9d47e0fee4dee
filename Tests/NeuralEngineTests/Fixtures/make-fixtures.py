"""Makes the golden values of NeuralEngineTests; README.md beside it names the tensors.

Python 3.11, torch 2.13.0 (CPU), monai 1.6.1, numpy 2.4.6, safetensors 0.8.0:
    python make-fixtures.py
Inputs and parameters are float32 numbers; everything is computed from them in float64 and rounded
to float32 at the end, so that what a test measures is the error of the engine alone. Scalars of
losses stay float64.
"""

import pathlib

import torch
import torch.nn.functional as F
from monai.losses import DiceLoss
from monai.networks.nets import VarAutoEncoder
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent
VERSIONS = {"torch": torch.__version__.split("+")[0], "monai": "1.6.1", "safetensors": "0.8.0"}


def save(name, tensors):
    tensors = {
        key: value.detach().contiguous().clone().to(
            value.dtype if value.dim() == 0 or value.dtype == torch.int64 else torch.float32)
        for key, value in tensors.items()
    }
    assert all(t.isfinite().all() for t in tensors.values())
    save_file(tensors, here / name, metadata=VERSIONS)


def generator(seed):
    return torch.Generator().manual_seed(seed)


def normal(shape, g, scale=1.0, shift=0.0):
    """Float32 numbers, held as float64."""
    return (torch.randn(shape, generator=g) * scale + shift).float().double()


def module_case(case, module, x, g, out):
    """Forward and backward of a module: input, parameters, output, and all gradients."""
    module = module.double()
    x = x.clone().requires_grad_(True)
    y = module(x)
    dy = normal(y.shape, g)
    y.backward(dy)
    out[f"{case}.input"] = x
    out[f"{case}.output"] = y
    out[f"{case}.grad_output"] = dy
    out[f"{case}.grad_input"] = x.grad
    for name, parameter in module.named_parameters():
        out[f"{case}.{name}"] = parameter
        out[f"{case}.grad_{name}"] = parameter.grad


def randomise(module, g):
    with torch.no_grad():
        for name, parameter in module.named_parameters():
            fan = parameter[0].numel() if parameter.dim() > 1 else 1
            shift = 1.0 if name == "weight" and parameter.dim() == 1 else 0.0
            scale = 0.3 if parameter.dim() == 1 else fan**-0.5
            parameter.copy_(normal(parameter.shape, g, scale, shift))
    return module


# --- Convolutions -------------------------------------------------------------------------------
out = {}
for seed, (case, cin, cout, stride, size) in enumerate([
    ("conv_1_16_s2", 1, 16, 2, (8, 6, 4)),
    ("conv_16_32_s2", 16, 32, 2, (6, 4, 4)),
    ("conv_5_7_s2", 5, 7, 2, (7, 5, 3)),
    ("conv_8_16_s1", 8, 16, 1, (5, 4, 3)),
]):
    g = generator(100 + seed)
    module = torch.nn.Conv3d(cin, cout, 3, stride=stride, padding=1).double()
    module_case(case, randomise(module, g), normal((2, cin, *size), g), g, out)
for seed, (case, cin, cout, size) in enumerate([
    ("transposed_16_16", 16, 16, (3, 2, 2)),
    ("transposed_32_8", 32, 8, (2, 2, 1)),
    ("transposed_16_2", 16, 2, (4, 3, 2)),
]):
    g = generator(200 + seed)
    module = torch.nn.ConvTranspose3d(cin, cout, 3, stride=2, padding=1, output_padding=1).double()
    module_case(case, randomise(module, g), normal((2, cin, *size), g), g, out)
save("convolutions.safetensors", out)

# --- Normalisations -----------------------------------------------------------------------------
out = {}
for case, training in [("batchnorm_train", True), ("batchnorm_eval", False)]:
    g = generator(300)
    module = randomise(torch.nn.BatchNorm3d(5).double(), g)
    with torch.no_grad():
        module.running_mean.copy_(normal((5,), g, 0.5))
        module.running_var.copy_((torch.rand(5, generator=g) + 0.5).double())
    out[f"{case}.running_mean"] = module.running_mean.clone()
    out[f"{case}.running_var"] = module.running_var.clone()
    module.train(training)
    module_case(case, module, normal((3, 5, 4, 3, 2), g, 2.0, 0.7), g, out)
    if training:
        out[f"{case}.running_mean_after"] = module.running_mean
        out[f"{case}.running_var_after"] = module.running_var
for case, affine in [("instancenorm", False), ("instancenorm_affine", True)]:
    g = generator(310)
    module = randomise(torch.nn.InstanceNorm3d(5, affine=affine).double(), g)
    module_case(case, module, normal((3, 5, 4, 3, 2), g, 2.0, 0.7), g, out)
save("normalizations.safetensors", out)

# --- Activations and the linear layer -----------------------------------------------------------
out = {}
prelu = torch.nn.PReLU(init=0.3125)
for seed, (case, module) in enumerate([
    ("prelu", prelu), ("relu", torch.nn.ReLU()), ("leakyrelu", torch.nn.LeakyReLU(0.01)),
]):
    g = generator(400 + seed)
    module_case(case, module, normal((2, 3, 4, 3, 2), g), g, out)
g = generator(410)
module_case("linear", randomise(torch.nn.Linear(10, 7).double(), g), normal((3, 10), g), g, out)
save("activations.safetensors", out)

# --- Losses and the sampling --------------------------------------------------------------------
dice = DiceLoss(softmax=True, to_onehot_y=True, include_background=True, reduction="sum")


def dice_loss(logits, target):
    return 80 * dice(logits, target)


def kl_divergence(mu, logvar):
    return -0.5 * torch.sum(1 + logvar - mu.pow(2) - logvar.exp())


out = {}
g = generator(500)
logits = normal((3, 2, 4, 3, 2), g, 2.0).requires_grad_(True)
target = (torch.rand((3, 1, 4, 3, 2), generator=g) < 0.3).double()
target[2] = 0  # one sample without any bone
loss = dice_loss(logits, target)
loss.backward()
out |= {"dice.logits": logits, "dice.target": target, "dice.loss": loss,
        "dice.grad_logits": logits.grad}

mu = normal((3, 8), g).requires_grad_(True)
logvar = normal((3, 8), g, 0.7).requires_grad_(True)
loss = kl_divergence(mu, logvar)
loss.backward()
out |= {"kld.mu": mu, "kld.logvar": logvar, "kld.loss": loss, "kld.grad_mu": mu.grad,
        "kld.grad_logvar": logvar.grad}

mu = mu.detach().clone().requires_grad_(True)
logvar = logvar.detach().clone().requires_grad_(True)
noise = normal((3, 8), g)
z = mu + noise * torch.exp(0.5 * logvar)
dz = normal((3, 8), g)
z.backward(dz)
out |= {"sample.mu": mu, "sample.logvar": logvar, "sample.noise": noise, "sample.z": z,
        "sample.grad_z": dz, "sample.grad_mu": mu.grad, "sample.grad_logvar": logvar.grad}
save("losses.safetensors", out)

# --- Optimisers ---------------------------------------------------------------------------------
out = {}
g = generator(600)
start = normal((37,), g)
# Gradients over six orders of magnitude, some of them zero.
gradients = normal((5, 37), g) * (10.0 ** torch.arange(-5, 1)).double()[torch.arange(37) % 6]
gradients = gradients.float().double()
gradients[:, 36] = 0
out |= {"start": start, "gradients": gradients}
for case, make in [
    ("adam", lambda p: torch.optim.Adam(p, lr=1e-3)),
    ("adam_l2", lambda p: torch.optim.Adam(p, lr=1e-3, weight_decay=0.01)),
    ("adamw", lambda p: torch.optim.AdamW(p, lr=1e-3, weight_decay=0.01)),
]:
    parameter = torch.nn.Parameter(start.clone())
    optimiser = make([parameter])
    steps = []
    for gradient in gradients:
        parameter.grad = gradient.clone()
        optimiser.step()
        steps.append(parameter.detach().clone())
    out[f"{case}.steps"] = torch.stack(steps)
    out[f"{case}.exp_avg"] = optimiser.state[parameter]["exp_avg"]
    out[f"{case}.exp_avg_sq"] = optimiser.state[parameter]["exp_avg_sq"]
save("optimizers.safetensors", out)

# --- One training step of the reference network -------------------------------------------------
SHAPE, CHANNELS, LATENT, BATCH = (16, 16, 8), (8, 16, 16), 4, 2


def network(state=None):
    model = VarAutoEncoder(
        spatial_dims=3, in_shape=(1, *SHAPE), out_channels=2, latent_size=LATENT,
        channels=CHANNELS, strides=(2,) * len(CHANNELS), act="PRELU", norm="BATCH",
        use_sigmoid=False).double()
    if state is not None:
        model.load_state_dict(state)
    return model


def expected_names():
    """The table of METHOD.md, for this number of blocks."""
    names = []
    block = [f"adn.N.{n}" for n in
             ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")]
    block.append("adn.A.weight")
    for i in range(len(CHANNELS)):
        names += [f"encode.encode_{i}.{n}" for n in ["conv.weight", "conv.bias"] + block]
    for i in range(len(CHANNELS)):
        inner = ["conv.weight", "conv.bias"] + (block if i + 1 < len(CHANNELS) else [])
        names += [f"decode.decode_{i}.conv.{n}" for n in inner]
    for linear in ("mu", "logvar", "decodeL"):
        names += [f"{linear}.weight", f"{linear}.bias"]
    return names


torch.manual_seed(700)
g = generator(700)
model = network()
assert list(model.state_dict()) == expected_names(), list(model.state_dict())
with torch.no_grad():
    for name, value in model.state_dict().items():
        if name.endswith("num_batches_tracked"):
            value.fill_(3)
        elif name.endswith("N.weight"):
            value.copy_(normal(value.shape, g, 0.2, 1.0))
        elif name.endswith(("N.bias", "running_mean")):
            value.copy_(normal(value.shape, g, 0.2))
        elif name.endswith("running_var"):
            value.copy_((torch.rand(value.shape, generator=g) * 0.3 + 0.1).double())
        elif name.endswith("A.weight"):
            value.copy_((torch.rand(value.shape, generator=g) * 0.3 + 0.1).double())
        else:
            value.copy_(value.float().double())
before = {name: value.clone() for name, value in model.state_dict().items()}

# Blobs: smooth noise above a threshold.
field = torch.randn((BATCH, 1, *SHAPE), generator=g).double()
field = F.avg_pool3d(F.avg_pool3d(field, 3, 1, 1), 3, 1, 1)
mask = (field > 0.08).double()
assert 0.1 < mask.mean() < 0.5, mask.mean()
noise = normal((BATCH, LATENT), g)

# No activation's input may lie so near 0 that rounding to float32 could change its sign.
nearest = []


def watch(module, inputs):
    nearest.append(inputs[0].detach().abs().min().item())


def step(beta):
    """The forward pass, every gradient, and the state after one step of Adam."""
    model = network(before).train()
    for module in model.modules():
        if isinstance(module, torch.nn.PReLU):
            module.register_forward_pre_hook(watch)
    mu, logvar = model.encode_forward(mask)
    z = mu + noise * torch.exp(0.5 * logvar)
    nearest.append(model.decodeL(z).detach().abs().min().item())
    logits = model.decode_forward(z, use_sigmoid=False)
    reconstruction = dice_loss(logits, mask)
    kld = kl_divergence(mu, logvar)
    total = reconstruction + beta * kld
    optimiser = torch.optim.Adam(model.parameters(), lr=1e-3)
    total.backward()
    gradients = {name: p.grad.clone() for name, p in model.named_parameters()}
    optimiser.step()
    forward = {"mu": mu, "logvar": logvar, "z": z, "logits": logits, "dice": reconstruction,
               "kld": kld}
    return forward, total, gradients, model.state_dict()


out = {"input": mask, "noise": noise}
out |= {f"before.{name}": value for name, value in before.items()}
for case, beta in [("small", 0.0001), ("large", 100.0)]:
    forward, total, gradients, after = step(beta)
    out |= {f"forward.{name}": value for name, value in forward.items()}
    out[f"{case}.total"] = total
    out |= {f"{case}.gradient.{name}": value for name, value in gradients.items()}
    # Running statistics are the same for both, and small.
    out |= {f"{case}.after.{name}": value for name, value in after.items()}
print(f"nearest to a kink: {min(nearest):.1e}")
assert min(nearest) > 1e-5

model = network(before).eval()
with torch.no_grad():
    mu, logvar = model.encode_forward(mask)
    sigma = torch.exp(0.5 * logvar)
    out |= {
        "eval.mu": mu, "eval.logvar": logvar,
        "eval.logits_mean": model.decode_forward(mu, use_sigmoid=False),
        "eval.logits_mean_plus_sigma": model.decode_forward(mu + sigma, use_sigmoid=False),
    }
    # What the library itself returns in evaluation mode: z = μ + σ, and logits.
    logits, _, _, z = model(mask)
    assert torch.equal(z, mu + sigma) and torch.equal(logits, out["eval.logits_mean_plus_sigma"])
save("network.safetensors", out)

torch.save(
    {name: v if v.dtype == torch.int64 else v.float() for name, v in before.items()},
    here / "network.pth")
