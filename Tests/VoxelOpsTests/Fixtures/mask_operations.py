#!/usr/bin/env python3
"""Golden values for operations on masks, computed by scipy.ndimage.

Writes mask_operations.json beside this script. Needs numpy and scipy (made with the versions that
the file names). Masks are strings of 0 and 1, x fastest; arrays here are indexed z, y, x.
"""

import json
import pathlib

import numpy
import scipy
from scipy import ndimage

CASES = [
    # sizes x, y, z; spacing x, y, z in mm; density; radii of balls in mm
    ((9, 7, 6), (1.0, 1.0, 1.0), 0.15, (1.0, 2.0)),
    ((19, 5, 8), (0.5, 0.75, 2.0), 0.30, (0.5, 1.5)),
    ((33, 12, 4), (0.9570312, 0.9570312, 1.5), 0.04, (1.9140624, 3.2)),
    ((8, 16, 5), (0.3, 0.4, 0.5), 0.02, (0.9, 1.21)),
]


def ball(radius, spacing):
    reach = [int(radius * (1 + 1e-6) / step) for step in spacing]
    z, y, x = numpy.mgrid[
        -reach[2] : reach[2] + 1, -reach[1] : reach[1] + 1, -reach[0] : reach[0] + 1
    ]
    squared = (x * spacing[0]) ** 2 + (y * spacing[1]) ** 2 + (z * spacing[2]) ** 2
    return squared <= (radius * (1 + 1e-6)) ** 2


def text(mask):
    return "".join("1" if inside else "0" for inside in mask.ravel())


def closing(mask, structure):
    margin = [(n, n) for n in structure.shape]
    wide = ndimage.binary_dilation(numpy.pad(mask, margin), structure)
    wide = ndimage.binary_erosion(wide, structure, border_value=1)
    return wide[tuple(slice(n, -n) for n in structure.shape)]


def labels(mask, rank):
    found, _ = ndimage.label(mask, ndimage.generate_binary_structure(3, rank))
    numbers = {}
    return [
        numbers.setdefault(int(n), len(numbers) + 1) if n else 0 for n in found.ravel()
    ]


def main():
    random = numpy.random.default_rng(20240901)
    cases = []
    for sizes, spacing, density, radii in CASES:
        mask = random.random(sizes[::-1]) < density
        distances = ndimage.distance_transform_edt(~mask, sampling=spacing[::-1])
        balls = []
        for radius in radii:
            structure = ball(radius, spacing)
            eroded = ndimage.binary_erosion(mask, structure, border_value=1)
            # A dense mask, so that erosion and opening leave something.
            dense = ~mask
            dense_eroded = ndimage.binary_erosion(dense, structure, border_value=1)
            balls.append(
                {
                    "radius": radius,
                    "dilated": text(ndimage.binary_dilation(mask, structure)),
                    "eroded": text(eroded),
                    "closed": text(closing(mask, structure)),
                    "complementEroded": text(dense_eroded),
                    "complementOpened": text(ndimage.binary_dilation(dense_eroded, structure)),
                }
            )
        cases.append(
            {
                "sizes": sizes,
                "spacing": spacing,
                "mask": text(mask),
                "labels6": labels(mask, 1),
                "labels18": labels(mask, 2),
                "labels26": labels(mask, 3),
                "distances": [float(f"{d:.9g}") for d in distances.ravel()],
                "centroidIndex": list(ndimage.center_of_mass(mask))[::-1],
                "balls": balls,
            }
        )
    out = {"numpy": numpy.__version__, "scipy": scipy.__version__, "cases": cases}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
