"""Holes carved into a real skull: reading, turning, resampling, carving, writing. Needs numpy and scipy, which an
environment of its own gets (Benchmarks/.build-carved). Imported by Benchmarks/carved and Benchmarks/quality/carve."""

import gzip
import os
import re
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
program = os.environ.get("CALVARIA", os.path.join(root, ".build", "release", "calvaria"))
environment = os.path.join(root, "Benchmarks", ".build-carved")  # ignored by git

try:
    import numpy as np
    from scipy.ndimage import affine_transform, gaussian_filter
except ImportError:
    import venv
    interpreter = os.path.join(environment, "bin", "python")
    if not os.path.exists(interpreter):
        venv.create(environment, with_pip=True)
        subprocess.run([interpreter, "-m", "pip", "-q", "install", "numpy==2.4.6", "scipy==1.17.1"],
                       check=True)
    os.execv(interpreter, [interpreter, *sys.argv])

# Name: azimuth from the front to the left, elevation, radius in mm.
holes = {
    "frontal-mid": (0, 35, 25), "frontal-right": (-35, 40, 25), "bifrontal": (0, 45, 40),
    "coronal-left": (40, 55, 30), "vertex": (10, 85, 28), "parietal-left": (110, 45, 25),
    "parietal-right": (-110, 45, 22), "large-parietal": (-95, 40, 42), "temporal": (85, 12, 20),
    "pterional": (55, 12, 20), "occipital": (180, 15, 25), "occipital-right": (-150, 25, 28)}


def read(path):
    """The voxels (x, y, z) of an NRRD that calvaria wrote, and its header."""
    with open(path, "rb") as file:
        header, _, data = file.read().partition(b"\n\n")
    header = header.decode()

    def field(name):
        found = re.search(rf"^{name}: (.*)$", header, re.MULTILINE)
        return found and found.group(1)
    if field("encoding") == "gzip":
        data = gzip.decompress(data)
    types = {"uint8": "u1", "int8": "i1", "int16": "<i2", "uint16": "<u2", "int32": "<i4", "float": "<f4"}
    voxels = np.frombuffer(data, types[field("type")]).reshape(
        [int(size) for size in field("sizes").split()][::-1])
    return voxels.transpose(2, 1, 0), field


def upright(path, folder):
    """A skull as bone along LPS, with its spacing."""
    copy = os.path.join(folder, "skull.nrrd")
    subprocess.run([program, "convert", path, copy], check=True,
                   capture_output=True)
    voxels, field = read(copy)
    if field("space directions"):
        columns = np.array([[float(number) for number in column.split(",")] for column in
                            re.findall(r"\(([^)]*)\)", field("space directions"))])
    else:
        columns = np.diag([float(number) for number in (field("spacings") or "1 1 1").split()])
    if (field("space") or "").lower() in ("right-anterior-superior", "ras"):
        columns[:, :2] *= -1
    spacing = np.abs(columns).max(axis=1)
    if not np.allclose(np.abs(columns), np.diag(spacing), atol=1e-3):
        sys.exit(f"{path}: expected axes along x, y and z, found {columns.tolist()}")
    for axis in range(3):
        if columns[axis, axis] < 0:
            voxels = np.flip(voxels, axis)
    values = np.unique(voxels[::4, ::4, ::4])
    return np.ascontiguousarray(voxels > 0 if len(values) <= 2 else voxels >= 226), spacing


def middle(bone, spacing):
    """The middle of the vault: of the ball that most of the upper half's outside lies on."""
    rays = []
    box = np.argwhere(bone[::4, ::4, ::4]) * 4 * spacing
    centre = (box.min(axis=0) + box.max(axis=0)) / 2
    for n in range(2000):
        z = 1 - (n + 0.5) / 2000
        turn = np.pi * (1 + 5 ** 0.5) * n
        across = np.sqrt(1 - z * z)
        rays.append((across * np.cos(turn), across * np.sin(turn), z))
    rays = np.array(rays)
    for _ in range(6):
        way = outermost(bone, spacing, centre, rays)
        points = centre + rays[way > 0] * way[way > 0, None]
        weight = np.ones(len(points))
        for _ in range(10):
            matrix = np.c_[2 * points, np.ones(len(points))] * weight[:, None]
            solution = np.linalg.lstsq(matrix, (points ** 2).sum(axis=1) * weight, rcond=None)[0]
            fitted = solution[:3]
            radius = np.sqrt(solution[3] + fitted @ fitted)
            weight = 1 / (1 + (np.abs(np.linalg.norm(points - fitted, axis=1) - radius) / 6) ** 2)
        centre = fitted
    return centre


def outermost(bone, spacing, centre, rays):
    """The way in mm along each ray to the last bone within 130 mm; 0 where there is none."""
    ways = np.arange(20, 130, 0.5)
    index = np.rint((centre + rays[:, None] * ways[None, :, None]) / spacing).astype(int)
    inside = ((index >= 0) & (index < bone.shape)).all(axis=-1)
    index = np.clip(index, 0, np.array(bone.shape) - 1)
    met = bone[index[..., 0], index[..., 1], index[..., 2]] & inside
    return np.where(met.any(axis=1), ways[len(ways) - 1 - met[:, ::-1].argmax(axis=1)], 0)


def resampled(bone, spacing, rotation, target):
    """The bone turned about the middle of its box, on a grid of other spacing that holds it all, and where the old
    origin lies on it: new = rotation · old + shift."""
    soft = bone.astype(np.float32)
    if (target > 1.01 * spacing).any():
        # As thick slices do: what a voxel holds is the mean over it.
        soft = gaussian_filter(soft, np.where(target > spacing, 0.3 * target / spacing, 0))
    size = np.array(bone.shape) * spacing
    corners = np.array([[(i >> axis & 1) * size[axis] for axis in range(3)] for i in range(8)])
    ends = corners @ rotation.T
    shift = -ends.min(axis=0)
    shape = np.ceil((ends.max(axis=0) + shift) / target).astype(int)
    back = rotation.T
    matrix = np.diag(1 / spacing) @ back @ np.diag(target)
    offset = (back @ (target / 2 - shift)) / spacing - 0.5
    turned = affine_transform(soft, matrix, offset, tuple(shape), order=1) >= 0.5
    box = np.argwhere(turned.any(axis=(1, 2)))[[0, -1], 0], np.argwhere(turned.any(axis=(0, 2)))[[0, -1], 0], \
        np.argwhere(turned.any(axis=(0, 1)))[[0, -1], 0]
    first = np.maximum(0, [b[0] - 4 for b in box])
    last = [b[1] + 5 for b in box]
    kept = turned[first[0]:last[0], first[1]:last[1], first[2]:last[2]]
    return np.ascontiguousarray(kept), shift - first * target


def carve(bone, spacing, centre, azimuth, elevation, radius, rotation, least=2000):
    """The bone in a cylinder; None where the skull has less there than so many mm³, or is open within."""
    a, e = np.radians(azimuth), np.radians(elevation)
    ray = rotation @ np.array([np.cos(e) * np.sin(a), -np.cos(e) * np.cos(a), np.sin(e)])
    way = outermost(bone, spacing, centre, ray[None])[0]
    if way == 0:
        return None
    # The box of the cylinder, from 30 mm below the bone outwards.
    ends = centre + np.outer([way - 30, 500], ray)
    lower = np.clip((ends.min(axis=0) - radius) / spacing, 0, bone.shape).astype(int)
    upper = np.clip(np.ceil((ends.max(axis=0) + radius) / spacing) + 1, 0, bone.shape).astype(int)
    box = tuple(slice(*side) for side in zip(lower, upper))
    x, y, z = (np.arange(*side, dtype=np.float32).reshape([-1 if i == axis else 1 for i in range(3)])
               * np.float32(spacing[axis]) - np.float32(centre[axis])
               for axis, side in enumerate(zip(lower, upper)))
    along = x * ray[0] + y * ray[1] + z * ray[2]
    cut = np.zeros_like(bone)
    cut[box] = bone[box] & (x * x + y * y + z * z - along * along < radius * radius) & (along > way - 30)
    return cut if cut.sum() * spacing.prod() > least else None


def turned(turn):
    """The rotation of a text such as x20."""
    if turn == "0":
        return np.eye(3)
    axis, angle = "xyz".index(turn[0]), np.radians(float(turn[1:]))
    a, b = [i for i in range(3) if i != axis]
    matrix = np.eye(3)
    matrix[a, a] = matrix[b, b] = np.cos(angle)
    matrix[b, a] = np.sin(angle)
    matrix[a, b] = -matrix[b, a]
    return matrix


def save(path, bone, spacing, rotation=np.eye(3), like=None):
    """A mask, whose header is turned about the middle by `rotation`, or is that of another file."""
    middle = np.array(bone.shape) * spacing / 2
    origin = middle - rotation @ middle

    def vector(v):
        return "(" + ",".join(f"{number:.9g}" for number in v) + ")"
    header = ("NRRD0004\ntype: uint8\ndimension: 3\nspace: left-posterior-superior\n"
              f"sizes: {' '.join(map(str, bone.shape))}\nspace directions: "
              + " ".join(vector(rotation[:, axis] * spacing[axis]) for axis in range(3))
              + f"\nspace origin: {vector(origin)}\nkinds: domain domain domain\nencoding: gzip").encode()
    if like:
        with open(like, "rb") as file:
            header = file.read().partition(b"\n\n")[0]
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(header + b"\n\n" + gzip.compress(bone.astype(np.uint8).tobytes(order="F"), 1))


def around(mask, spacing, mm):
    """The box of a mask and so many mm around it."""
    box = []
    for axis in range(3):
        places = np.flatnonzero(mask.any(axis=tuple(other for other in range(3) if other != axis)))
        margin = int(np.ceil(mm / spacing[axis]))
        box.append(slice(max(0, int(places[0]) - margin), int(places[-1]) + margin + 1))
    return tuple(box)
