#!/usr/bin/env python3
"""The work of `calvaria batch` case by case in Python, as one would write it with the fastest peers.

    peer.py DATASET OUT [--jobs 2] [--limit N] [--gamma 3] [--surface vtk]

DATASET is laid out as SkullBreak (`defective_skull/<kind>/NNN.nrrd`, `implant/…`). A pool of --jobs
processes, each with one thread, takes the cases; each case goes through

    read      SimpleITK                         bone      numpy; of a CT the largest piece by cc3d
    encode    the frame of `Frame.of` in numpy, SimpleITK's nearest sampling, a closing by two `edt`,
              MONAI's VarAutoEncoder in PyTorch on the shipped weights, z + gamma * DEV
    decode    PyTorch, and linear interpolation onto the scan's grid
    subtract  numpy                             clean     the steps of `Mask.cleaned` by `edt` and cc3d,
                                                          within the box of what is rough
    mesh      vtkFlyingEdges3D, vtkWindowedSincPolyDataFilter
    write     SimpleITK (gzip NRRD), vtkSTLWriter (binary)
    score     DSC, border DSC, HD95 by `edt` within the box of both masks

Writes OUT/implant/…, OUT/mesh/…, OUT/scores.csv as `calvaria batch` does, and prints one line of JSON:
cases, seconds of the whole, seconds a case of every step.
"""

import argparse
import json
import os
import struct
import sys
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("MKL_NUM_THREADS", "1")
root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
weights_file = os.path.join(root, "sample-data", "model.safetensors")

# pipelines/implant.yaml
THRESHOLD, OPENING, MIN_DISTANCE, MIN_VOLUME, MIN_FRACTION, REGROWTH, SMOOTHING = 226, 1.5, 5.0, 250.0, 0.25, 3.0, 20
CLOSING = 4.5


class Steps:
    """Seconds by step."""

    def __init__(self):
        self.seconds = {}
        self.at = time.perf_counter()

    def done(self, name):
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0) + now - self.at
        self.at = now


# --- the network ---------------------------------------------------------------------------------


def tensors(path):
    """A safetensors file: its tensors and its metadata."""
    import numpy
    with open(path, "rb") as file:
        size = struct.unpack("<Q", file.read(8))[0]
        header = json.loads(file.read(size))
        data = file.read()
    kinds = {"F32": numpy.float32, "I64": numpy.int64}
    metadata = header.pop("__metadata__")
    return {name: numpy.frombuffer(
        data[slice(*entry["data_offsets"])], kinds[entry["dtype"]]).reshape(entry["shape"]).copy()
        for name, entry in header.items()}, metadata


class Model:
    def __init__(self, gamma):
        import numpy
        import torch
        from monai.networks.nets import VarAutoEncoder
        torch.set_num_threads(1)
        torch.set_grad_enabled(False)
        self.torch = torch
        values, about = tensors(weights_file)
        self.shape = [int(side) for side in about["architecture.shape"].split()]
        channels = [int(n) for n in about["architecture.channels"].split()]
        self.network = VarAutoEncoder(
            spatial_dims=3, in_shape=(1, *self.shape), out_channels=2,
            latent_size=int(about["architecture.latent"]), channels=channels,
            strides=[2] * len(channels), use_sigmoid=False,
            norm=("batch", {}), act=("prelu", {}))
        self.network.load_state_dict(
            {name: torch.from_numpy(value) for name, value in values.items()}, strict=True)
        self.network = self.network.eval().to(memory_format=torch.channels_last_3d)

        def centroid(name):
            return numpy.array(about[f"class.{name}.centroid"].split(), numpy.float32)
        self.shift = torch.from_numpy(gamma * (centroid("complete") - centroid("cranial")))

    def latent(self, mask):
        """Of a mask (z, y, x) the network's mean. Its axes are x, y, z as ours are: a transposition."""
        volume = self.torch.from_numpy(mask.transpose(2, 1, 0).astype("float32").copy())[None, None]
        return self.network.encode_forward(
            volume.contiguous(memory_format=self.torch.channels_last_3d))[0]

    def decode(self, latent):
        logits = self.network.decode_forward(latent + self.shift, use_sigmoid=False)
        share = self.torch.softmax(logits, 1)[0, 1]
        return share.numpy().transpose(2, 1, 0).copy()


# --- the frame: Sources/Skulls/Framing in numpy ------------------------------------------------


def box_mm(grid, bone, above=None):
    """The box of bone in mm, voxel face to voxel face, of an axis-parallel grid (x, y, z)."""
    import numpy
    origin, spacing = grid
    part = bone
    first = 0
    if above is not None:
        first = max(0, int(numpy.ceil((above - origin[2]) / spacing[2] - 1e-9)))
        part = bone[first:]
    lower, upper = [], []
    for axis, keep in ((0, (0, 1)), (1, (0, 2)), (2, (1, 2))):
        places = numpy.flatnonzero(part.any(keep))
        if not len(places):
            return None
        start = first if axis == 2 else 0
        lower.append(origin[axis] + (places[0] + start - 0.5) * spacing[axis])
        upper.append(origin[axis] + (places[-1] + start + 0.5) * spacing[axis])
    return numpy.array(lower), numpy.array(upper)


def ellipsoid(grid, bone, middle):
    """Centre and half axes of the ellipsoid of a vault, or None."""
    import numpy
    origin, spacing = grid
    n = numpy.arange(500)
    z = 0.14 + 0.86 * (n + 0.5) / 500
    turn = 2 * numpy.pi * (n * 0.618033988749895 % 1)
    across = numpy.sqrt(1 - z * z)
    directions = numpy.stack([across * numpy.cos(turn), across * numpy.sin(turn), z], 1)
    ways = numpy.arange(160, 20, -0.75)
    points = middle + ways[None, :, None] * directions[:, None, :]
    index = numpy.floor((points - origin) / spacing + 0.5).astype(int)
    sizes = numpy.array(bone.shape[::-1])
    inside = ((index >= 0) & (index < sizes)).all(2)
    index[~inside] = 0
    hit = bone[index[..., 2], index[..., 1], index[..., 0]].astype(bool) & inside
    first = hit.argmax(1)
    seen = hit.any(1)
    points = points[numpy.arange(500), first][seen]
    if len(points) < 75:
        return None
    weights = numpy.ones(len(points))
    p = (points - middle) / 80
    rows = numpy.concatenate([p * p, p], 1)
    prior = numpy.array([-0.5, -0.5, 1.0, 0, 0, 0])
    for _ in range(8):
        matrix = (rows * weights[:, None]).T @ rows + 0.02 * weights.sum() * numpy.outer(prior, prior)
        u = numpy.linalg.solve(matrix, (rows * weights[:, None]).sum(0))
        if u[:3].min() <= 0:
            return None
        centre = -u[3:] / (2 * u[:3])
        axes = numpy.sqrt((1 + (u[:3] * centre * centre).sum()) / u[:3]) * 80
        if axes.min() <= 40 or axes.max() >= 150:
            return None
        centre = middle + 80 * centre
        q = (points - centre) / axes
        length = numpy.linalg.norm(q, axis=1)
        slope = numpy.linalg.norm(q / axes, axis=1) / numpy.maximum(length, 1e-9)
        distance = abs(length - 1) / numpy.maximum(slope, 1e-9)
        weights = 1 / (1 + distance**2 / 9)
    return centre, axes


def frame(grid, bone, shape):
    """Origin and spacing of the network's grid about a head."""
    import numpy
    origin, spacing = grid
    lower, upper = box_mm(grid, bone)
    top = upper[2]
    height = min(top - lower[2], 178)
    bottom = top - height
    vault = box_mm(grid, bone, bottom + 0.55 * height) or (lower, upper)
    middle = ((vault[0] + vault[1]) / 2)[:2]
    fit = ellipsoid(grid, bone, numpy.array([*middle, top - 0.48 * max(height, 140)]))
    if fit:
        centre, axes = fit
        middle = numpy.array([
            numpy.clip(middle[0], centre[0] - 3, centre[0] + 3),
            numpy.clip(middle[1], centre[1] - 10.5, centre[1] - 2.5)])
        top = numpy.clip(top, centre[2] + axes[2] - 2, centre[2] + axes[2] + 2)
    reach = max((vault[1][:2] - middle).max(), (middle - vault[0][:2]).max())
    lowest = bottom if bottom - max(spacing) <= origin[2] else bottom + 8
    high = top + 10
    tall = max(high - lowest, 142)
    view = numpy.clip(2 * reach + 8, 222, 260)
    step = numpy.array([view / shape[0], view / shape[1], tall / shape[2]])
    return numpy.array([
        middle[0] - (shape[0] - 1) / 2 * step[0], middle[1] - (shape[1] - 1) / 2 * step[1],
        high - tall + step[2] / 2]), step


def sampled(image, origin, step, sizes, how, kind):
    import SimpleITK as sitk
    return sitk.Resample(
        image, [int(n) for n in sizes], sitk.Transform(), how, [float(v) for v in origin],
        [float(v) for v in step], (1, 0, 0, 0, 1, 0, 0, 0, 1), 0, kind)


def framed(image, origin, step, shape):
    """The mask in the network's grid, its sponge closed on a grid of about 1.1 mm."""
    import edt
    import numpy
    import SimpleITK as sitk
    factors = [max(1, 2 * int(s / 2.4) + 1) for s in step]
    fine = step / factors
    margins = [int(numpy.ceil(CLOSING / s)) + 2 for s in fine]
    start = origin - [(m + (f - 1) / 2) * s for m, f, s in zip(margins, factors, fine)]
    sizes = [n * f + 2 * m for n, f, m in zip(shape, factors, margins)]
    bone = sitk.GetArrayFromImage(
        sampled(image, start, fine, sizes, sitk.sitkNearestNeighbor, sitk.sitkUInt8))
    spacing = tuple(fine[::-1])
    grown = edt.edtsq(bone == 0, anisotropy=spacing, parallel=1) <= CLOSING**2
    closed = edt.edtsq(grown, anisotropy=spacing, parallel=1) > CLOSING**2
    closed |= bone != 0
    cut = tuple(
        slice(m + f // 2, m + f // 2 + (n - 1) * f + 1, f)
        for n, f, m in reversed(list(zip(shape, factors, margins))))
    return closed[cut]


def restored(share, origin, step, grid, sizes):
    """At least half, linearly between the network's cells, on the scan's grid (z, y, x): as the grids
    are parallel a matrix an axis; x last, a slab at a time."""
    import numpy

    def weights(axis):
        at = (grid[0][axis] + numpy.arange(sizes[axis]) * grid[1][axis] - origin[axis]) / step[axis]
        count = share.shape[2 - axis]
        low = numpy.floor(at).astype(int)
        result = numpy.zeros((sizes[axis], count), numpy.float32)
        inside = (at >= -0.5) & (at <= count - 0.5)
        for shift in (0, 1):
            column = numpy.clip(low + shift, 0, count - 1)
            part = (at - low) if shift else 1 - (at - low)
            numpy.add.at(result, (numpy.flatnonzero(inside), column[inside]), part[inside])
        return result
    along_z = numpy.tensordot(weights(2), share, (1, 0))
    y, x = weights(1), weights(0).T.copy()
    out = numpy.empty(sizes[::-1], bool)
    for k in range(sizes[2]):
        out[k] = (y @ along_z[k]) @ x >= 0.5
    return out


# --- cleaning --------------------------------------------------------------------------------------


def box(mask, margin=(0, 0, 0)):
    """The slices of the box of what is set, with a margin; None where nothing is."""
    import numpy
    result = []
    for axis in range(3):
        keep = tuple(other for other in range(3) if other != axis)
        places = numpy.flatnonzero(mask.any(keep))
        if not len(places):
            return None
        result.append(slice(max(0, places[0] - margin[axis]), places[-1] + 1 + margin[axis]))
    return tuple(result)


def near(mask, radius, spacing):
    """Voxels within a radius of a mask."""
    import edt
    import numpy
    if not mask.any():
        return numpy.zeros_like(mask)
    return edt.edtsq(~mask, anisotropy=spacing, parallel=1) <= radius**2


def largest(mask, share=MIN_FRACTION, least=0):
    """The largest component and those of a share of it; looked for in the box of the mask."""
    import cc3d
    import numpy
    result = numpy.zeros_like(mask)
    where = box(mask)
    if where is None:
        return result
    labels, count = cc3d.connected_components(mask[where], connectivity=6, return_N=True)
    sizes = cc3d.statistics(labels, no_slice_conversion=True)["voxel_counts"]
    sizes[0] = 0
    keep = (sizes >= share * sizes.max()) & (sizes >= max(1, least))
    result[where] = keep[labels]
    return result


def cleaned(rough, bone, spacing):
    """`Mask.cleaned` on arrays (z, y, x)."""
    import cc3d
    import edt
    import numpy
    result = numpy.zeros(rough.shape, bool)
    margin = [int(numpy.ceil(MIN_DISTANCE / s)) + 1 for s in spacing]
    tight = box(rough, margin)
    if tight is None:
        return result
    blocked, part = bone[tight], rough[tight]
    core = largest(part & ~near(blocked, MIN_DISTANCE, spacing))
    core = largest(core, 0, int(numpy.ceil(MIN_VOLUME / numpy.prod(spacing))))
    if not core.any():
        return result
    # What follows happens near the core.
    reach = MIN_DISTANCE + REGROWTH + OPENING
    inner = box(core, [int(numpy.ceil(reach / s)) + 2 for s in spacing])
    blocked, part, core = blocked[inner], part[inner], core[inner]
    part = part & near(core, MIN_DISTANCE + REGROWTH, spacing)
    body = edt.edtsq(part, anisotropy=spacing, parallel=1) > OPENING**2
    body = near(body, OPENING, spacing) & part
    if not body.any():
        body = part
    body = largest(body)
    body = largest(near(body, REGROWTH, spacing) & part)
    outside = cc3d.connected_components(numpy.pad(~body, 1, constant_values=True), connectivity=6)
    body = (outside != outside[0, 0, 0])[1:-1, 1:-1, 1:-1] & ~blocked
    view = result[tight]
    view[inner] = body
    return result


# --- surface and scores -------------------------------------------------------------------------------


def surface(mask, grid):
    import numpy
    from vtkmodules.util.numpy_support import numpy_to_vtk
    from vtkmodules.vtkCommonDataModel import vtkImageData
    from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D, vtkWindowedSincPolyDataFilter
    where = box(mask, (1, 1, 1))
    if where is None:
        return
    part = numpy.pad(mask[where].view(numpy.uint8), 1)
    image = vtkImageData()
    image.SetDimensions(*part.shape[::-1])
    image.SetSpacing(*grid[1])
    image.SetOrigin(*[grid[0][axis] + (where[2 - axis].start - 1) * grid[1][axis]
                      for axis in range(3)])
    image.GetPointData().SetScalars(numpy_to_vtk(part.ravel(), deep=False))
    edges = vtkFlyingEdges3D()
    edges.SetInputData(image)
    edges.SetValue(0, 0.5)
    edges.ComputeNormalsOff()
    smooth = vtkWindowedSincPolyDataFilter()
    smooth.SetInputConnection(edges.GetOutputPort())
    smooth.SetNumberOfIterations(SMOOTHING)
    smooth.SetPassBand(0.1)
    smooth.NormalizeCoordinatesOn()
    smooth.BoundarySmoothingOff()
    smooth.Update()
    return smooth.GetOutput()


def write_surface(mesh, path):
    from vtkmodules.vtkIOGeometry import vtkSTLWriter
    writer = vtkSTLWriter()
    writer.SetFileTypeToBinary()
    writer.SetInputData(mesh)
    writer.SetFileName(path)
    writer.Write()


def border(mask):
    """A mask less its erosion by the cross of six; outside is background."""
    import numpy
    inner = numpy.pad(mask, 1)
    eroded = mask.copy()
    for axis in range(3):
        for shift in (0, 2):
            cut = [slice(1, -1)] * 3
            cut[axis] = slice(shift, shift + mask.shape[axis])
            eroded &= inner[tuple(cut)]
    return mask & ~eroded


def scores(prediction, truth, skull, spacing):
    import edt
    import numpy
    either = box(prediction | truth, (1, 1, 1))
    if either is None or not prediction.any() or not truth.any():
        return None
    a, b = prediction[either], truth[either]
    dsc = 2 * (a & b).sum() / (a.sum() + b.sum())
    margin = [int(numpy.ceil(10 / s)) + 1 for s in spacing]
    wide = tuple(slice(max(0, s.start - m), s.stop + m) for s, m in zip(either, margin))
    close = near(skull[wide], 10, spacing)
    x, y = prediction[wide] & close, truth[wide] & close
    total = x.sum() + y.sum()
    bdsc = 2 * (x & y).sum() / total if total else None
    edge_a, edge_b = border(a), border(b)
    to_b = edt.edt(~edge_b, anisotropy=spacing, parallel=1)[edge_a]
    to_a = edt.edt(~edge_a, anisotropy=spacing, parallel=1)[edge_b]
    distances = numpy.concatenate([to_a, to_b])
    return dsc, bdsc, numpy.percentile(distances, 95), distances.max()


# --- a case ------------------------------------------------------------------------------------------

model = None


def start(gamma):
    global model
    import SimpleITK as sitk
    from vtkmodules.vtkCommonCore import vtkSMPTools
    sitk.ProcessObject.SetGlobalDefaultNumberOfThreads(1)
    vtkSMPTools.Initialize(1)
    model = Model(gamma)


def case(work):
    import numpy
    import SimpleITK as sitk
    path, name, kind, truth_path, out = work
    steps = Steps()
    image = sitk.ReadImage(path)
    voxels = sitk.GetArrayViewFromImage(image)
    grid = numpy.array(image.GetOrigin()), numpy.array(image.GetSpacing())
    assert numpy.allclose(image.GetDirection(), numpy.eye(3).ravel()), "an axis-parallel LPS grid"
    spacing = tuple(float(s) for s in grid[1][::-1])
    steps.done("read")
    if voxels.max() <= 1 and voxels.min() >= 0:
        bone = skull = voxels.astype(bool) if voxels.dtype != numpy.uint8 else voxels.view(bool)
        source = image
    else:
        import cc3d
        bone = voxels >= THRESHOLD
        skull = cc3d.largest_k(bone, k=1, connectivity=26) > 0
        source = sitk.GetImageFromArray(skull.view(numpy.uint8))
        source.CopyInformation(image)
    steps.done("bone")
    origin, step = frame(grid, skull, model.shape)
    latent = model.latent(framed(source, origin, step, model.shape))
    steps.done("encode")
    completed = restored(model.decode(latent), origin, step, grid, image.GetSize())
    steps.done("decode")
    numpy.greater(completed, bone, out=completed)
    steps.done("subtract")
    implant = cleaned(completed, bone, spacing)
    steps.done("clean")
    mesh = surface(implant, grid)
    steps.done("mesh")
    target = os.path.join(out, "implant", name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    result = sitk.GetImageFromArray(implant.view(numpy.uint8))
    result.CopyInformation(image)
    sitk.WriteImage(result, target, True)
    stem = os.path.splitext(name)[0]
    if mesh is not None:
        target = os.path.join(out, "mesh", stem + ".stl")
        os.makedirs(os.path.dirname(target), exist_ok=True)
        write_surface(mesh, target)
    steps.done("write")
    found = None
    if truth_path:
        truth = sitk.GetArrayFromImage(sitk.ReadImage(truth_path)).astype(bool)
        found = scores(implant, truth, bone, spacing)
    steps.done("score")
    return stem, kind, found, steps.seconds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset")
    parser.add_argument("out")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--limit", type=int)
    parser.add_argument("--gamma", type=float, default=3.0)
    options = parser.parse_args()
    import concurrent.futures
    import glob
    import multiprocessing
    skulls = os.path.join(options.dataset, "defective_skull")
    work = []
    for path in sorted(glob.glob(os.path.join(skulls, "*", "*.nrrd")))[:options.limit]:
        name = os.path.relpath(path, skulls)
        truth = os.path.join(options.dataset, "implant", name)
        work.append((path, name, os.path.dirname(name),
                     truth if os.path.exists(truth) else None, options.out))
    begin = time.perf_counter()
    sums, rows = {}, []
    # An executor, not a Pool: that one starts a worker that cannot load its model again for ever.
    with concurrent.futures.ProcessPoolExecutor(
            options.jobs, multiprocessing.get_context("spawn"), start, (options.gamma,)) as pool:
        for future in concurrent.futures.as_completed([pool.submit(case, item) for item in work]):
            stem, kind, found, seconds = future.result()
            rows.append((stem, kind, found))
            for name, value in seconds.items():
                sums[name] = sums.get(name, 0) + value
    os.makedirs(options.out, exist_ok=True)
    with open(os.path.join(options.out, "scores.csv"), "w") as table:
        table.write("case,kind,dsc,bdsc,hd95,hd,status\n")
        for stem, kind, found in sorted(rows):
            values = ["" if value is None else repr(float(value)) for value in found or [None] * 4]
            table.write(",".join([stem, kind, *values, "ok" if found else "empty"]) + "\n")
    print(json.dumps({
        "cases": len(rows), "seconds": time.perf_counter() - begin,
        "steps": {name: round(value / len(rows), 4) for name, value in sums.items()}}))


if __name__ == "__main__":
    sys.exit(main())
