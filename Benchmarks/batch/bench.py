"""What the scripts of this folder share: data sets, runs with their time and memory, medians."""

import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
import venv

here = os.path.dirname(os.path.abspath(__file__))
root = os.path.dirname(os.path.dirname(here))
program = os.path.abspath(
    os.environ.get("CALVARIA", os.path.join(root, ".build", "release", "calvaria")))
# Both are ignored by git.
environment = os.path.join(here, ".build-venv")
data = os.path.join(here, ".build-data")
peers = ["SimpleITK==2.5.7", "connected-components-3d==4.1.1", "edt==3.1.2", "vtk==9.7.2",
         "numpy==2.4.6", "monai==1.6.1"]
memory_unit = 1 << 20


def python():
    """An interpreter with the peers: PYTHON's, or that of an environment made here."""
    if os.environ.get("PYTHON"):
        return os.environ["PYTHON"]
    path = os.path.join(environment, "bin", "python")
    if not os.path.exists(path):
        venv.create(environment, with_pip=True)
    if subprocess.run([path, "-c", "import monai, torch, vtk, edt, cc3d, SimpleITK"],
                      capture_output=True).returncode:
        pip = [path, "-m", "pip", "-q", "install"]
        # The build without CUDA, 200 MB in place of gigabytes, where its index can be had.
        if subprocess.run([*pip, "torch==2.13.0", "--index-url",
                           "https://download.pytorch.org/whl/cpu"]).returncode:
            subprocess.run([*pip, "torch==2.13.0"], check=True)
        subprocess.run([*pip, *peers], check=True)
    return path


def skulls(cases, size, kinds, seed=5150):
    """A data set of synthetic skulls with truth, made once; its folder."""
    count = -(-cases // len(kinds))
    folder = os.path.join(data, f"{size}-{count}-{'-'.join(kinds)}")
    # synth writes its account last: with it the set is whole.
    if not os.path.exists(os.path.join(folder, "population.json")):
        template = os.path.join(root, "sample-data", "cranium.nhdr")
        subprocess.run([program, "synth", "-o", folder, "--count", str(count), "--seed", str(seed),
                        "--size", size, "--kinds", ",".join(kinds), "--template", template],
                       check=True, stdout=sys.stderr)
    return folder, count * len(kinds)


def fresh(name):
    """An empty folder for outputs."""
    folder = os.path.join(data, "out", name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    return folder


def resident(process):
    """Bytes in memory of a process and all below it."""
    children, sizes = {}, {}
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as file:
                fields = file.read().rsplit(b")", 1)[1].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(entry))
        sizes[int(entry)] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    total, waiting = 0, [process]
    while waiting:
        one = waiting.pop()
        total += sizes.get(one, 0)
        waiting += children.get(one, [])
    return total


class Run:
    """A command that has ended: output, seconds, CPU seconds, peak bytes of its tree of processes."""

    def __init__(self, command, cores=None):
        if cores is not None:
            command = ["taskset", "-c", cores, *command]
        before = os.times()
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   cwd=root)
        self.peak = 0
        ended = threading.Event()

        def watch():
            while not ended.wait(0.02):
                self.peak = max(self.peak, resident(process.pid))
        watching = threading.Thread(target=watch)
        watching.start()
        self.output, self.errors = process.communicate()
        self.seconds = time.perf_counter() - begin
        ended.set()
        watching.join()
        after = os.times()
        self.processor = (after.children_user + after.children_system
                          - before.children_user - before.children_system)
        self.code = process.returncode

    def must_end_well(self):
        if self.code:
            sys.exit(f"exit {self.code}\n{self.output}\n{self.errors}")
        return self


def ours(dataset, out, *options, pipeline="implant", path=None, cores=None):
    file = path or os.path.join(root, "pipelines", pipeline + ".yaml")
    return Run([program, "batch", dataset, "-o", out, "--pipeline", file, "-q", *options], cores)


median = statistics.median


def verdict(text, value, target, reached):
    print(f"{text}: {value}; target {target}: {'reached' if reached else 'NOT reached'}")
