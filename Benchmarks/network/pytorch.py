"""The same network in PyTorch: pytorch.py train|infer SHAPE CHANNELS MINIBATCH THREADS STEPS FORMAT

FORMAT is contiguous or channels_last. Prints one line of JSON as network-bench does.
Versions used for the figures: torch 2.13.0+cpu, monai 1.6.1.
"""

import json
import sys
import time

import torch
from monai.losses import DiceLoss
from monai.networks.nets import VarAutoEncoder

what, shape, channels, batch, threads, steps, layout = sys.argv[1:8]
torch.set_num_threads(int(threads))
torch.manual_seed(0)
shape = [int(side) for side in shape.split("x")]
channels = [int(channel) for channel in channels.split(",")]
form = torch.channels_last_3d if layout == "channels_last" else torch.contiguous_format


def memory(field):
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith(field))


before = memory("VmRSS")
network = VarAutoEncoder(
    spatial_dims=3, in_shape=(1, *shape), out_channels=2, latent_size=32, channels=channels,
    strides=[2] * len(channels), use_sigmoid=False).to(memory_format=form)
masks = (torch.rand(int(batch), 1, *shape) < 0.05).float().to(memory_format=form)
dice = DiceLoss(softmax=True, to_onehot_y=True, reduction="sum")
optimizer = torch.optim.Adam(network.parameters(), 1e-4)


def train():
    optimizer.zero_grad()
    output, mu, logvar, _ = network(masks)
    divergence = -0.5 * torch.sum(1 + logvar - mu**2 - logvar.exp())
    (80 * dice(output, masks) + 1e-4 * divergence).backward()
    optimizer.step()


@torch.no_grad()
def infer():
    mu, _ = network.encode_forward(masks)[:2]
    torch.softmax(network.decode_forward(mu, use_sigmoid=False), 1)


if what == "infer":
    network.eval()
step = train if what == "train" else infer
walls, processors = [], []
for _ in range(int(steps)):
    wall, processor = time.perf_counter(), time.process_time()
    step()
    walls.append(round((time.perf_counter() - wall) * 1e3, 2))
    processors.append(round((time.process_time() - processor) * 1e3, 2))
print(json.dumps({
    "engine": f"torch {torch.__version__} {layout}", "wall": walls, "processor": processors,
    "before": before, "peak": memory("VmHWM")}))
