"""Small scans for the pages: a vault with a hole, written without any package."""

import gzip
import math
import os

SIZES = (72, 88, 64)
SPACING = 2.0


def vault(path, hole=(-45, -35, 35)):
    """A CT of a vault that is its own mirror image, with a round hole; NRRD in LPS."""
    nx, ny, nz = SIZES
    voxels = bytearray(2 * nx * ny * nz)
    air, bone = (-1000).to_bytes(2, "little", signed=True), (1200).to_bytes(2, "little", signed=True)
    at = 0
    for k in range(nz):
        z = 2 * k + 10 - 40
        for j in range(ny):
            y = 2 * j - 87
            for i in range(nx):
                x = 2 * i - 71
                outer = (x / 62) ** 2 + (y / 78) ** 2 + (z / 70) ** 2 <= 1
                inner = (x / 55) ** 2 + (y / 71) ** 2 + (z / 63) ** 2 >= 1
                open_ = hole is not None and math.dist((x, y, z), hole) < 20
                voxels[at:at + 2] = bone if outer and inner and not open_ else air
                at += 2
    header = ("NRRD0004\ntype: int16\ndimension: 3\nspace: left-posterior-superior\n"
              f"sizes: {nx} {ny} {nz}\nspace directions: (2,0,0) (0,2,0) (0,0,2)\nspace origin: (-71,-87,10)\n"
              "endian: little\nencoding: gzip\n\n")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(header.encode() + gzip.compress(bytes(voxels), 1))
