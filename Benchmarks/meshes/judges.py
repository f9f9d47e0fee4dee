"""What other programs say of a mesh file. Each judge returns '' where it finds nothing to mend, else what it found."""

import os
import re
import shutil
import subprocess
import tempfile

import lib3mf
import numpy as np
import pymeshlab
import trimesh

# A plate that takes every part, and supports: what is judged is the mesh, not how it is laid.
SLICING = ["--bed-shape", "0x0,400x0,400x400,0x400", "--max-print-height", "400", "--center", "200,200",
           "--support-material"]


def by_trimesh(path, euler=None):
    mesh = trimesh.load_mesh(path)
    sound = mesh.is_watertight and mesh.is_winding_consistent and mesh.volume > 0
    if not sound:
        return "not watertight, not consistent or turned inside out"
    return "" if euler in (None, mesh.euler_number) else f"Euler number {mesh.euler_number}, not {euler}"


def by_admesh(path):
    """None where there is no admesh."""
    if not shutil.which("admesh"):
        return None
    told = subprocess.run(["admesh", path], capture_output=True, text=True, errors="replace").stdout
    changes = {
        key: int(re.search(key + r"[^:]*:\s*(\d+)", told)[1])
        for key in ("Degenerate facets", "Edges fixed", "Facets removed", "Facets added",
                    "Facets reversed", "Backwards edges", "Normals fixed")}
    return ", ".join(f"{key}: {value}" for key, value in changes.items() if value)


def crossing_faces(path):
    meshes = pymeshlab.MeshSet()
    meshes.load_new_mesh(path)
    # STL has no common vertices.
    meshes.meshing_remove_duplicate_vertices()
    meshes.compute_selection_by_self_intersections_per_face()
    return meshes.current_mesh().selected_face_number()


def by_pymeshlab(path):
    faces = crossing_faces(path)
    return f"{faces} faces cross" if faces else ""


def strictly_read(path):
    """The warnings of a strict reading, and vertices and triangles of each object."""
    model = lib3mf.get_wrapper().CreateModel()
    reader = model.QueryReader("3mf")
    reader.SetStrictModeActive(True)
    reader.ReadFromFile(path)
    objects, meshes = model.GetMeshObjects(), []
    while objects.MoveNext():
        mesh = objects.GetCurrentMeshObject()
        meshes.append((
            np.array([list(v.Coordinates) for v in mesh.GetVertices()], dtype=np.float32),
            np.array([list(t.Indices) for t in mesh.GetTriangleIndices()])))
    return reader.GetWarningCount(), meshes


def by_lib3mf(path, triangles):
    try:
        warnings, meshes = strictly_read(path)
    except lib3mf.ELib3MFException as error:
        return str(error)
    found = sum(len(mesh[1]) for mesh in meshes)
    return f"{warnings} warnings" if warnings else "" if found == triangles else f"{found} triangles"


def by_slicer(path):
    """PrusaSlicer's repairs, and what it says against slicing; None where there is none."""
    slicer = next(filter(shutil.which, ("prusa-slicer", "PrusaSlicer")), None)
    if not slicer:
        return None
    told = subprocess.run([slicer, "--info", path], capture_output=True, text=True).stdout
    values = dict(re.findall(r"^(\w+)\s*=\s*(\S+)", told, re.M))
    repairs = [f"{key} {value}" for key, value in values.items()
               if key in ("open_edges", "degenerate_facets", "edges_fixed", "facets_removed",
                          "facets_reversed", "backwards_edges")]
    if values.get("manifold") != "yes" or repairs:
        return ", ".join(repairs) or "not manifold"
    with tempfile.TemporaryDirectory() as folder:
        code = os.path.join(folder, "part.gcode")
        made = subprocess.run([slicer, "--export-gcode", *SLICING, "-o", code, path],
                              capture_output=True, text=True)
        if made.returncode or not os.path.exists(code):
            return f"no G-code: {made.stdout[-300:]}{made.stderr[-300:]}"
        against = re.findall(r"^.*(?:[Ww]arning|[Ee]rror|[Rr]epair|empty layer).*$",
                             made.stdout + made.stderr, re.M)
        return "; ".join(against)
