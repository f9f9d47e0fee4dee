#!/usr/bin/env python3
"""Golden values for resampling: nearest and linear by SimpleITK, area means by numpy.

Writes resampling.json beside this script. Arrays are z, y, x here; lists in the file are x fastest.
Directions are columns: the step in LPS mm of one voxel along x, y, z.
"""

import json
import pathlib

import numpy
import SimpleITK as sitk

BACKGROUND = -50


def rotation(degrees, axis):
    c, s = numpy.cos(numpy.radians(degrees)), numpy.sin(numpy.radians(degrees))
    matrix = numpy.eye(3)
    i, j = [n for n in range(3) if n != axis]
    matrix[i, i] = matrix[j, j] = c
    matrix[i, j], matrix[j, i] = -s, s
    return matrix


def grid(sizes, directions, origin):
    return {
        "sizes": list(sizes),
        "directions": numpy.asarray(directions, float).T.tolist(),
        "origin": [float(v) for v in origin],
    }


def place(image, grid):
    columns = numpy.array(grid["directions"]).T
    spacing = numpy.linalg.norm(columns, axis=0)
    image.SetSpacing(spacing.tolist())
    image.SetDirection((columns / spacing).ravel().tolist())
    image.SetOrigin(grid["origin"])
    return image


def resized(old, sizes):
    """The same box at other sizes."""
    columns = numpy.array(old["directions"]).T
    ratio = numpy.array(old["sizes"]) / numpy.array(sizes)
    origin = numpy.array(old["origin"]) + columns @ ((ratio - 1) / 2)
    return grid(sizes, columns * ratio, origin)


def area(values, old, sizes):
    """Exact means over boxes, by differences of the running integral along each axis."""
    for axis, (n, m) in enumerate(zip(old["sizes"][::-1], sizes[::-1])):
        integral = numpy.concatenate(
            [numpy.zeros_like(values.take([0], axis)), numpy.cumsum(values, axis)], axis
        )
        faces = numpy.arange(m + 1) * (n / m)
        at = numpy.apply_along_axis(
            lambda line: numpy.interp(faces, numpy.arange(n + 1), line), axis, integral
        )
        values = numpy.diff(at, axis=axis) * (m / n)
    return values


def main():
    random = numpy.random.default_rng(7)
    straight = grid((11, 9, 7), numpy.diag([1.0, 1.5, 2.0]), (-4, 3, 10))
    turned = grid(
        (11, 9, 7),
        rotation(20, 2) @ rotation(-35, 0) @ numpy.diag([0.8, -1.2, 1.7]),
        (5, -6, 7),
    )
    flipped = numpy.array([[0, 0, 1.3], [-0.9, 0, 0], [0, 0.7, 0]])
    centre = numpy.array(turned["origin"]) + numpy.array(turned["directions"]).T @ [5, 4, 3]
    cases = [
        ("resized down", straight, resized(straight, (6, 4, 5))),
        ("resized down, oblique", turned, resized(turned, (6, 4, 5))),
        ("resized up, oblique", turned, resized(turned, (14, 20, 9))),
        ("shifted, partly outside", straight,
         grid((9, 8, 10), numpy.diag([1.3, 1.1, 1.7]), (-6.3, 2.2, 8.1))),
        ("axes exchanged and flipped", straight,
         grid((13, 16, 9), flipped, (-3.21, 13.4, 11.3))),
        ("oblique onto straight", turned,
         grid((12, 12, 12), numpy.diag([1.1, 1.1, 1.1]), centre - 6.05)),
        ("oblique onto oblique", turned,
         grid((10, 9, 8), rotation(50, 1) @ numpy.diag([1.9, 0.6, 1.2]), centre - 4)),
        ("far outside", straight, grid((3, 3, 3), numpy.eye(3), (500, 0, 0))),
    ]
    written = []
    for name, source, target in cases:
        values = random.integers(-1000, 2000, source["sizes"][::-1]).astype(numpy.int16)
        reference = place(sitk.Image(target["sizes"], sitk.sitkInt16), target)
        case = {"name": name, "source": source, "target": target,
                "values": values.ravel().tolist()}
        for key, kind, pixel in [
            ("nearest", sitk.sitkNearestNeighbor, sitk.sitkInt16),
            ("linear", sitk.sitkLinear, sitk.sitkFloat64),
        ]:
            image = place(sitk.Cast(sitk.GetImageFromArray(values), pixel), source)
            out = sitk.Resample(image, reference, sitk.Transform(), kind, BACKGROUND, pixel)
            out = sitk.GetArrayFromImage(out).ravel()
            case[key] = [round(float(v), 5) for v in out]
        if name.startswith("resized"):
            means = area(values.astype(float), source, target["sizes"])
            case["area"] = [round(float(v), 5) for v in means.ravel()]
        written.append(case)
    version = sitk.Version.VersionString()
    out = {"SimpleITK": version, "numpy": numpy.__version__, "background": BACKGROUND,
           "cases": written}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
