#!/usr/bin/env python3
"""Golden values for filters, from independent tools.

Cubic resampling and orientations by SimpleITK (where an axis has few voxels by scipy: SimpleITK's
coefficients are off by parts in ten thousand there), smoothing, signed distances and filled holes by
scipy.ndimage, Otsu's threshold by scikit-image. Writes filters.json beside this script; made with the
versions that the file names. Lists in the file are x fastest; arrays here are indexed z, y, x.
Directions are columns: the step in LPS mm of one voxel along x, y, z.
"""

import json
import pathlib

import numpy
import scipy
import SimpleITK as sitk
import skimage
from scipy import ndimage
from skimage.filters import threshold_otsu

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


def grid_of(image):
    columns = numpy.array(image.GetDirection()).reshape(3, 3) * numpy.array(image.GetSpacing())
    return grid(image.GetSize(), columns, image.GetOrigin())


def numbers(values, digits=9):
    return [float(f"{v:.{digits}g}") for v in numpy.asarray(values).ravel()]


def text(mask):
    return "".join("1" if inside else "0" for inside in mask.ravel())


def mapped(values, source, target):
    """The same by scipy."""
    from_, to = (numpy.array(grid["directions"]).T for grid in (source, target))
    index = numpy.indices(target["sizes"][::-1]).reshape(3, -1)[::-1]
    world = to @ index + (numpy.array(target["origin"]) - numpy.array(source["origin"]))[:, None]
    at = numpy.linalg.solve(from_, world)
    out = ndimage.map_coordinates(values, at[::-1], order=3, mode="mirror")
    limit = numpy.array(source["sizes"])[:, None] - 0.5
    out[~((at >= -0.5 - 1e-6) & (at < limit - 1e-6)).all(axis=0)] = BACKGROUND
    return out.reshape(target["sizes"][::-1])


def cubic(random):
    straight = grid((9, 8, 7), numpy.diag([1.0, 1.5, 2.0]), (-4, 3, 10))
    turned = grid((9, 8, 7), rotation(20, 2) @ rotation(-35, 0) @ numpy.diag([0.8, -1.2, 1.7]),
                  (5, -6, 7))
    thin = grid((5, 2, 1), numpy.eye(3), (0, 0, 0))
    centre = numpy.array(turned["origin"]) + numpy.array(turned["directions"]).T @ [4, 3.5, 3]
    cases = [
        ("shifted, partly outside", straight,
         grid((9, 8, 8), numpy.diag([0.83, 1.31, 1.57]), (-4.3, 2.6, 9.4))),
        ("axes exchanged and flipped", straight,
         grid((7, 9, 8), numpy.array([[0, 0, 1.3], [-0.9, 0, 0], [0, 0.7, 0]]), (-3.7, 12.4, 11.3))),
        ("oblique onto straight", turned, grid((8, 8, 8), numpy.eye(3), centre - 3.55)),
        ("few voxels along an axis", thin, grid((9, 3, 1), numpy.diag([0.5, 0.5, 1]), (0.1, 0.1, 0))),
    ]
    out = []
    for name, source, target in cases:
        values = random.integers(-1000, 2000, source["sizes"][::-1]).astype(numpy.int16)
        reference = place(sitk.Image(target["sizes"], sitk.sitkFloat64), target)
        image = place(sitk.GetImageFromArray(values.astype(float)), source)
        found = sitk.Resample(image, reference, sitk.Transform(), sitk.sitkBSpline3, BACKGROUND)
        found, judge = sitk.GetArrayFromImage(found), mapped(values.astype(float), source, target)
        if source is thin:
            found = judge
        assert abs(found - judge).max() < 1e-5, name
        out.append({"name": name, "source": source, "target": target,
                    "values": values.ravel().tolist(), "cubic": numbers(found)})
    return out


def smoothing(random):
    out = []
    for sizes, spacing, sigma in [((13, 7, 5), (1.0, 1.0, 1.0), 1.2),
                                  ((9, 11, 6), (0.5, 0.75, 2.0), 1.5),
                                  ((6, 5, 1), (0.4, 0.4, 3.0), 0.3)]:
        values = random.integers(-1000, 2000, sizes[::-1])
        smooth = ndimage.gaussian_filter(
            values.astype(float), [sigma / s for s in spacing[::-1]], mode="nearest", truncate=4)
        out.append({"sizes": sizes, "spacing": spacing, "sigma": sigma,
                    "values": values.ravel().tolist(), "smoothed": numbers(smooth)})
    return out


def masks(random):
    out = []
    for sizes, spacing, density in [((19, 9, 8), (0.5, 0.75, 2.0), 0.45),
                                    ((35, 20, 6), (0.9570312, 0.9570312, 1.5), 0.6),
                                    ((36, 20, 14), (0.4, 0.4, 0.4), None)]:
        if density is None:
            # Thick walls with rooms, so that distances are long on both sides.
            mask = ndimage.gaussian_filter(random.normal(size=sizes[::-1]), 2) > 0.02
        else:
            mask = random.random(sizes[::-1]) < density
        sampling = spacing[::-1]
        depth = ndimage.distance_transform_edt(mask, sampling=sampling)
        signed = ndimage.distance_transform_edt(~mask, sampling=sampling) - depth
        entry = {"sizes": sizes, "spacing": spacing, "mask": text(mask),
                 "filled": text(ndimage.binary_fill_holes(mask))}
        if density is not None:
            entry["signed"] = numbers(signed)
        else:
            # Too many numbers: some places and their values.
            places = random.choice(mask.size, 1200, replace=False)
            entry["places"] = places.tolist()
            entry["signed"] = numbers(signed.ravel()[places])
        for axis in range(3):
            filled = mask.copy()
            for i in range(sizes[axis]):
                cut = [slice(None)] * 3
                cut[2 - axis] = i
                filled[tuple(cut)] = ndimage.binary_fill_holes(mask[tuple(cut)])
            entry[f"filledAcross{axis}"] = text(filled)
        out.append(entry)
    return out


def orientations(random):
    out = []
    oblique = rotation(20, 2) @ rotation(-30, 0) @ rotation(10, 1)
    swapped = oblique[:, [2, 0, 1]] @ numpy.diag([2.5, -0.7, 1.1])
    values = random.integers(0, 100, (4, 3, 2)).astype(numpy.uint8)
    for directions in (numpy.diag([1.0, 1.5, 2.0]), swapped, numpy.diag([-1.0, 1.5, -2.0])):
        source = grid((2, 3, 4), directions, (-4.5, 3, 10))
        image = place(sitk.GetImageFromArray(values), source)
        for code in ("LPS", "RAS", "SAL", "PIR"):
            turned = sitk.DICOMOrient(image, code)
            out.append({"source": source, "values": values.ravel().tolist(), "code": code,
                        "target": grid_of(turned),
                        "turned": sitk.GetArrayFromImage(turned).ravel().tolist()})
    return out


def otsu(random):
    two = numpy.concatenate([random.normal(-50, 60, 700), random.normal(900, 200, 300)])
    out = []
    for kind, values in [("int16", two.astype(numpy.int16)),
                         ("uint8", random.integers(0, 256, 500).astype(numpy.uint8)),
                         ("double", two.round(3)),
                         ("int32", (two * 100).astype(numpy.int32))]:
        if kind == "int32":
            # scikit-image counts these one by one; more than 2¹⁶ values are 256 bins here.
            threshold = threshold_otsu(values.astype(float))
        else:
            threshold = threshold_otsu(values)
        out.append({"kind": kind, "values": [float(v) for v in values],
                    "threshold": float(threshold)})
    return out


def main():
    random = numpy.random.default_rng(20261123)
    out = {"numpy": numpy.__version__, "scipy": scipy.__version__,
           "SimpleITK": sitk.Version.VersionString(), "skimage": skimage.__version__,
           "cubic": cubic(random), "smoothing": smoothing(random), "masks": masks(random),
           "orientations": orientations(random), "otsu": otsu(random)}
    path = pathlib.Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
