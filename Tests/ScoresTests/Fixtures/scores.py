#!/usr/bin/env python3
"""Golden scores of masks, by the formulas of the AutoImplant challenge's evaluation in numpy and scipy.

Writes scores.json beside this script; needs numpy and scipy (made with the versions that the file
names). Dice 2|A∩B|/(|A|+|B|); border Dice: the same among voxels whose distance to the defective skull
is at most 10 mm; surfaces: mask XOR its erosion by the cross of six neighbours, one iteration, outside
is background; HD95 and HD: percentile 95 (linear) and maximum of both directed sets of distances in
one array. Masks are run lengths, beginning with zeros, x fastest; arrays here are indexed x, y, z.
Directions are columns, in LPS mm a voxel; spacing is their lengths.
"""

import json
import pathlib

import numpy
import scipy
from scipy import ndimage


def rotation(degrees, axis):
    c, s = numpy.cos(numpy.radians(degrees)), numpy.sin(numpy.radians(degrees))
    matrix = numpy.eye(3)
    i, j = [n for n in range(3) if n != axis]
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


def runs(mask):
    values = mask.ravel(order="F").astype(numpy.int8)
    edges = numpy.flatnonzero(numpy.diff(values)) + 1
    lengths = numpy.diff(numpy.concatenate([[0], edges, [values.size]])).tolist()
    return lengths if values[0] == 0 else [0] + lengths


def dice(a, b):
    total = a.sum() + b.sum()
    return None if total == 0 else float(2 * (a & b).sum() / total)


def surface(mask):
    cross = ndimage.generate_binary_structure(3, 1)
    return mask ^ ndimage.binary_erosion(mask, structure=cross, iterations=1)


def distances(a, b, spacing):
    a, b = surface(a), surface(b)
    return numpy.concatenate(
        [
            ndimage.distance_transform_edt(~b, sampling=spacing)[a],
            ndimage.distance_transform_edt(~a, sampling=spacing)[b],
        ]
    )


def blob(sizes, centre, radii, random, noise):
    """An ellipsoid whose edge is rough."""
    grid = numpy.meshgrid(*[numpy.arange(n) for n in sizes], indexing="ij")
    r = sum(((g - c) / s) ** 2 for g, c, s in zip(grid, centre, radii)) ** 0.5
    rough = ndimage.gaussian_filter(random.normal(size=sizes), 1.5)
    return r + noise * rough / rough.std() < 1


def shell(sizes, random):
    outer = blob(sizes, [n / 2 for n in sizes], [n * 0.46 for n in sizes], random, 0.02)
    return outer & ~blob(sizes, [n / 2 for n in sizes], [n * 0.36 for n in sizes], random, 0.02)


def main():
    random = numpy.random.default_rng(20261123)
    oblique = rotation(25, 2) @ rotation(-40, 0)
    cases = []

    def add(name, a, b, defective, directions):
        spacing = numpy.linalg.norm(directions, axis=0)
        out = {
            "name": name, "sizes": list(a.shape), "directions": directions.T.tolist(),
            "prediction": runs(a), "truth": runs(b), "dsc": dice(a, b),
        }
        if defective is not None:
            dt = ndimage.distance_transform_edt(~defective, sampling=spacing)
            near = dt <= 10
            out["defective"] = runs(defective)
            out["bdsc"] = dice(a & near, b & near)
        if a.any() and b.any():
            d = distances(a, b, spacing)
            out["hd95"], out["hd"] = float(numpy.percentile(d, 95)), float(d.max())
            out["surface"] = int(d.size)
        cases.append(out)

    def pair(sizes, noise=0.1, shift=2.0):
        centre = [n * 0.45 for n in sizes]
        a = blob(sizes, centre, [n * 0.24 for n in sizes], random, noise)
        b = blob(sizes, [c + shift for c in centre], [n * 0.22 for n in sizes], random, noise)
        return a, b

    straight = numpy.diag([1.0, 1.0, 1.0])
    sizes = (40, 36, 30)
    a, b = pair(sizes)
    add("isotropic", a, b, shell(sizes, random), straight)
    a, b = pair(sizes)
    add("anisotropic", a, b, shell(sizes, random), numpy.diag([0.45, 0.45, 1.5]))
    a, b = pair(sizes)
    add("oblique", a, b, shell(sizes, random), oblique @ numpy.diag([0.8, 1.1, 2.3]))
    a, b = pair(sizes)
    add("left-handed", a, b, shell(sizes, random), numpy.diag([-0.957, 0.957, 1.25]))
    sizes = (70, 33, 17)
    a, b = pair(sizes)
    add("wider than a word", a, b, shell(sizes, random), numpy.diag([0.4, 0.4, 0.4]))
    sizes = (90, 64, 40)
    a = blob(sizes, (12, 12, 8), (6, 6, 5), random, 0.1)
    b = blob(sizes, (75, 50, 30), (7, 7, 6), random, 0.1)
    add("far apart", a, b, None, numpy.diag([0.5, 0.7, 0.9]))
    b = a.copy()
    a = a.copy()
    a[80, 60, 35] = True
    add("one voxel astray", a, b, None, numpy.diag([0.5, 0.7, 0.9]))
    sizes = (20, 18, 16)
    a = random.random(sizes) < 0.5
    b = random.random(sizes) < 0.05
    add("noise up to the border", a, b, random.random(sizes) < 0.001, numpy.diag([0.6, 0.5, 2.0]))
    add("the same", a, a, None, straight)
    empty = numpy.zeros(sizes, bool)
    add("empty prediction", empty, b, None, straight)
    add("empty truth", a, empty, None, straight)
    add("both empty", empty, empty, None, straight)
    corner = empty.copy()
    corner[0, 0, 0] = True
    other = empty.copy()
    other[-1, -1, -1] = True
    add("nothing near the skull", corner, corner, other, straight * 5)
    out = {"numpy": numpy.__version__, "scipy": scipy.__version__, "cases": cases}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
