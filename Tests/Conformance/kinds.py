"""Draws files by the date and lets calvaria say what is bone in them.

    python kinds.py CALVARIA [--count 100] [--seed 20261130] [--keep FOLDER]

Each file is a head of formulas: a kind of volume (mask, soft mask, labels, CT, offset, wrapped, window, …), a number type, a
grid, a format, and sometimes damage. What is bone in it is known here, without calvaria. A file is right where exactly that bone
comes out, at the same place; refused where the program ends with 1 and a message that names what to do; wrong otherwise. Prints a
table and every file that is wrong; exit 1 if there is any. Python 3 and nothing else.
"""
import argparse, array, collections, datetime, gzip, math, os, random, struct, subprocess, sys, tempfile, zlib

PIPELINE = """version: 1
pipeline: bone
parameters: {threshold: 226}
stages:
  skull: {stage: load, of: $case}
  bone:  {stage: bone, of: skull, threshold: $threshold, pieces: all}
outputs: {bone.nrrd: bone}
"""


class Head:
    """HU and bone of an ellipsoid with a hole; x fastest."""

    def __init__(self, draw):
        self.sizes = (draw.randint(44, 56), draw.randint(54, 66), draw.randint(44, 54))
        n = self.sizes
        grow = draw.uniform(0.84, 0.95)
        hole = draw.uniform(0.35, 0.5)
        side = draw.choice((-1, 1))
        rows = [[(2 * i / (m - 1) - 1) / grow for i in range(m)] for m in n]
        squares = [[v * v for v in row] for row in rows]
        noise = draw.choice((3, 8, 20))
        self.hu, self.bone = array.array('i'), bytearray()
        rand = random.Random(draw.random()).random
        for z in range(n[2]):
            for y in range(n[1]):
                b = squares[2][z] + squares[1][y]
                h = rows[2][z] ** 2 + rows[1][y] ** 2
                for x in range(n[0]):
                    r = b + squares[0][x]
                    shake = int((rand() - 0.5) * 2 * noise)
                    solid = 0.78 < r <= 1 and not (h < hole * hole and rows[0][x] * side > 0)
                    self.bone.append(solid)
                    self.hu.append((700 + int(500 * rand())) if solid else 34 + shake if r <= 0.78 else
                                   15 + shake if r <= 1.12 else -1000 + shake)

    def soft(self):
        """The share of bone in the cube of 27 voxels about each voxel, 0 to 1."""
        nx, ny, nz = self.sizes
        values = [float(v) for v in self.bone]
        for step in (1, nx, nx * ny):
            values = [(values[i - step] if i >= step else 0) / 4 + values[i] / 2 +
                      (values[i + step] if i + step < len(values) else 0) / 4 for i in range(len(values))]
        return values


def clamp(v, lo, hi):
    return lo if v < lo else hi if v > hi else v


def kinds():
    """name → (values of a head, type, what must happen: the bone's tolerance, or None for refused)."""
    def ct(type_, change):
        return lambda head, draw: ([change(v) for v in head.hu], type_)

    def mask(type_, inside, outside=0):
        return lambda head, draw: ([inside if b else outside for b in head.bone], type_)

    def soft(type_, scale, whole):
        return lambda head, draw: ([round(scale * v) if whole else scale * v for v in head.soft()], type_)

    def window(low, high):
        return ct('B', lambda v: clamp(round((v - low) / (high - low) * 255), 0, 255))

    def rough(head, draw):
        return [(1 if b else 0) + draw.uniform(-1e-6, 1e-6) for b in head.bone], 'f'

    def magnetic(head, draw):
        return [abs(int(draw.gauss(12, 6))) if v < -300 else int(500 + 4 * v + draw.gauss(0, 15)) if v < 150
                else abs(int(draw.gauss(50, 10))) for v in head.hu], 'H'

    yield 'mask 0/1', mask('B', 1), 0
    yield 'mask 0/255', mask('h', 255), 0
    yield 'mask 0/1 float', mask('f', 1), 0
    yield 'mask -1/0', mask('b', -1), 0
    yield 'mask 1/2', mask('B', 2, 1), 0
    yield 'mask 1/NaN', mask('f', 1, math.nan), 0
    yield 'mask, rounding noise', rough, 0
    yield 'mask, inverted', mask('B', 0, 1), None
    yield 'soft mask 0..255', soft('B', 255, True), 0.1
    yield 'soft mask 0..1', soft('f', 1, False), 0.1
    yield 'soft mask 0..1000', soft('h', 1000, True), 0.1
    yield 'labels', lambda head, draw: ([2 if b else 1 if v > -300 else 0 for b, v in zip(head.bone, head.hu)], 'B'), None
    yield 'labels, large', lambda head, draw: ([91 if b else 14 if v > -300 else 0 for b, v in zip(head.bone, head.hu)], 'h'), None
    yield 'CT', ct('h', lambda v: v), 0
    yield 'CT float', ct('f', lambda v: v + 0.25), 0
    yield 'CT double', ct('d', lambda v: v), 0
    yield 'CT int32', ct('i', lambda v: v), 0
    yield 'CT, cut at -200', ct('h', lambda v: max(v, -200)), 0
    yield 'CT, cut at 0', ct('h', lambda v: max(v, 0)), 0
    yield 'CT, all but bone -1024', ct('h', lambda v: v if v >= 226 else -1024), 0
    yield 'CT + 1024', ct('H', lambda v: v + 1024), 0
    yield 'CT + 1024 float', ct('f', lambda v: v + 1024), 0
    yield 'CT + 1000', ct('h', lambda v: v + 1000), 0
    yield 'CT - 1024', ct('h', lambda v: v - 1024), 0
    yield 'CT + 32768', ct('H', lambda v: v + 32768), 0
    yield 'CT wrapped, 16 bits', ct('H', lambda v: v & 0xFFFF), 0
    yield 'CT wrapped, 16 in 32 bits', ct('i', lambda v: v & 0xFFFF), 0
    yield 'CT wrapped, 32 bits', ct('I', lambda v: v & 0xFFFFFFFF), 0
    yield 'CT wrapped, 12 bits', ct('H', lambda v: v & 0xFFF), 0
    yield 'window of bone', window(-700, 1300), None
    yield 'window of brain', window(0, 80), None
    yield 'window, wide', window(-1000, 2000), None
    yield 'normalised 0..1', ct('f', lambda v: (v + 1024) / 4095), None
    yield 'normalised -1..1', ct('f', lambda v: clamp(v / 1000, -1, 1)), None
    yield 'HU halved', ct('h', lambda v: v // 2), None
    yield 'MR', magnetic, None
    yield 'one value', mask('B', 1, 1), None
    yield 'nothing', mask('B', 0, 0), 0
    yield 'CT without bone', ct('h', lambda v: min(v, 40)), None


NRRD = {'B': 'uint8', 'b': 'int8', 'h': 'int16', 'H': 'uint16', 'i': 'int32', 'I': 'uint32', 'f': 'float', 'd': 'double'}
NIFTI = {'B': 2, 'b': 256, 'h': 4, 'H': 512, 'i': 8, 'I': 768, 'f': 16, 'd': 64}
DAMAGE = {
    'LFS pointer': b'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n',
    'web page': b'<!DOCTYPE html><html><head><title>Sign in</title>',
    'zip': b'PK\x03\x04' + bytes(40), 'empty': b''}


def grid(draw):
    """Columns of the voxel → LPS matrix, and the origin."""
    spacing = [draw.choice((2.6, 2.9, 3.2)) for _ in range(3)]
    columns = [[spacing[i] if i == j else 0.0 for j in range(3)] for i in range(3)]
    if draw.random() < 0.4:
        angle = draw.uniform(-0.3, 0.3)
        c, s = math.cos(angle), math.sin(angle)
        columns = [[c * v[0] - s * v[1], s * v[0] + c * v[1], v[2]] for v in columns]
    for axis in range(3):
        if draw.random() < 0.3:
            columns[axis] = [-v for v in columns[axis]]
    return columns, [round(draw.uniform(-200, 200), 3) for _ in range(3)]


def write(path, format_, sizes, values, type_, columns, origin, draw):
    data = b''.join((array.array(type_, values).tobytes(),))
    if format_.startswith('nrrd') or format_ == 'nhdr':
        space = draw.choice((('left-posterior-superior', (1, 1, 1)), ('RAS', (-1, -1, 1)), ('LAS', (1, -1, 1))))
        vector = lambda v: '(' + ','.join(repr(s * c) for s, c in zip(space[1], v)) + ')'
        zipped = format_ == 'nrrd.gz'
        text = (f'NRRD0004\n# drawn\ntype: {NRRD[type_]}\ndimension: 3\nspace: {space[0]}\nsizes: {sizes[0]} {sizes[1]} {sizes[2]}\n'
                f'space directions: {" ".join(map(vector, columns))}\nspace origin: {vector(origin)}\nendian: little\n'
                f'encoding: {"gzip" if zipped else "raw"}\n')
        body = gzip.compress(data, 1) if zipped else data
        if format_ == 'nhdr':
            with open(path[:-5] + '.raw', 'wb') as file:
                file.write(body)
            text += f'data file: {os.path.basename(path)[:-5]}.raw\n'
            body = b''
        whole = text.encode() + b'\n' + body
    else:
        ras = [[-v[0], -v[1], v[2]] for v in columns + [origin]]
        head = bytearray(352)
        struct.pack_into('<i', head, 0, 348)
        struct.pack_into('<8h', head, 40, 3, *sizes, 1, 1, 1, 1)
        struct.pack_into('<2h', head, 70, NIFTI[type_], 8 * array.array(type_).itemsize)
        lengths = [math.sqrt(sum(c * c for c in v)) for v in columns]
        struct.pack_into('<8f', head, 76, 1, *lengths, 0, 0, 0, 0)
        struct.pack_into('<3f', head, 108, 352, 1, 0)
        head[123] = 2
        struct.pack_into('<2h', head, 252, 0, 1)
        for row in range(3):
            struct.pack_into('<4f', head, 280 + 16 * row, *(v[row] for v in ras))
        head[344:348] = b'n+1\0'
        whole = bytes(head) + data
        if format_ == 'nii.gz':
            whole = gzip.compress(whole, 1)
    with open(path, 'wb') as file:
        file.write(whole)
    return whole


def read(path):
    """The voxels and the voxel → LPS map of what calvaria wrote: uint8, gzip, LPS."""
    whole = open(path, 'rb').read()
    end = whole.index(b'\n\n')
    fields = dict(line.split(': ', 1) for line in whole[:end].decode().splitlines()[1:] if ': ' in line)
    assert fields['type'] in ('uint8', 'unsigned char', 'uchar') and fields['encoding'] in ('gzip', 'gz'), fields
    vectors = [[float(c) for c in v.strip('()').split(',')] for v in fields['space directions'].split()]
    origin = [float(c) for c in fields['space origin'].strip('()').split(',')]
    signs = {'left-posterior-superior': (1, 1, 1), 'right-anterior-superior': (-1, -1, 1),
             'left-anterior-superior': (1, -1, 1)}[fields['space']]
    return zlib.decompress(whole[end + 2:], 31), [[s * c for s, c in zip(signs, v)] for v in vectors + [origin]]


def judge(program, pipeline, path, head, placement, tolerance, damaged, out):
    done = subprocess.run([program, 'run', pipeline, path, '-o', out, '--quiet', '--jobs', '1'], capture_output=True, timeout=120)
    err = done.stderr.decode()
    if done.returncode == 1:
        last = [line for line in err.splitlines() if 'calvaria: error: ' in line]
        if not last or '; ' not in last[-1]:
            return 'wrong', f'refused without a remedy: {err[:300]}'
        if not damaged and tolerance is None and not any(
                word in last[-1] for word in ('--set threshold=', '--label', 'check the program')):
            return 'wrong', f'refused without the option that settles it: {last[-1][:300]}'
        return 'refused', last[-1]
    if done.returncode != 0:
        return 'wrong', f'exit {done.returncode}: {err[:300]}'
    if damaged:
        return 'wrong', 'damage was not noticed'
    voxels, map_ = read(os.path.join(out, 'bone.nrrd'))
    if any(abs(a - b) > 1e-3 for u, v in zip(map_, placement) for a, b in zip(u, v)):
        return 'wrong', f'at another place: {map_}, expected {placement}'
    false = sum(1 for a, b in zip(voxels, head.bone) if (a != 0) != (b != 0))
    share = false / max(1, sum(head.bone))
    if len(voxels) != len(head.bone) or share > (tolerance or 0):
        return 'wrong', f'{false} voxels of bone differ'
    return 'right', 'warned' if 'warning' in err else ''


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument('program')
    options.add_argument('--count', type=int, default=100)
    options.add_argument('--seed', type=int, default=int(datetime.date.today().strftime('%Y%m%d')))
    options.add_argument('--keep', help='a folder for the files that are wrong')
    options = options.parse_args()
    draw = random.Random(options.seed)
    table = collections.defaultdict(collections.Counter)
    everything = list(kinds())
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        pipeline = os.path.join(folder, 'bone.yaml')
        with open(pipeline, 'w') as file:
            file.write(PIPELINE)
        order = []
        while len(order) < options.count:
            order += draw.sample(everything, len(everything))
        for number, (name, make, tolerance) in enumerate(order[:options.count]):
            head = Head(draw)
            values, type_ = make(head, draw)
            if name == 'nothing':
                head.bone = bytearray(len(head.bone))
            columns, origin = grid(draw)
            format_ = draw.choice(('nrrd', 'nrrd.gz', 'nhdr', 'nii', 'nii.gz'))
            path = os.path.join(folder, f'{number:03}.{"nrrd" if format_ == "nrrd.gz" else format_}')
            whole = write(path, format_, head.sizes, values, type_, columns, origin, draw)
            damage = draw.choice(('cut', *DAMAGE)) if draw.random() < 0.12 else None
            if damage:
                with open(path, 'wb') as file:
                    file.write(whole[:len(whole) * 2 // 3] if damage == 'cut' else DAMAGE[damage])
            verdict, reason = judge(
                options.program, pipeline, path, head, columns + [origin], tolerance, damage is not None,
                os.path.join(folder, f'out-{number}'))
            table[f'damaged: {damage}' if damage else name][verdict] += 1
            if verdict == 'wrong':
                bad.append(f'{number:03} {name}, {type_}, {format_}, {damage or "whole"}: {reason}')
                if options.keep:
                    os.makedirs(options.keep, exist_ok=True)
                    os.replace(path, os.path.join(options.keep, os.path.basename(path)))
    print(f'seed {options.seed}, {options.count} files')
    print(f'{"kind":34} right  refused  wrong')
    for name in sorted(table):
        count = table[name]
        print(f'{name:34} {count["right"]:5}  {count["refused"]:7}  {count["wrong"]:5}')
    for line in bad:
        print(line)
    print(f'{len(bad)} wrong')
    sys.exit(1 if bad else 0)


if __name__ == '__main__':
    main()
