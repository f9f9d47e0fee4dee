"""Other programs judge calvaria's meshes, and calvaria judges theirs.

    judge.py CALVARIA COUNT

1. The implants of COUNT synthetic skulls with nine kinds of holes, meshed in every format, as they are and
   with few triangles: trimesh finds
   them watertight and consistent with the same Euler number, admesh changes nothing, pymeshlab finds no
   self-intersection, lib3mf reads the 3MF strictly with the same coordinates; calvaria's own gate agrees.
2. 200 sound meshes by trimesh and manifold3d pass the gate.
3. Broken meshes fail it; pymeshlab and the gate agree on which of 200 pairs of solids cross.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile

import manifold3d
import numpy as np
import trimesh

from judges import by_admesh, by_pymeshlab, by_trimesh, crossing_faces, strictly_read

program, count = os.path.abspath(sys.argv[1]), sys.argv[2]
work = tempfile.mkdtemp(prefix="calvaria-judge-")
problems = []


def run(*arguments):
    return subprocess.run([program, *arguments], capture_output=True, text=True)


def gate(path, *options):
    outcome = run("check", path, "--tunnels", "any", "--json", *options)
    if outcome.returncode not in (0, 1) or not outcome.stdout:
        return None, [outcome.stderr.strip()]
    account = json.loads(outcome.stdout)
    values = {check["name"]: check["value"] for check in account["checks"]}
    return values, [check["name"] for check in account["checks"] if not check["pass"]]


def expect(holds, what):
    if not holds:
        problems.append(what)
        print("PROBLEM:", what)


# 1. Implants.
run("synth", "-o", f"{work}/skulls", "--count", count, "--seed", "5", "--size", "96x96x64",
    "--template", "analytic", "--quiet")
masks = sorted(
    os.path.join(folder, name)
    for folder, _, names in os.walk(f"{work}/skulls/implant") for name in names)
print(len(masks), "implants")
few = ["--triangles", "3000", "--tolerance", "0.15"]
totals = {"own": 0, "trimesh": 0, "admesh": 0, "pymeshlab": 0, "lib3mf": 0, "formats": 0, "voxels": 0}
for mask, options in [(mask, options) for mask in masks for options in ([], few)]:
    name = " ".join([os.path.relpath(mask, work), *options])
    paths = {kind: f"{work}/mesh.{kind}" for kind in ("stl", "3mf", "ply", "obj")}
    for path in paths.values():
        made = run("mesh", mask, "-o", path, *options)
        expect(made.returncode == 0, f"{name}: {made.stderr}")
    values, failed = gate(paths["stl"])
    expect(not failed, f"{name}: the gate refuses {failed}")
    totals["own"] += not failed
    mesh = trimesh.load_mesh(paths["stl"])
    unsound = by_trimesh(paths["stl"], 2 * (values["parts"] + values["cavities"] - values["tunnels"]))
    expect(not unsound, f"{name}: trimesh: {unsound}")
    totals["trimesh"] += not unsound
    expect(abs(mesh.volume / values["volume"] - 1) < 1e-5, f"{name}: volume {mesh.volume}")
    changes = by_admesh(paths["stl"])
    expect(not changes, f"{name}: admesh: {changes}")
    totals["admesh"] += changes == ""
    crossing = by_pymeshlab(paths["ply"])
    expect(not crossing, f"{name}: pymeshlab: {crossing}")
    totals["pymeshlab"] += not crossing
    warnings, [(vertices, triangles)] = strictly_read(paths["3mf"])
    ply = trimesh.load_mesh(paths["ply"], process=False)
    same = (warnings == 0 and np.array_equal(vertices, ply.vertices.astype(np.float32))
            and np.array_equal(triangles, ply.faces))
    expect(same, f"{name}: lib3mf has {warnings} warnings or other coordinates")
    totals["lib3mf"] += same
    alike = all(
        np.array_equal(
            trimesh.load_mesh(paths[kind], process=False).triangles.astype(np.float32),
            ply.triangles.astype(np.float32))
        for kind in ("stl", "obj"))
    expect(alike, f"{name}: the formats differ")
    totals["formats"] += alike
    if options:
        totals["reduced"] = totals.get("reduced", 0) + (values["triangles"] <= 3000)
        continue
    raw = f"{work}/raw.3mf"
    run("mesh", mask, "-o", raw, "--smoothing", "0")
    run("voxelize", raw, "--like", mask, "-o", f"{work}/back.nrrd")
    digests = [json.loads(run("info", p, "--json", "--sha256").stdout)["sha256"]
               for p in (mask, f"{work}/back.nrrd")]
    expect(digests[0] == digests[1], f"{name}: other voxels come back")
    totals["voxels"] += digests[0] == digests[1]
print("of these, twice each, sound by (voxels: once):", totals)

# 2. Sound meshes of others.
random = np.random.default_rng(7)


def solids():
    """Sound meshes: primitives of trimesh, booleans and other solids of manifold3d."""
    create = trimesh.creation
    for i in range(100):
        size = random.uniform(3, 40, 3)
        mesh = [
            lambda: create.box(extents=size), lambda: create.icosphere(3, size[0]),
            lambda: create.cylinder(size[0], size[1]), lambda: create.capsule(size[0], size[1]),
            lambda: create.torus(size[0] + 20, size[1] / 3), lambda: create.cone(size[0], size[1]),
            lambda: create.annulus(size[0], size[0] + 5, size[2]), lambda: create.uv_sphere(size[1]),
            lambda: create.icosahedron(), lambda: create.axis(3) and create.box(bounds=[-size, size]),
        ][i % 10]()
        mesh.apply_transform(trimesh.transformations.random_rotation_matrix(random.random(3)))
        mesh.apply_translation(random.uniform(-200, 200, 3))
        yield f"trimesh {i}", mesh
    for i in range(100):
        M = manifold3d.Manifold
        result = M.sphere(20, 64)
        for _ in range(random.integers(1, 7)):
            tool = [M.cube(tuple(random.uniform(5, 20, 3)), True), M.sphere(random.uniform(4, 12), 32),
                    M.cylinder(60, random.uniform(2, 6), -1, 32, True)][random.integers(3)]
            tool = tool.rotate(tuple(random.uniform(0, 360, 3)))
            tool = tool.translate(tuple(random.uniform(-15, 15, 3)))
            result = result + tool if random.random() < 0.4 else result - tool
        if i % 10 == 9:
            result = M.level_set(
                lambda x, y, z: np.cos(x) + np.cos(y) + np.cos(z) + 1, (-9, -9, -9, 9, 9, 9), 0.5)
        mesh = result.to_mesh()
        yield f"manifold3d {i}", trimesh.Trimesh(
            mesh.vert_properties[:, :3], mesh.tri_verts, process=False)


passed = tried = 0
for i, (name, mesh) in enumerate(solids()):
    kind = ("stl", "ply", "obj", "3mf")[i % 4]
    path = f"{work}/other.{kind}"
    mesh.export(path)
    tried += 1
    values, failed = gate(path)
    passed += not failed
    crossing = crossing_faces(path) if failed and kind != "3mf" else ""
    expect(not failed, f"{name} ({kind}): the gate refuses {failed}; pymeshlab: {crossing}")
    if not failed and abs(mesh.volume) > 0:
        expect(abs(values["volume"] / mesh.volume - 1) < 1e-3, f"{name}: volume {values['volume']}")
print(f"{passed} of {tried} sound meshes of others pass")

# 3. Broken ones, and solids that cross or do not.
ball = trimesh.creation.icosphere(3, 10)


def broken():
    yield "openEdges", trimesh.Trimesh(ball.vertices, ball.faces[1:], process=False)
    flipped = ball.faces.copy()
    flipped[3] = flipped[3][::-1]
    yield "inconsistentEdges", trimesh.Trimesh(ball.vertices, flipped, process=False)
    yield "turnedShells", trimesh.Trimesh(ball.vertices, ball.faces[:, ::-1], process=False)
    yield "duplicateTriangles", trimesh.Trimesh(
        ball.vertices, np.vstack([ball.faces, ball.faces[:1]]), process=False)
    far = ball.vertices.copy()
    far[7] = -1.5 * far[7]
    yield "selfIntersections", trimesh.Trimesh(far, ball.faces, process=False)
    flat = ball.vertices.copy()
    a, b, _ = ball.faces[0]
    flat[a] = flat[b]
    yield "degenerateTriangles", trimesh.Trimesh(flat, ball.faces, process=False)
    fin = np.vstack([ball.faces, [[ball.faces[0][0], ball.faces[0][1], len(ball.vertices)]]])
    yield "nonManifoldEdges", trimesh.Trimesh(
        np.vstack([ball.vertices, [[30, 0, 0]]]), fin, process=False)
    other = ball.vertices + [20, 0, 0]
    joined = np.vstack([ball.vertices, other])
    faces = np.vstack([ball.faces, ball.faces + len(other)])
    right, left = int(np.argmax(ball.vertices[:, 0])), int(np.argmin(other[:, 0])) + len(other)
    faces[faces == left] = right
    yield "nonManifoldVertices", trimesh.Trimesh(joined, faces, process=False)


for name, mesh in broken():
    path = f"{work}/broken.ply"
    mesh.export(path)
    _, failed = gate(path)
    expect(name in failed, f"broken by {name}: the gate says {failed}")

agreed = crossed = 0
for i in range(200):
    a = trimesh.creation.icosphere(2, 10)
    b = trimesh.creation.torus(12, 3) if i % 2 else trimesh.creation.box(extents=(9, 9, 9))
    b.apply_transform(trimesh.transformations.random_rotation_matrix(random.random(3)))
    b.apply_translation(random.uniform(-16, 16, 3))
    path = f"{work}/pair.ply"
    trimesh.util.concatenate([a, b]).export(path)
    values, _ = gate(path)
    faces = crossing_faces(path)
    agreed += (faces > 0) == (values["selfIntersections"] > 0)
    crossed += faces > 0
expect(agreed == 200, f"pymeshlab and the gate agree on {agreed} of 200 pairs")
print(f"{agreed} of 200 pairs judged as by pymeshlab, {crossed} of which cross")
shutil.rmtree(work)
print("no problem" if not problems else f"{len(problems)} problems")
sys.exit(1 if problems else 0)
