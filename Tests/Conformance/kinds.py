"""Draws files by the date and lets calvaria say what is bone in them.

    python kinds.py CALVARIA [--count 100] [--seed 20261130] [--keep FOLDER]

Each file is a head of formulas: a kind of volume (mask, soft mask, labels, CT, offset, wrapped, window, noise, frame, table, …), a
number type, a grid, a format, and in every fifth file damage: cut off, or something else in place of the volume or of its data
file, such as a pointer of Git LFS. What is bone in it is known here, without calvaria. A file is right where that bone comes out,
at the same place (exactly, but for the kinds whose tolerance `kinds` states); refused where the program ends with 1 and a message
that names what to do and, of damage, what the file is; wrong otherwise. Prints a table and every file that is wrong; exit 1 if
there is any. Python 3 and nothing else.
"""
import argparse, array, collections, datetime, gzip, math, os, random, struct, subprocess, sys, tempfile, typing, zlib

PIPELINE = """version: 1
pipeline: bone
parameters: {threshold: 226}
stages:
  skull: {stage: load, of: $case}
  bone:  {stage: bone, of: skull, threshold: $threshold, pieces: PIECES}
outputs: {bone.nrrd: bone}
"""


class Head:
    """HU and bone of an ellipsoid with a hole; x fastest. `room` is of air, in voxels, on each side of x and y."""

    def __init__(self, draw, room=0):
        inner = (draw.randint(44, 56), draw.randint(54, 66), draw.randint(44, 54))
        rooms = (room, room, 0)
        self.sizes = n = tuple(m + 2 * r for m, r in zip(inner, rooms))
        grow = draw.uniform(0.84, 0.95)
        self.middle = [(m - 1) / 2 for m in n]
        self.half = [grow * (m - 1) / 2 for m in inner]
        hole = draw.uniform(0.35, 0.5)
        side = draw.choice((-1, 1))
        rows = [[(i - c) / a for i in range(m)] for m, c, a in zip(n, self.middle, self.half)]
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


    def places(self):
        """x, y, z of each voxel from the middle, in voxels."""
        for z in range(self.sizes[2]):
            for y in range(self.sizes[1]):
                for x in range(self.sizes[0]):
                    yield x - self.middle[0], y - self.middle[1], z - self.middle[2]


class Kind(typing.NamedTuple):
    """A kind of volume."""
    name: str
    # Values of a head and their type, by the head and the draw.
    make: typing.Callable
    # The share of bone's voxels that may be wrong; None: the file must be refused.
    tolerance: typing.Optional[float]
    # Only voxels further than one from where they belong are wrong: beside all bone, or missing in the midst of it. What
    # smooths noise mixes a voxel with its neighbours, and thereby moves the border of bone, by no more than that.
    within_a_voxel: bool = False
    # Voxels of air around the head.
    room: int = 0
    # Only the skull is asked for, not all that is as dense.
    main: bool = False
    # Words of a warning that must be there.
    says: str = ''
    # Of a refusal: what settles it, one of them.
    settles: tuple = ('--set threshold=', '--label', 'check the program')


def clamp(v, lo, hi):
    return lo if v < lo else hi if v > hi else v


def kinds():
    """Every kind."""
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

    yield Kind('mask 0/1', mask('B', 1), 0)
    yield Kind('mask 0/255', mask('h', 255), 0)
    yield Kind('mask 0/1 float', mask('f', 1), 0)
    yield Kind('mask -1/0', mask('b', -1), 0)
    yield Kind('mask 1/2', mask('B', 2, 1), 0)
    yield Kind('mask 1/NaN', mask('f', 1, math.nan), 0)
    yield Kind('mask, rounding noise', rough, 0)
    yield Kind('mask, inverted', mask('B', 0, 1), None)
    yield Kind('soft mask 0..255', soft('B', 255, True), 0.1)
    yield Kind('soft mask 0..1', soft('f', 1, False), 0.1)
    yield Kind('soft mask 0..1000', soft('h', 1000, True), 0.1)
    yield Kind('labels', lambda head, draw: ([2 if b else 1 if v > -300 else 0 for b, v in zip(head.bone, head.hu)], 'B'), None)
    yield Kind('labels, large', lambda head, draw: ([91 if b else 14 if v > -300 else 0 for b, v in zip(head.bone, head.hu)], 'h'), None)
    yield Kind('CT', ct('h', lambda v: v), 0)
    yield Kind('CT float', ct('f', lambda v: v + 0.25), 0)
    yield Kind('CT double', ct('d', lambda v: v), 0)
    yield Kind('CT int32', ct('i', lambda v: v), 0)
    yield Kind('CT, cut at -200', ct('h', lambda v: max(v, -200)), 0)
    yield Kind('CT, cut at 0', ct('h', lambda v: max(v, 0)), 0)
    yield Kind('CT, all but bone -1024', ct('h', lambda v: v if v >= 226 else -1024), 0)
    yield Kind('CT + 1024', ct('H', lambda v: v + 1024), 0)
    yield Kind('CT + 1024 float', ct('f', lambda v: v + 1024), 0)
    yield Kind('CT + 1000', ct('h', lambda v: v + 1000), 0)
    yield Kind('CT - 1024', ct('h', lambda v: v - 1024), 0)
    yield Kind('CT + 32768', ct('H', lambda v: v + 32768), 0)
    yield Kind('CT wrapped, 16 bits', ct('H', lambda v: v & 0xFFFF), 0)
    yield Kind('CT wrapped, 16 in 32 bits', ct('i', lambda v: v & 0xFFFF), 0)
    yield Kind('CT wrapped, 32 bits', ct('I', lambda v: v & 0xFFFFFFFF), 0)
    yield Kind('CT wrapped, 12 bits', ct('H', lambda v: v & 0xFFF), 0)
    yield Kind('window of bone', window(-700, 1300), None)
    yield Kind('window of brain', window(0, 80), None)
    yield Kind('window, wide', window(-1000, 2000), None)
    yield Kind('normalised 0..1', ct('f', lambda v: (v + 1024) / 4095), None)
    yield Kind('normalised -1..1', ct('f', lambda v: clamp(v / 1000, -1, 1)), None)
    yield Kind('HU halved', ct('h', lambda v: v // 2), None)
    yield Kind('CT + 512', ct('h', lambda v: v + 512), None)
    yield Kind('CT + 300, float', ct('f', lambda v: v + 300), None)
    # No threshold would take its bone.
    yield Kind('CT, other sign', ct('h', lambda v: -v), None, settles=('turn it back',))
    yield Kind('CT in tenths of HU', ct('i', lambda v: 10 * v), None)
    yield Kind('MR', magnetic, None)
    yield Kind('one value', mask('B', 1, 1), None)
    yield Kind('nothing', mask('B', 0, 0), 0)
    yield Kind('CT without bone', ct('h', lambda v: min(v, 40)), None)

    def noisy(change=lambda v, place: v, type_='h', offset=0, sigma=(60, 90), salt=0):
        """Noise; voxels of salt and pepper are a share of all."""
        def make(head, draw):
            deviation = draw.uniform(*sigma)
            noise = random.Random(draw.random())

            def value(v, place):
                if salt and noise.random() < salt:
                    return noise.choice((-1024, 3071)) + offset
                return clamp(round(change(v, place) + noise.gauss(0, deviation)), -1024, 3071) + offset
            return [value(v, place) for v, place in zip(head.hu, head.places())], type_
        return make

    def streaks(v, place):
        """A filling below the face sends rays through some slices."""
        x, y, z = place
        return v + 110 * math.sin(14 * math.atan2(y + 20, x - 3)) if -14 < z < -6 and v > -300 else v

    def ring(value, pins):
        """A ring about the head, 12 voxels (31 mm and more) from it; its pins end in the bone."""
        def make(head, draw):
            a, b, _ = head.half
            height = draw.uniform(-8, 8)

            def at(v, place):
                x, y, z = place
                out = math.hypot(x / (a + 14), y / (b + 14))
                if abs(out - 1) * (a + 14) <= 2 and abs(z - height) <= 4:
                    return value
                inside = (x / a) ** 2 + (y / b) ** 2 + (z / head.half[2]) ** 2
                across = min(abs(x * b - y * a), abs(x * b + y * a)) / math.hypot(a, b)
                return value if pins and 0.9 < inside and out < 1 and across <= 1 and abs(z - height) <= 1 else v
            return [at(v, place) for v, place in zip(head.hu, head.places())], 'h'
        return make

    def table(gap):
        """A table as thick as 10 to 15 voxels (26 mm and more) behind the head, through all slices."""
        def make(head, draw):
            value, thick = draw.choice((300, 600, 900)), draw.randint(10, 15)
            start = head.half[1] + gap
            return [value if start <= y < start + thick and abs(x) < head.half[0] + 10 and v < 226 else v
                    for v, (x, y, z) in zip(head.hu, head.places())], 'h'
        return make

    # No more than 1 % of the bone: what is left of a pin in the bone, and single voxels of noise.
    bone = dict(tolerance=0.01, main=True)
    noise = dict(bone, within_a_voxel=True, says='noise of')
    frame = dict(bone, room=18, says='outside of the head')
    yield Kind('CT, noise of 60 to 90 HU', noisy(), **noise)
    yield Kind('CT, noise, float', noisy(type_='f'), **noise)
    yield Kind('CT, noise, + 1024', noisy(type_='H', offset=1024), **noise)
    yield Kind('CT, noise and streaks', noisy(streaks), **noise)
    yield Kind('CT, streaks', noisy(streaks, sigma=(5, 20)), **dict(noise, says=''))
    yield Kind('CT, salt and pepper', noisy(sigma=(5, 20), salt=0.004), **dict(noise, says=''))
    yield Kind('CT, ring of titanium, pins', ring(3071, True), **frame)
    yield Kind('CT, ring of composite, pins', ring(600, True), **frame)
    yield Kind('CT, ring alone', ring(3071, False), **dict(frame, says=''))
    yield Kind('CT, table at the bone', table(-1), **frame)
    yield Kind('CT, table apart', table(4), **dict(frame, says=''))


NRRD = {'B': 'uint8', 'b': 'int8', 'h': 'int16', 'H': 'uint16', 'i': 'int32', 'I': 'uint32', 'f': 'float', 'd': 'double'}
NIFTI = {'B': 2, 'b': 256, 'h': 4, 'H': 512, 'i': 8, 'I': 768, 'f': 16, 'd': 64}
# What is there in place of a file, and what the message must call it.
DAMAGE = {
    'cut off': (None, ''),
    'LFS pointer': (b'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 12\n', 'Git LFS pointer'),
    'annex pointer': (b'/annex/objects/MD5E-s12--0123456789abcdef.nrrd\n', 'git-annex pointer'),
    'web page': (b'<!DOCTYPE html><html><head><title>Sign in</title>', 'web page'),
    'long web page': (b'\n<html>' + b'<p>Sign in</p>' * 200_000, 'web page'),
    'zip': (b'PK\x03\x04' + bytes(40), 'zip archive'),
    'long zip': (b'PK\x03\x04' + bytes(3_000_000), 'zip archive'),
    'empty': (b'', 'empty file')}


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
        zipped = format_ == 'nrrd.gz' or format_ == 'nhdr' and draw.random() < 0.5
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


def differing(voxels, bone, sizes):
    """Voxels further than one from where they belong: bone beside which there is none, and gaps in the midst of bone."""
    steps = [(dx, dy, dz) for dx in (-1, 0, 1) for dy in (-1, 0, 1) for dz in (-1, 0, 1)]
    n, count, at = sizes, 0, 0
    for z in range(n[2]):
        for y in range(n[1]):
            for x in range(n[0]):
                if (voxels[at] != 0) != (bone[at] != 0):
                    around = [bone[at + dx + n[0] * (dy + n[1] * dz)] for dx, dy, dz in steps
                              if 0 <= x + dx < n[0] and 0 <= y + dy < n[1] and 0 <= z + dz < n[2]]
                    count += all(around) if bone[at] else not any(around)
                at += 1
    return count


def judge(program, pipelines, path, head, placement, kind, damage, out):
    done = subprocess.run(
        [program, 'run', pipelines[kind.main], path, '-o', out, '--jobs', '1'], capture_output=True, timeout=120)
    err = done.stderr.decode()
    if done.returncode == 1:
        last = [line for line in err.splitlines() if 'calvaria: error: ' in line]
        if not last or '; ' not in last[-1]:
            return 'wrong', f'refused without a remedy: {err[:300]}'
        if damage and DAMAGE[damage][1] not in last[-1]:
            return 'wrong', f'not told as what it is: {last[-1][:300]}'
        if not damage and kind.tolerance is None and not any(
                word in last[-1] for word in kind.settles):
            return 'wrong', f'refused without the option that settles it: {last[-1][:300]}'
        return 'refused', last[-1]
    if done.returncode != 0:
        return 'wrong', f'exit {done.returncode}: {err[:300]}'
    if damage:
        return 'wrong', 'damage was not noticed'
    if kind.says not in err:
        return 'wrong', f'not warned of: {err[:300]}'
    voxels, map_ = read(os.path.join(out, 'bone.nrrd'))
    if any(abs(a - b) > 1e-3 for u, v in zip(map_, placement) for a, b in zip(u, v)):
        return 'wrong', f'at another place: {map_}, expected {placement}'
    false = (differing(voxels, head.bone, head.sizes) if kind.within_a_voxel
             else sum(1 for a, b in zip(voxels, head.bone) if (a != 0) != (b != 0)))
    share = false / max(1, sum(head.bone))
    if len(voxels) != len(head.bone) or share > (kind.tolerance or 0):
        return 'wrong', f'{false} voxels of bone differ, of {sum(head.bone)}'
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
    damages = [(damage, place) for damage in DAMAGE for place in ('volume', 'data file')]
    bad = []
    with tempfile.TemporaryDirectory() as folder:
        pipelines = {}
        for main_, pieces in ((False, 'all'), (True, 'main')):
            pipelines[main_] = os.path.join(folder, f'{pieces}.yaml')
            with open(pipelines[main_], 'w') as file:
                file.write(PIPELINE.replace('PIECES', pieces))
        order, faults = [], []
        while len(order) < options.count:
            order += draw.sample(everything, len(everything))
            faults += draw.sample(damages, len(damages))
        for number, kind in enumerate(order[:options.count]):
            head = Head(draw, kind.room)
            values, type_ = kind.make(head, draw)
            if kind.name == 'nothing':
                head.bone = bytearray(len(head.bone))
            columns, origin = grid(draw)
            format_ = draw.choice(('nrrd', 'nrrd.gz', 'nhdr', 'nii', 'nii.gz'))
            damage, place = faults.pop() if number % 5 == 4 else (None, 'volume')
            if place == 'data file':
                format_ = 'nhdr'
            path = os.path.join(folder, f'{number:03}.{"nrrd" if format_ == "nrrd.gz" else format_}')
            write(path, format_, head.sizes, values, type_, columns, origin, draw)
            if damage:
                broken = path[:-5] + '.raw' if place == 'data file' else path
                whole = open(broken, 'rb').read()
                with open(broken, 'wb') as file:
                    file.write(whole[:len(whole) * 2 // 3] if damage == 'cut off' else DAMAGE[damage][0])
            verdict, reason = judge(
                options.program, pipelines, path, head, columns + [origin], kind, damage, os.path.join(folder, f'out-{number}'))
            table[f'{place}: {damage}' if damage else kind.name][verdict] += 1
            if verdict == 'wrong':
                bad.append(f'{number:03} {kind.name}, {type_}, {format_}, {damage or "whole"}: {reason}')
                if options.keep:
                    os.makedirs(options.keep, exist_ok=True)
                    for name in os.listdir(folder):
                        if name.startswith(f'{number:03}.'):
                            os.replace(os.path.join(folder, name), os.path.join(options.keep, name))
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
