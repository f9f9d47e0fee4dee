"""Other programs judge the parts that calvaria makes.

    parts.py CALVARIA COUNT SEED [SKULL ...]

The parts of COUNT synthetic skulls with each of nine kinds of holes and of the SKULLs, as the shipped pipeline makes them;
and for the last of each kind the part with everything that a design may have, the bone around it and its mould.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import judges

program, count, seed, skulls = os.path.abspath(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4:]
work = tempfile.mkdtemp(prefix="calvaria-parts-")
names = ("gate", "trimesh", "admesh", "pymeshlab", "lib3mf", "PrusaSlicer")
kinds, problems = {}, 0
background = ThreadPoolExecutor()


def run(*arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True)


def judge(kind, name, path, failed):
    """Has all judges look at an STL file and the 3MF file beside it."""
    global problems
    sliced = background.submit(judges.by_slicer, path)
    checks = json.loads(run("check", path, "--tunnels", "any", "--json").stdout)["checks"]
    values = {check["name"]: check["value"] for check in checks}
    found = {
        "gate": ", ".join(failed + [check["name"] for check in checks if not check["pass"]]),
        "trimesh": judges.by_trimesh(
            path, 2 * (values["parts"] + values["cavities"] - values["tunnels"])),
        "admesh": judges.by_admesh(path),
        "pymeshlab": judges.by_pymeshlab(path),
        "lib3mf": judges.by_lib3mf(path[:-3] + "3mf", values["triangles"]),
        "PrusaSlicer": sliced.result()}
    row = kinds.setdefault(kind, {"of": 0, "balls": 0, "triangles": [], **{name: 0 for name in names}})
    row["of"] += 1
    row["balls"] += values["tunnels"] == 0
    row["triangles"].append(int(values["triangles"]))
    for judge, says in found.items():
        row[judge] = None if says is None else row[judge] + (says == "")
        if says:
            problems += 1
            print(f"{kind} {name}: {judge}: {says}", flush=True)


def failed_checks(account):
    return [check["name"] for check in account["gate"]["checks"] if not check["pass"]]


run("synth", "-o", f"{work}/set", "--count", count, "--seed", seed, "--size", "native", "--quiet")
made = run("batch", f"{work}/set", "-o", f"{work}/out", "--quiet")
if made.returncode:
    sys.exit(made.stderr)
with open(f"{work}/out/run.json") as file:
    cases = json.load(file)["cases"]
for case in cases:
    judge(case["name"].split("/")[0], case["name"], f"{work}/out/mesh/{case['name']}.stl", failed_checks(case))
for skull in skulls:
    folder = f"{work}/skull"
    shutil.rmtree(folder, ignore_errors=True)
    made = run("implant", skull, "-o", folder)
    if made.returncode:
        sys.exit(made.stderr)
    with open(f"{folder}/run.json") as file:
        account = json.load(file)["cases"][0]
    judge("given", os.path.basename(skull), f"{folder}/implant.stl", failed_checks(account))

# Everything that a design may have.
PIPELINE = """version: 1
pipeline: everything
stages:
  skull:     {stage: load, of: $case}
  bone:      {stage: bone, of: skull, threshold: 226, pieces: all}
  head:      {stage: bone, of: skull, threshold: 226}
  completed: {stage: complete, of: head, model: auto}
  rough:     {stage: subtract, minuend: completed, subtrahend: bone}
  implant:   {stage: clean, of: rough, against: bone}
  design:    {stage: design, of: implant, against: bone, thickness: 4, bevel: 0.5, tabs: 4, suture: 2,
              perforation: 2, label: case}
  surface:   {stage: isosurface, of: design, triangles: 40000}
  part:      {stage: gate, of: surface, against: bone, design: design}
  ring:      {stage: ring, of: implant, against: bone}
  mould:     {stage: mould, of: design}
  inner:     {stage: half, of: mould, half: inner}
  outer:     {stage: half, of: mould, half: outer}
outputs: {part.stl: part, part.3mf: part, ring.stl: ring, ring.3mf: ring, inner.stl: inner, inner.3mf: inner,
          outer.stl: outer, outer.3mf: outer}
"""
with open(f"{work}/everything.yaml", "w") as file:
    file.write(PIPELINE)
last = {case["name"].split("/")[0]: case["name"] for case in cases}
for kind, name in last.items():
    folder = f"{work}/everything"
    shutil.rmtree(folder, ignore_errors=True)
    made = run("run", f"{work}/everything.yaml", f"{work}/set/defective_skull/{name}.nrrd", "-o", folder)
    if made.returncode:
        print(name, made.stderr)
        problems += 1
        continue
    for part in ("part", "ring", "inner", "outer"):
        judge(f"everything: {part}", name, f"{folder}/{part}.stl", [])

print("| parts | of | balls | " + " | ".join(names) + " | triangles, median |")
print("|" + "---|" * (len(names) + 4))
for kind, row in kinds.items():
    triangles = sorted(row["triangles"])
    print(f"| {kind} | {row['of']} | {row['balls']} | " + " | ".join("–" if row[name] is None else str(row[name]) for name in names)
          + f" | {triangles[len(triangles) // 2]} |")
shutil.rmtree(work)
print("no problem" if not problems else f"{problems} problems")
sys.exit(1 if problems else 0)
