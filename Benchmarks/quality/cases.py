"""The sets of cases that `run` measures on. Each is a folder as `calvaria synth` writes it."""

import glob
import gzip
import os
import re
import subprocess
import sys

root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
program = os.environ.get("CALVARIA", os.path.join(root, ".build", "release", "calvaria"))
sample = os.path.join(root, "sample-data", "cranium.nhdr")
# The seed that nothing is tuned on; 900 to 949 are for development.
finalSeed = "960"
kinds = ["bilateral", "cube", "facial", "frontoorbital", "parietotemporal", "polygon", "prism", "random", "sphere"]

# The files in pipelines/; the first is the default. implant-prior.yaml needs a scan from before and is left out.
methods = sorted(os.path.basename(path)[:-5] for path in glob.glob(f"{root}/pipelines/implant*.yaml"))
methods.remove("implant-prior")

# Name: options of `synth`; and how many skulls for each of those of the population.
synthetic = {"population": ([], 1), "randomized": (["--randomize"], 1), "analytic": (["--template", "analytic"], 0.5)}
# Name: settings of `carve`.
turned = {"SPACING": "0.81 0.81 2.4", "CUT": "10", "TURN": "x17r"}
carved = {"ct": {}, "skullbreak": {}, "skullbreak-turned": turned}
# What says most comes first: a run may be stopped.
order = ["skullbreak", "analytic", "randomized", "population", "ct", "skullbreak-turned"]


def synth(folder, seed, count, options=(), kinds=None, size="native"):
    """Synthetic skulls with holes; nothing where the folder has them all."""
    if os.path.exists(os.path.join(folder, "population.json")):
        return
    sized = [] if "--randomize" in options else ["--size", size]
    subprocess.run([program, "synth", "-o", folder, "--count", str(count), "--seed", str(seed), "-q", *sized, *options,
                    *(["--kinds", ",".join(kinds)] if kinds else [])], check=True, stdout=subprocess.DEVNULL)


def carve(folder, skull, settings):
    if not os.path.exists(os.path.join(folder, "account.json")):
        tool = os.path.join(os.path.dirname(os.path.abspath(__file__)), "carve")
        subprocess.run([sys.executable, tool, skull, folder], check=True, env={**{name: value for name, value in os.environ.items() if name not in turned}, **settings})


def pairs(folder):
    """Kind and skull of each case of a set; of a carved set first the skull as it is."""
    paths = sorted(glob.glob(f"{folder}/defective_skull/*/*.nrrd"),
                   key=lambda path: ("/uncarved/" not in path, os.path.basename(path), path))
    return [(path.split("/")[-2], os.path.basename(path)[:-5]) for path in paths]


def voxels(path):
    """The header of a mask, an NRRD that calvaria or `carve` wrote, and its voxels, one byte each, in pieces."""
    with open(path, "rb") as file:
        header = b"".join(iter(file.readline, b"\n"))
        assert b"type: uint8" in header or b"type: unsigned char" in header, header
        data = gzip.open(file) if b"gzip" in header else file
        yield header.decode()
        while piece := data.read(1 << 20):
            yield piece


def volume(path):
    """The volume of a mask in mm³, on axes that are at right angles."""
    header, *counts = (piece if isinstance(piece, str) else len(piece) - piece.count(0) for piece in voxels(path))
    columns = re.findall(r"\(([^)]*)\)", re.search(r"space directions: (.*)", header)[1])
    edges = [sum(float(part) ** 2 for part in column.split(",")) ** 0.5 for column in columns]
    return sum(counts) * edges[0] * edges[1] * edges[2]
