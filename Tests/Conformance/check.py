"""Lets calvaria read what corpus.py wrote and compares with reference.py.

    python check.py CALVARIA FOLDER [WORD…]

Good files must give exactly the object of CONTRACT.md; bad ones exit 1, one line on standard error in the
form of the contract that names the file, and nothing on standard output; all within a second of processor
time, 20 s in all, and 1.5 GB of address space. WORDs choose groups. Exit 1 where something differs.
"""
import json, math, os, re, resource, subprocess, sys
from reference import describe

program, root, wanted = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
SECONDS, BYTES = 1.0, 1500000 * 1024


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))


def spent():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run(*arguments):
    start = spent()
    try:
        done = subprocess.run([program, *arguments], capture_output=True, timeout=20, preexec_fn=limit)
    except subprocess.TimeoutExpired:
        return None, '', '', 20.0
    return done.returncode, done.stdout.decode(), done.stderr.decode(), spent() - start


def close(a, b):
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=1e-12, abs_tol=1e-12)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(close, a, b))
    return a == b and type(a) is type(b)


def judge(case):
    path = os.path.join(root, case['path'])
    status, out, err, seconds = run('info', path, '--json', '--sha256')
    late = [f'{seconds:.2f} s'] if seconds > SECONDS else []
    if not case['good']:
        form = re.compile(r'calvaria: error: ' + re.escape(root) + r'/[^\n]*?(:\d+){0,2}: [^:\n]+: expected [^\n]+, found [^\n]+; [^\n]+\n')
        errors = [l for l in err.splitlines(True) if not l.startswith('calvaria: warning: ')]
        if status != 1 or out or len(errors) != 1 or not form.fullmatch(errors[0]):
            return [f'exit {status}, output {out[:200]!r}, errors {err[:500]!r}'] + late
        return late
    if status != 0:
        return [f'exit {status}: {err[:500]}'] + late
    ours, theirs = json.loads(out), json.loads(json.dumps(describe(path)))
    return late + [f'{k}: {ours.get(k, "absent")!r}, expected {theirs.get(k, "absent")!r}'
                   for k in {**theirs, **ours} if k not in ours or k not in theirs or not close(ours[k], theirs[k])]


cases = [c for c in json.load(open(os.path.join(root, 'cases.json'))) if not wanted or any(w in c['group'] for w in wanted)]
bad = 0
# One at a time: the seconds are those of one program.
for case in cases:
    trouble = judge(case)
    bad += bool(trouble)
    for one in trouble:
        print(f'{case["path"]} ({case["why"]!r}, {"good" if case["good"] else "bad"}): {one}')
print(f'{len(cases)} files, {bad} with a difference')
sys.exit(bad > 0)
