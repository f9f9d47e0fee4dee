"""Writes some nine hundred NRRD and NIfTI files, good and bad, by hand after the specifications.

    python corpus.py FOLDER [PACK]

Each lies in a folder of its own; FOLDER/cases.json says which are good. check.py reads them. PACK is a file
that gets all cases which are small and need no pipes, with what reference.py says of the good ones:
ConformanceTests read it from Fixtures/corpus.nrrd. Needs Python 3.9 and numpy.
"""
import bz2, gzip, json, math, os, re, struct, sys
import numpy as np
from reference import CODES, ENCODINGS, KINDS, NIFTI, SPACES, TYPES, describe

root = sys.argv[1]
os.makedirs(root)
cases = []
kept = []


def place(group, why, good, name, files, links=(), special=None):
    """One case: files by name, the first of which is read."""
    folder = os.path.join(root, f'{len(cases):04}-{group}')
    for file, data in files.items():
        path = os.path.join(folder, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as out:
            out.write(data)
    for link, target in links:
        os.symlink(target, os.path.join(folder, link))
    if special:
        special(folder)
    cases.append(dict(path=os.path.join(os.path.basename(folder), name), group=group, why=why, good=good))
    if sum(map(len, files.values())) < 10000 and (not special or group == 'outside'):
        kept.append(dict(
            name=name, why=f'{group} {why}', files={file: data.decode('latin-1') for file, data in files.items()}, links=dict(links),
            info=describe(os.path.join(folder, name)) if good else None))


def ramp(code, sizes):
    n, dtype = math.prod(sizes), np.dtype(code)
    if dtype.kind == 'f':
        values = ((np.arange(n) - n / 3) ** 3 * math.pi).astype(code)
        values[n // 2] = np.nan
        values[n // 4] = -np.inf
    else:
        low, high = int(np.iinfo(code).min), int(np.iinfo(code).max)
        values = np.array([low + i * (high - low) // max(1, n - 1) for i in range(n)], dtype=code)
    return values


def ascii_text(array, separator=' '):
    if array.dtype.kind == 'f':
        return separator.join(repr(float(v)) if array.dtype.itemsize == 8 else str(v) for v in array).encode()
    return separator.join(str(v) for v in array).encode()


def encode(array, encoding, order):
    if encoding == 'ascii':
        return ascii_text(array) + b'\n'
    data = array.astype(array.dtype.newbyteorder('<' if order == 'little' else '>')).tobytes()
    if encoding == 'hex':
        text = data.hex()
        return '\n'.join(text[i:i + 70] for i in range(0, len(text), 70)).encode() + b'\n'
    return {'raw': lambda d: d, 'gzip': lambda d: gzip.compress(d, 6, mtime=0), 'bzip2': bz2.compress}[encoding](data)


def header(lines, magic='NRRD0005', end='\n'):
    return end.join([magic] + lines + ['', '']).encode()


BASE = ['type: short', 'dimension: 3', 'sizes: 5 4 3', 'endian: little', 'encoding: raw']
ORIENTED = ['type: short', 'dimension: 3', 'space: left-posterior-superior', 'sizes: 5 4 3',
            'space directions: (1,0,0) (0,1,0) (0,0,1)', 'space origin: (0,0,0)', 'endian: little',
            'encoding: raw']
BODY = ramp('<i2', (5, 4, 3)).tobytes()


def with_line(line, lines=ORIENTED):
    """`lines` with the line of the same field replaced, or the line added."""
    field = line.split(':')[0]
    if any(l.split(':')[0] == field for l in lines):
        return [line if l.split(':')[0] == field else l for l in lines]
    return lines + [line]


def good(group, why, lines, body=BODY, magic='NRRD0005', end='\n'):
    place(group, why, True, 'a.nrrd', {'a.nrrd': header(lines, magic, end) + body})


def detached(group, why, lines, files, is_good=True, end='\n', last='\n', **more):
    text = end.join(['NRRD0005'] + lines).encode() + last.encode()
    place(group, why, is_good, 'a.nhdr', {'a.nhdr': text, **files}, **more)


def bad(group, why, lines, body=BODY, magic='NRRD0005', end='\n', **more):
    place(group, why, False, 'a.nrrd', {'a.nrrd': header(lines, magic, end) + body}, **more)


# types, encodings, byte orders
for name, aliases in TYPES.items():
    if name == 'block':
        continue
    array = ramp(CODES[name], (4, 3, 2))
    for i, alias in enumerate(aliases):
        alias = [alias, alias.upper(), alias.title()][i % 3]
        good('type', alias, [f'type: {alias}', 'dimension: 3', 'sizes: 4 3 2', 'encoding: raw', 'endian: big'],
             encode(array, 'raw', 'big'))
    for encoding, spellings in ENCODINGS.items():
        for i, spelling in enumerate(spellings):
            for order in ['little', 'big']:
                word = spelling.upper() if i % 2 else spelling
                lines = [f'type: {name}', 'dimension: 3', 'sizes: 4 3 2', f'encoding: {word}',
                         f'endian: {order.title() if i else order}']
                good('encoding', f'{name} {word} {order}', lines, encode(array, encoding, order))
        detached('detached', f'{name} {encoding}',
                 [f'type: {name}', 'dimension: 3', 'sizes: 4 3 2', f'encoding: {encoding}', 'endian: big',
                  'data file: a.data'], {'a.data': encode(array, encoding, 'big')})
for size in [1, 2, 3, 6, 10]:
    for encoding in ['raw', 'hex', 'gzip', 'bzip2']:
        good('block', f'{size} {encoding}', ['type: block', f'block size: {size}', 'dimension: 2', 'sizes: 5 3',
                                             'endian: little', f'encoding: {encoding}'],
             encode(np.arange(15 * size, dtype='u1'), encoding, 'little'))
for name in ['int8', 'uint8']:
    for encoding in ENCODINGS:
        good('endian', f'{name} {encoding} without', [f'type: {name}', 'dimension: 1', 'sizes: 7',
                                                      f'encoding: {encoding}'],
             encode(ramp(CODES[name], (7,)), encoding, 'little'))

# axes
for n in range(1, 17):
    sizes = [2 if a % 5 == 0 else 1 for a in range(n)]
    good('dimension', str(n), ['type: uint8', f'dimension: {n}', 'sizes: ' + ' '.join(map(str, sizes)),
                               'encoding: raw'], bytes(range(math.prod(sizes))))
SIZES = {'stub': 1, 'scalar': 1, 'complex': 2, '2-vector': 2, '4-color': 4, 'RGBA-color': 4, '4-vector': 4,
         'quaternion': 4, '2D-symmetric-matrix': 3, '2D-masked-symmetric-matrix': 4, '2D-matrix': 4,
         '2D-masked-matrix': 5, '3D-symmetric-matrix': 6, '3D-masked-symmetric-matrix': 7, '3D-matrix': 9,
         '3D-masked-matrix': 10}
for i, (kind, aliases) in enumerate(KINDS.items()):
    for j, alias in enumerate([kind] + aliases):
        at = (i + j) % 4
        size = SIZES.get(kind, 3)
        sizes, kinds = [2, 3, 2], ['domain', 'space', 'DOMAIN']
        directions = ['(0,-1.5,0)', '(0.25,0,0.001)', '(0,0,2)']
        sizes.insert(at, size)
        kinds.insert(at, alias.lower() if j % 2 else alias)
        directions.insert(at, 'none')
        good('kind', f'{alias} at {at}', [
            'type: uchar', 'dimension: 4', 'space: RAS', 'sizes: ' + ' '.join(map(str, sizes)),
            'space directions: ' + ' '.join(directions), 'kinds: ' + ' '.join(kinds), 'encoding: raw',
            'space origin: (1,2,3)', 'centerings: ' + ' '.join('???' if a == at else 'cell' for a in range(4))],
            bytes(range(math.prod(sizes))))
good('kind', 'unknown', with_line('kinds: ??? none domain'))
for name, aliases in SPACES.items():
    for i, alias in enumerate([name] + aliases):
        alias = [alias, alias.upper(), alias.title()][i % 3]
        time = name.endswith('time')
        vectors = ['(1,0,0,0)', '(0,-1,0,0)', '(0,0,2,0)', '(0,0,0,5)'] if time else ['(1,0,0)', '(0,-1,0)', '(0,0,2)']
        sizes = '5 4 3 1' if time else '5 4 3'
        good('space', alias, [
            'type: int16', f'dimension: {3 + time}', f'space: {alias}', f'sizes: {sizes}', 'endian: little',
            'space directions: ' + ' '.join(vectors), 'space origin: ' + ('(-1,2,.5,0)' if time else '(-1,2,.5)'),
            'encoding: raw'], BODY)
for n in range(1, 9):
    numbers = ['1' if a == 0 else '0' for a in range(n)]
    good('space dimension', str(n), [
        'type: int16', 'dimension: 3', f'space dimension: {n}', 'sizes: 5 4 3', 'endian: little',
        f'space directions: ({",".join(numbers)}) none none', f'space origin: ({",".join(["-1e-3"] * n)})',
        'space units: ' + ' '.join(['"mm"'] * n), 'encoding: raw'], BODY)
good('space', 'directions of more axes than space has', [
    'type: int16', 'dimension: 3', 'space dimension: 2', 'sizes: 5 4 3', 'endian: little',
    'space directions: (1,0) (0,1) (1,1)', 'encoding: raw'], BODY)

# every optional field, in odd but legal forms
OPTIONAL = [
    'content: a skull: with colon', 'content: x := y', 'number: 60', 'number: whatever', 'min: 0', 'max: 7',
    'old min: -1024', 'old max: 3.5e3', 'oldmin: nan', 'OLDMAX: NaN', 'sample units: HU', 'sampleunits: a b',
    'thicknesses: 1 2 nan', 'thicknesses: 0 0 0', 'Thicknesses: NaN NAN nan', 'labels: "x" "y" "z"',
    'labels: "" "a b" "q\\"uote\\""', 'labels: "a""b""c"', 'labels:   "x"\t"y"  "z"  ', 'kinds: space space space',
    'centerings: cell node ???', 'centers: Cell NODE none', 'space units: "mm" "mm" "mm"',
    'spaceunits: "" "cm" "in"', 'measurement frame: (1,0,0) (0,0,-1) (0,1,0)',
    'measurementframe: (0.5,0.1,0) (0,1,0) (0,0,1)', 'units: "" "" ""', 'line skip: 0', 'byte skip: 0',
    'lineskip: 0', 'byteskip: 0', 'axis mins: nan nan nan', 'axismaxs: nan nan nan', 'spacings: nan NaN nan',
    'content: Sch\u00e4del \u982d\u84cb\u9aa8']
for line in OPTIONAL:
    good('field', line, with_line(line))
for line in ['spacings: 0.5 0.25 -2', 'spacings: 1 nan 3', 'spacings: 1e-3 +2 .5', 'spacings: 5. 1E2 1e+1',
             'axis mins: 0 nan -1', 'axismins: 1 2 3', 'axis maxs: 5 6 nan', 'axismaxs: -0 0 0',
             'units: "mm" "s" ""', 'spacings:\t1 2 3'.replace('\t', ' \t'), 'thicknesses: 1 1 1',
             'kinds: domain time list', 'kinds: list vector domain', 'sizes:  5\t4   3 ', 'dimension: 3 ',
             'type: short ', 'encoding: raw ', 'endian: LITTLE ']:
    good('field', line, with_line(line, BASE))
for line in ['space directions: ( 1 , 0 , 0 ) (0,1,0)   (0,0,1)', 'space directions: (1,0,0)(0,1,0)(0,0,1)',
             'space directions: (1e0,0.,-0) (.1,-1,0) (0,0,+1)', 'space directions: (1,0,0) none (0,0,1)',
             'space directions: none none none', 'space directions: (nan,nan,nan) (0,1,0) (0,0,1)',
             'space origin: (nan,nan,nan)', 'space origin: none', 'space origin: (-1.25e-7,33.1,0.1)',
             'space directions: (0.1,0.2,0.3) (0.3333333333333333,-1,0) (1e-17,0,123456789.123456789)']:
    good('orientation', line, with_line(line))
names = {'space directions': 'SpaceDirections', 'space origin': 'spaceorigin', 'type': 'TYPE', 'sizes': 'Sizes',
         'dimension': 'DIMENSION', 'endian': 'Endian', 'encoding': 'EnCoDiNg', 'space': 'SPACE'}
good('field', 'names in any case', [names[l.split(':')[0]] + l[len(l.split(':')[0]):] for l in ORIENTED])
for magic in ['NRRD0001', 'NRRD0002', 'NRRD0003', 'NRRD0004', 'NRRD0005', 'NRRD00.01']:
    good('magic', magic, ORIENTED + ['k:=v'], magic=magic)

# comments and key/value pairs
COMMENTS = ['# a comment', '#without blank', '# with: colon', '# with := both', '#\ttab', '# \u00fc']
good('comment', 'many', COMMENTS[:3] + ORIENTED + COMMENTS[3:])
PAIRS = ['key:=value', 'two words:=two values ', 'empty:=', 'newline:=a\\nb', 'backslash:=a\\\\b',
         'mixed:=\\\\n is not \\n', 'a\\nb:=key with newline', 'colon:=a: b', 'equals:=a:=b', 'key: colon:=c',
         'quote:="q"', 'other escape:=\\t\\x', 'unicode \u00fc:=\u982d', 'hash:=# no comment', ' leading:= blank',
         'type:=not the field', 'long:=' + 'x' * 5000, 'end:=back\\\\']
for pair in PAIRS:
    good('key value', pair[:30], ORIENTED + [pair])
good('key value', 'all', PAIRS + ORIENTED)
good('key value', 'twice', ORIENTED + ['k:=1', 'other:=x', 'k:=2'])

# line ends
for end, why in [('\r\n', 'CR LF'), ('\r', 'CR')]:
    good('line end', why, ORIENTED + ['key:=value', '# comment'], end=end, body=b'\x01' + BODY[1:])
    detached('line end', why + ' list', BASE + ['data file: LIST', 'x0', 'x1', 'x2'],
             {f'x{k}': BODY[40 * k:40 * k + 40] for k in range(3)}, end=end, last=end)

# skips
for encoding in ENCODINGS:
    array = ramp('i2', (5, 4, 3))
    lines = with_line(f'encoding: {encoding}', BASE)
    stored = encode(array, encoding, 'little')
    for n in [1, 3]:
        good('skip', f'line {n} {encoding}', lines + [f'line skip: {n}'], b'some text\n' * n + stored)
    good('skip', f'line CR LF {encoding}', lines + ['line skip: 2'], b'one\r\ntwo\r\n' + stored)
    if encoding in ['gzip', 'bzip2']:
        pack = {'gzip': lambda d: gzip.compress(d, mtime=0), 'bzip2': bz2.compress}[encoding]
        body = array.tobytes()
        for n in [1, 1000]:
            good('skip', f'byte {n} {encoding}', lines + [f'byte skip: {n}'], pack(b'\xff' * n + body))
        good('skip', f'both {encoding}', lines + ['line skip: 1', 'byte skip: 5'], b'line\n' + pack(b'12345' + body))
        good('skip', f'-1 {encoding}', lines + ['byte skip: -1'], pack(b'q' * 77 + body))
        good('skip', f'-4 {encoding}', lines + ['byte skip: -4'], pack(b'q' * 77 + body + b'end'))
        halves = body[:50], body[50:]
        good('members', encoding, lines, b''.join(map(pack, halves)))
        good('members', encoding + ' with an empty one', lines, pack(b'') + b''.join(map(pack, halves)) + pack(b''))
        good('members', encoding + ' byte by byte', lines, b''.join(pack(body[i:i + 1]) for i in range(len(body))))
        good('members', encoding + ' skip across', lines + ['byte skip: 60'], pack(b'z' * 55) + pack(b'z' * 5 + body))
        good('surplus', encoding, lines, pack(body + b'more'))
    else:
        for n in [1, 1000]:
            good('skip', f'byte {n} {encoding}', lines + [f'byte skip: {n}'], b'\xff' * n + stored)
        good('skip', f'both {encoding}', lines + ['line skip: 1', 'byte skip: 5'], b'line\n12345' + stored)
    detached('skip', f'-1 line 1 {encoding}' if encoding == 'raw' else f'line 1 {encoding}',
             lines + ['line skip: 1'] + (['byte skip: -1'] if encoding == 'raw' else []) + ['data file: d'],
             {'d': b'header\n' + (b'junk' if encoding == 'raw' else b'') + stored})
good('skip', '-1 raw attached', BASE + ['byte skip: -1'], b'junk' + BODY)
good('skip', '-3 raw attached', BASE + ['byte skip: -3'], b'junk' + BODY + b'zz')
good('surplus', 'raw', BASE, BODY + b'more')
good('surplus', 'gzip padding', with_line('encoding: gzip', BASE), gzip.compress(BODY, mtime=0) + bytes(512))
good('surplus', 'ascii', with_line('encoding: ascii', BASE), ascii_text(ramp('i2', (5, 4, 3))) + b' 1 2 3')
good('surplus', 'hex', with_line('encoding: hex', BASE), BODY.hex().encode() + b'00 and more')
array = ramp('i2', (5, 4, 3))
for separator, why in [(',', 'comma'), (', ', 'comma and blank'), (' , ', 'lone comma'), ('\n', 'line'), ('\t', 'tab'),
                       ('\r\n', 'CR LF'), ('    ', 'blanks')]:
    good('ascii', why, with_line('encoding: ascii', BASE), ascii_text(array, separator))
good('ascii', 'no line end', with_line('encoding: text', BASE), ascii_text(array))
good('hex', 'upper case', with_line('encoding: hex', BASE), BODY.hex().upper().encode())
good('hex', 'blanks', with_line('encoding: hex', BASE), BODY.hex(' ').encode() + b'\r\n')
for name in ['float', 'double']:
    good('ascii', name + ' special', [f'type: {name}', 'dimension: 1', 'sizes: 9', 'encoding: ascii'],
         b'nan NaN inf -inf 1e-30 -0 0.1 +5 1.17549435e-38')

# data files
part = [BODY[40 * k:40 * k + 40] for k in range(3)]
detached('file', 'no empty line, no line end', BASE + ['data file: a.raw'], {'a.raw': BODY}, last='')
detached('file', 'empty line', BASE + ['data file: a.raw'], {'a.raw': BODY}, last='\n\n')
detached('file', 'text behind the empty line', BASE + ['data file: a.raw'], {'a.raw': BODY}, last='\n\ngarbage')
detached('file', 'datafile', BASE + ['datafile: a.raw'], {'a.raw': BODY})
detached('file', 'blanks in name', BASE + ['data file: a b.raw'], {'a b.raw': BODY})
detached('file', './', BASE + ['data file: ./a.raw'], {'a.raw': BODY})
detached('file', 'subfolder', BASE + ['data file: sub/a.raw'], {'sub/a.raw': BODY})
detached('file', 'back from subfolder', BASE + ['data file: sub/../a.raw'], {'a.raw': BODY, 'sub/x': b''})
detached('file', 'link inside', BASE + ['data file: link'], {'sub/a.raw': BODY}, links=[('link', 'sub/a.raw')])
detached('file', 'unicode', BASE + ['data file: Sch\u00e4del.raw'], {'Sch\u00e4del.raw': BODY})
detached('file', 'data file first', ['data file: a.raw'] + BASE, {'a.raw': BODY})
detached('file', 'percent in name', BASE + ['data file: 100%.raw'], {'100%.raw': BODY})
detached('file', 'surplus bytes', BASE + ['data file: a.raw'], {'a.raw': BODY + b'xx'})
detached('file', 'LISTING', BASE + ['data file: a LIST'], {'a LIST': BODY})
detached('list', 'slices', BASE + ['data file: LIST', 'z0', 's/z1', 'z 2'], {'z0': part[0], 's/z1': part[1], 'z 2': part[2]})
detached('list', 'no line end', BASE + ['data file: LIST', 'z0', 'z1', 'z2'], {f'z{k}': part[k] for k in range(3)}, last='')
detached('list', 'empty line at the end', BASE + ['data file: LIST', 'z0', 'z1', 'z2'],
         {f'z{k}': part[k] for k in range(3)}, last='\n\n')
detached('list', 'rows', BASE + ['data file: LIST 1'] + [f'r{k}' for k in range(12)],
         {f'r{k}': BODY[10 * k:10 * k + 10] for k in range(12)})
detached('list', 'of two axes', BASE + ['data file: LIST 2', 'z0', 'z1', 'z2'], {f'z{k}': part[k] for k in range(3)})
detached('list', 'slab', BASE + ['data file: LIST 3', 'all'], {'all': BODY})
detached('list', 'slabs', with_line('sizes: 5 2 6', BASE) + ['data file: LIST 3', 'a', 'b'], {'a': BODY[:60], 'b': BODY[60:]})
detached('list', 'the same file twice', BASE + ['data file: LIST', 'z', 'z', 'z'], {'z': part[1]})
for encoding in ['ascii', 'hex', 'gzip', 'bzip2']:
    detached('list', encoding, with_line(f'encoding: {encoding}', BASE) + ['data file: LIST', 'z0', 'z1', 'z2'],
             {f'z{k}': encode(np.frombuffer(part[k], '<i2'), encoding, 'little') for k in range(3)})
detached('list', 'skips', BASE + ['line skip: 1', 'byte skip: 2', 'data file: LIST', 'z0', 'z1', 'z2'],
         {f'z{k}': b'line %d\n##' % k + part[k] for k in range(3)})
detached('list', 'byte skip -1', BASE + ['byte skip: -1', 'data file: LIST', 'z0', 'z1', 'z2'],
         {f'z{k}': b'?' * k + part[k] for k in range(3)})
detached('list', 'vector of lists', ['type: uchar', 'dimension: 4', 'sizes: 3 5 4 2', 'kinds: RGB-color domain domain domain',
                                     'encoding: raw', 'data file: LIST 3', 'a', 'b'],
         {'a': bytes(range(60)), 'b': bytes(range(60, 120))})
for pattern, numbers, why in [('z%d.raw', '0 2 1', 'plain'), ('z%03d.raw', '0 2 1', 'zeros'), ('z%3d.raw', '0 2 1', None),
                              ('z%d.raw', '2 0 -1', 'backwards'), ('z%d.raw', '-1 1 1', 'negative'),
                              ('z%02d.raw', '98 102 2', 'step'), ('z%d.raw', '1 8 3', 'end not met'),
                              ('z%d.raw', '0 2 1 2', 'dimension'), ('s/z%d', '7 9 1', 'folder'),
                              ('z%%%d.raw', '0 2 1', 'percent'), ('%d', '0 2 1', 'number alone')]:
    first, last, step = map(int, numbers.split()[:3])
    indices = range(first, last + (1 if step > 0 else -1), step)
    if why:
        detached('pattern', why, BASE + [f'data file: {pattern} {numbers}'],
                 {pattern % i: part[k] for k, i in enumerate(indices)})
detached('pattern', 'rows', BASE + ['data file: r%d 12 1 -1 1'], {f'r{12 - k}': BODY[10 * k:10 * k + 10] for k in range(12)})
detached('pattern', 'slabs', BASE + ['data file: r%d 1 3 1 3'], {f'r{k + 1}': part[k] for k in range(3)})
detached('pattern', 'one file', with_line('sizes: 5 12 1', BASE) + ['data file: r%d 5 5 1'], {'r5': BODY})
detached('pattern', 'gzip', with_line('encoding: gzip', BASE) + ['data file: r%d.gz 1 3 1'],
         {f'r{k + 1}.gz': gzip.compress(part[k], mtime=0) for k in range(3)})

# --- bad NRRD
for magic in ['NRRD', 'NRRD0000', 'NRRD0006', 'NRRD0042', 'NRRD0005x', 'NRRD 0005', 'NRRD0005\0', 'NRRD00050']:
    bad('bad magic', magic, ORIENTED, magic=magic)
for field in ['type', 'dimension', 'sizes', 'endian', 'encoding']:
    bad('missing', field, [l for l in ORIENTED if not l.startswith(field + ':')])
bad('missing', 'space before directions', [l for l in ORIENTED if not l.startswith('space:')])
bad('missing', 'dimension before sizes', ['sizes: 5 4 3'] + [l for l in ORIENTED if not l.startswith('sizes')])
bad('missing', 'block size', ['type: block', 'dimension: 1', 'sizes: 60', 'encoding: raw'])
for line in ['type: long', 'type: char', 'type: ', 'type: 5', 'type: int128', 'type: block', 'type: float16', 'type: bool',
             'dimension: 0', 'dimension: -3', 'dimension: 17', 'dimension: three', 'dimension: 3.5', 'dimension: ',
             'dimension: 4294967299', 'dimension: 99999999999999999999999', 'dimension: 2', 'dimension: 4',
             'sizes: 5 4', 'sizes: 5 4 3 2', 'sizes: 0 4 3', 'sizes: 5 -4 3', 'sizes: 5 4 x', 'sizes: 5,4,3', 'sizes: 5.5 4 3',
             'sizes: 5 4 99999999999999999999', 'sizes: 4294967296 4294967296 4294967296', 'sizes: ', 'sizes: nan 4 3',
             'sizes: 9223372036854775807 2 1', 'sizes: 3037000500 3037000500 1', 'sizes: 100000 100000 100000',
             'sizes: 5 4 4', 'sizes: 1 1 61', 'endian: middle', 'endian: ', 'endian: little big', 'encoding: zip', 'encoding: lzma',
             'encoding: ', 'encoding: zrl', 'space: Mars', 'space: ', 'space: LPI', 'space: left-posterior', 'space: right-up',
             'space: RAST', 'space directions: (1,0,0) (0,1,0)', 'space directions: (1,0,0) (0,1,0) (0,0,1) (0,0,1)',
             'space directions: (1,0) (0,1) (0,0)', 'space directions: (1,0,0,0) (0,1,0,0) (0,0,1,0)',
             'space directions: (1,0,0) (0,1,0) (0,0,1', 'space directions: 1,0,0 0,1,0 0,0,1', 'space directions: [1,0,0] [0,1,0] [0,0,1]',
             'space directions: (1,0,x) (0,1,0) (0,0,1)', 'space directions: (nan,0,0) (0,1,0) (0,0,1)',
             'space directions: (inf,0,0) (0,1,0) (0,0,1)', 'space directions: (1,0,0) (0,-inf,0) (0,0,1)',
             'space directions: (1,0,0) (0,1,0) (0,0,0)', 'space directions: (1,0,0) (2,0,0) (0,0,1)',
             'space directions: (1,0,0) (0,1,0) (1,1,0)', 'space directions: (1,0,0) (0,1,0) nonesuch',
             'space directions: (1e999,0,0) (0,1,0) (0,0,1)', 'space directions: (1 0 0) (0 1 0) (0 0 1)', 'space directions: ',
             'space directions: (0x1p3,0,0) (0,1,0) (0,0,1)', 'space directions: (1,,0) (0,1,0) (0,0,1)',
             'space origin: (0,0)', 'space origin: (0,0,0,0)', 'space origin: 0,0,0', 'space origin: (nan,0,0)',
             'space origin: (0,inf,0)', 'space origin: (a,b,c)', 'space origin: ', 'space origin: (0,0,0) (1,1,1)',
             'space units: "mm" "mm"', 'space units: mm mm mm', 'space units: "mm" "mm" "mm" "mm"',
             'measurement frame: (1,0,0) (0,1,0)', 'measurement frame: (1,0,0) (0,1,0) (0,0,nan)',
             'measurement frame: 1 0 0', 'space dimension: 3', 'space dimension: 4', 'spacings: 1 1 1', 'spacings: 1 nan nan',
             'axis mins: 0 0 0', 'axis maxs: 1 nan nan', 'units: "mm" "mm" "mm"', 'units: "" "" "s"',
             'block size: 4', 'kinds: domain domain', 'kinds: domain domain domain domain', 'kinds: domain domain potato',
             'kinds: domain domain RGB-color domain', 'kinds: 3-color domain domain', 'kinds: domain domain quaternion',
             'kinds: stub domain domain', 'kinds: domain 3D-matrix domain', 'centerings: cell cell', 'centers: cell cell edge',
             'labels: "x" "y"', 'labels: "x" "y" "z', 'labels: x y z', 'labels: "x" "y" "z" "w"', 'thicknesses: 1 1',
             'thicknesses: -1 1 1', 'thicknesses: inf 1 1', 'thicknesses: one 1 1', 'old min: many', 'old min: inf', 'old max: -inf',
             'old max: ', 'line skip: -1', 'line skip: many', 'line skip: 1.5', 'line skip: 100', 'line skip: 99999999999999999999',
             'byte skip: 1', 'byte skip: 100', 'byte skip: -2', 'byte skip: x', 'byte skip: 9223372036854775807',
             'byte skip: -9223372036854775808', 'byte skip: 99999999999999999999999', 'unknown field: 1', 'nonsense', 'sizes:5 4 3',
             ' type: short', 'type : short', 'data file: ', 'data file: missing.raw']:
    bad('bad field', line, with_line(line) if not line.startswith(' ') else ORIENTED + [line])
for line in ['spacings: 0 1 1', 'spacings: inf 1 1', 'spacings: 1 1', 'spacings: 1 1 1 1', 'spacings: 1 1 mm', 'axis mins: inf 0 0',
             'axis mins: 0 0', 'axis maxs: -inf 1 1', 'axis maxs: x 1 1', 'units: "mm" "mm"', 'units: mm mm mm', 'space dimension: 0',
             'space dimension: 9', 'space dimension: -1', 'space dimension: x', 'space origin: (0,0,0)', 'space units: "mm"',
             'measurement frame: (1,0,0) (0,1,0) (0,0,1)', 'space directions: (1,0,0) (0,1,0) (0,0,1)']:
    bad('bad field', line, with_line(line, BASE))
for field in [l.split(':')[0] for l in ORIENTED] + ['content', 'kinds', 'labels', 'old min']:
    line = next((l for l in ORIENTED if l.startswith(field + ':')), {
        'content': 'content: a', 'kinds': 'kinds: domain domain domain', 'labels': 'labels: "a" "b" "c"', 'old min': 'old min: 1'
    }.get(field))
    extra = [line] if line in ORIENTED else [line, line]
    bad('duplicate', field, ORIENTED + extra)
bad('duplicate', 'centers and centerings', ORIENTED + ['centers: cell cell cell', 'centerings: cell cell cell'])
bad('duplicate', 'data file and datafile', ORIENTED + ['data file: a', 'datafile: b'])
bad('duplicate', 'space dimension then space', ['type: short', 'dimension: 3', 'space dimension: 3', 'space: LPS', 'sizes: 5 4 3',
                                               'endian: little', 'encoding: raw'])
bad('block', 'ascii', ['type: block', 'block size: 2', 'dimension: 1', 'sizes: 3', 'encoding: ascii'], b'1 2 3 4 5 6')
bad('block', 'size 0', ['type: block', 'block size: 0', 'dimension: 1', 'sizes: 3', 'encoding: raw'])
bad('block', 'size -1', ['type: block', 'block size: -1', 'dimension: 1', 'sizes: 3', 'encoding: raw'])
bad('block', 'size beyond all', ['type: block', 'block size: 9223372036854775807', 'dimension: 1', 'sizes: 3', 'encoding: raw'])
for n in [0, 1, 60, 119]:
    bad('short', f'raw {n}', BASE, BODY[:n])
for encoding in ['gzip', 'bzip2', 'ascii', 'hex']:
    stored = encode(ramp('i2', (5, 4, 3)), encoding, 'little')
    lines = with_line(f'encoding: {encoding}', BASE)
    for n in [0, 1, 5, len(stored) // 2] + ([len(stored) - 9, len(stored) - 1] if encoding != 'hex' and encoding != 'ascii' else []):
        bad('short', f'{encoding} {n}', lines, stored[:n])
    bad('garbage', encoding, lines, b'\xde\xad\xbe\xef' * 40)
    short = encode(ramp('i2', (5, 4, 2)), encoding, 'little')
    bad('short', f'{encoding} whole, too few voxels', lines, short)
    if encoding in ['gzip', 'bzip2']:
        for at in [4 if encoding == 'bzip2' else 2, len(stored) // 2, len(stored) - 6]:
            damaged = bytearray(stored)
            damaged[at] ^= 0x55
            bad('damaged', f'{encoding} {at}', lines, bytes(damaged))
        bad('short', f'{encoding} skip beyond', lines + ['byte skip: 1'], stored)
        bad('short', f'{encoding} skip far beyond', lines + ['byte skip: 1000000000000'], stored)
        bad('bomb', encoding, with_line('sizes: 50000 40000 30000', lines), stored)
        bad('bomb', encoding + ' in one axis', with_line('sizes: 5 4 3000000000', lines), stored)
        bad('members', encoding + ' second cut off', lines, stored[:0] + encode(ramp('i2', (5, 4, 3))[:30], encoding, 'little')
            + encode(ramp('i2', (5, 4, 3))[30:], encoding, 'little')[:12])
    else:
        bad('skip', f'-1 {encoding}', lines + ['byte skip: -1'], stored)
crc = bytearray(gzip.compress(BODY, mtime=0))
crc[-8] ^= 1
bad('damaged', 'gzip CRC', with_line('encoding: gzip', BASE), bytes(crc))
length = bytearray(gzip.compress(BODY, mtime=0))
length[-4] ^= 1
bad('damaged', 'gzip length', with_line('encoding: gzip', BASE), bytes(length))
good('members', 'gzip, then garbage', with_line('encoding: gzip', BASE), gzip.compress(BODY, mtime=0) + b'garbage')
zeros = gzip.compress(bytes(10 ** 8), 9, mtime=0)
bad('bomb', 'skip through 100 MB, then too short', with_line('encoding: gzip', BASE) + ['byte skip: 99999999'], zeros)
for text, why in [(b'1 2 three', 'a word'), (b'1 2 70000', 'beyond int16'), (b'1 2 -32769', 'below int16'), (b'1 2 3.5', 'a fraction'),
                  (b'1 2 nan', 'nan as integer'), (b'1 2', 'too few'), (b'1 2 0x10', 'hexadecimal'), (b'1 2 3e', 'half a number'),
                  (b'1 2 --3', 'two signs'), (b'1;2;3', 'semicolons'), (b'1 2 ' + b'9' * 5000, 'a long number')]:
    bad('ascii', why, ['type: int16', 'dimension: 1', 'sizes: 3', 'encoding: ascii'], text)
bad('ascii', 'negative uint8', ['type: uint8', 'dimension: 1', 'sizes: 1', 'encoding: ascii'], b'-1')
bad('ascii', 'beyond uint64', ['type: uint64', 'dimension: 1', 'sizes: 1', 'encoding: ascii'], b'18446744073709551616')
for text, why in [(b'0102zz', 'not a digit'), (b'01020', 'half a byte'), (b'01,02,03', 'commas'), (b'0x010203', '0x')]:
    bad('hex', why, ['type: uint8', 'dimension: 1', 'sizes: 3', 'encoding: hex'], text)
place('not a file', 'empty', False, 'a.nrrd', {'a.nrrd': b''})
place('not a file', 'magic alone', False, 'a.nrrd', {'a.nrrd': b'NRRD0005'})
place('not a file', 'magic line alone', False, 'a.nrrd', {'a.nrrd': b'NRRD0005\n'})
place('not a file', 'no empty line', False, 'a.nrrd', {'a.nrrd': header(ORIENTED)[:-1]})
place('not a file', 'zeros', False, 'a.nrrd', {'a.nrrd': bytes(5000)})
place('not a file', 'noise', False, 'a.nrrd', {'a.nrrd': np.random.default_rng(1).bytes(5000)})
place('not a file', 'noise behind magic', False, 'a.nrrd', {'a.nrrd': b'NRRD0004\n' + np.random.default_rng(2).bytes(5000)})
place('not a file', 'long line', False, 'a.nrrd', {'a.nrrd': b'NRRD0004\nkey:=' + b'x' * (1 << 25) + b'\n\n'})
place('not a file', 'endless header', False, 'a.nrrd', {'a.nrrd': b'NRRD0004\n' + b'a:=b\n' * (1 << 22)})
place('not a file', 'endless comments', False, 'a.nrrd', {'a.nrrd': b'NRRD0004\n' + b'#\n' * (1 << 23)})
place('not a file', 'zero byte in header', False, 'a.nrrd', {'a.nrrd': b'NRRD0004\ntype: short\0\n\n'})
place('not a file', 'PNG', False, 'a.nrrd', {'a.nrrd': b'\x89PNG\r\n\x1a\n' + bytes(100)})
place('not a file', 'DICOM', False, 'a.nrrd', {'a.nrrd': bytes(128) + b'DICM' + bytes(100)})
place('not a file', 'gzip of NRRD', False, 'a.nrrd', {'a.nrrd': gzip.compress(header(BASE) + BODY, mtime=0)})
place('not a file', 'folder', False, 'a.nrrd', {'a.nrrd/x': b''})
place('not a file', 'missing', False, 'b.nrrd', {'a.nrrd': b''})
place('not a file', 'pipe', False, 'pipe.nrrd', {'a': b''}, special=lambda f: os.mkfifo(f + '/pipe.nrrd'))
place('not a file', 'device', False, 'zero.nrrd', {'a': b''}, links=[('zero.nrrd', '/dev/zero')])
place('not a file', 'link to itself', False, 'loop.nrrd', {'a': b''}, links=[('loop.nrrd', 'loop.nrrd')])
BIG = ['type: uchar', 'dimension: 3', 'sizes: 60 2 1', 'encoding: raw']
for name, why in [('/etc/passwd', 'absolute'), ('../outside', 'parent'), ('sub/../../outside', 'through a subfolder'),
                  ('/dev/zero', 'device'), ('link', 'link to outside'), ('linked/passwd', 'through a linked folder'), ('pipe', 'pipe'),
                  ('.', 'folder'), ('sub', 'subfolder'), ('zero', 'link to a device'), ('..', 'parent folder'), ('-', 'standard input'),
                  ('a\\b', 'backslash'), ('x' * 5000, 'long name'), ('missing', 'missing'), ('~/x', 'home'), ('file:///etc/passwd', 'URL')]:
    more = dict(links=[('link', '/etc/passwd'), ('linked', '/etc'), ('zero', '/dev/zero')],
                special=lambda f: os.mkfifo(f + '/pipe'))
    detached('outside', why, BIG + [f'data file: {name}'], {'sub/x': b''}, is_good=False, **more)
    detached('outside', why + ' in a list', BIG + ['data file: LIST 2', name], {'sub/x': b''}, is_good=False, **more)
    if '%' not in name:
        detached('outside', why + ' by a pattern', BIG + [f'data file: {name}%d 1 1 1'.replace(' ', '_', 0)], {'sub/x': b''},
                 is_good=False, **more)
for numbers, why in [('1 3 0', 'step 0'), ('1 1 0', 'step 0, one file'), ('3 1 1', 'away'), ('1 3 -1', 'away'), ('1 2000000000 1', 'billions'),
                     ('-2147483648 2147483647 1', 'all integers'), ('1 99999999999999999999 1', 'no integer'), ('1 3', 'no step'),
                     ('1', 'no max'), ('a b c', 'words'), ('1 2 1', 'too few files'), ('1 4 1', 'too many files'), ('1 3 1 0', 'dimension 0'),
                     ('1 3 1 4', 'dimension 4'), ('1 3 1 -1', 'dimension -1'), ('1 3 1 x', 'dimension x'), ('1 3 1', 'missing files'),
                     ('1 3 1 1', 'files of one axis'), ('1 3 1 2 5', 'surplus number'), ('0 9223372036854775807 9223372036854775807', 'huge step')]:
    detached('pattern', why, BASE + [f'data file: z%d.raw {numbers}'], {'z1.raw': part[0], 'z2.raw': part[1]}, is_good=False)
for pattern in ['z%s.raw', 'z%n.raw', 'z%d%d.raw', 'z%100000000d.raw', 'z%*d.raw', 'z%ld.raw', 'z%x.raw', 'z%f.raw', 'z%.9d.raw']:
    detached('pattern', pattern, BASE + [f'data file: {pattern} 1 3 1'], {'z1.raw': part[0]}, is_good=False)
for lines, why in [(['data file: LIST'], 'empty'), (['data file: LIST', 'z0', 'z1'], 'too few'), (['data file: LIST', 'z0', 'z1', 'z2', 'z2'], 'too many'),
                   (['data file: LIST x', 'z0', 'z1', 'z2'], 'dimension x'), (['data file: LIST 0', 'z0', 'z1', 'z2'], 'dimension 0'),
                   (['data file: LIST 4', 'z0', 'z1', 'z2'], 'dimension 4'), (['data file: LIST 1', 'z0', 'z1', 'z2'], 'wrong dimension'),
                   (['data file: LIST', 'z0', 'missing', 'z2'], 'missing'), (['data file: LIST', 'z0', '', 'z1', 'z2'], 'empty line between'),
                   (['data file: LIST', 'z0', 'z1', 'short'], 'short file'), (['data file: LIST 3', 'z0', 'z1'], 'does not divide'),
                   (['data file: LIST 2 2', 'z0', 'z1', 'z2'], 'surplus number')]:
    detached('list', why, BASE + lines, {**{f'z{k}': part[k] for k in range(3)}, 'short': part[2][:-1]}, is_good=False)
detached('list', 'before sizes', ['type: short', 'dimension: 3', 'endian: little', 'encoding: raw', 'data file: LIST', 'sizes: 5 4 3'],
         {'z0': BODY}, is_good=False)
detached('list', 'endless', BASE + ['data file: LIST'] + ['z0'] * 200000, {'z0': part[0]}, is_good=False)


# --- NIfTI
def nifti(version=1, order='<', sizes=(5, 4, 3), code=4, pair=False, extender=b'\0\0\0\0', extensions=b'', voxels=None, gap=0, **fields):
    """Header (with what follows it) and voxels."""
    first = version == 1
    h = bytearray(348 if first else 540)

    def put(kind, at, *values):
        struct.pack_into(f'{order}{len(values)}{kind}', h, at, *values)
    kind = {'h': 'h', 'q': 'q'}
    dim = [len(sizes)] + list(sizes) + [1] * (7 - len(sizes))
    name, nbytes, unit = NIFTI.get(code, ('', 2, 2))
    f = dict(sizeof=len(h), dim=dim, datatype=code, bitpix=8 * nbytes, pixdim=[1.0] * 8, slope=1.0, inter=0.0, qcode=0, scode=0,
             quat=[0.0] * 3, qoffset=[0.0] * 3, rows=[0.0] * 12, units=2, descrip=b'', magic=None, offset=None, intent=0)
    f.update(fields)
    put('i', 0, f['sizeof'])
    put('h' if first else 'q', 40 if first else 16, *f['dim'])
    put('h', 70 if first else 12, f['datatype'])
    put('h', 72 if first else 14, f['bitpix'])
    real = 'f' if first else 'd'
    put(real, 76 if first else 104, *f['pixdim'])
    offset = f['offset']
    if offset is None:
        offset = gap if pair else len(h) + 4 + len(extensions) + gap
    put('f' if first else 'q', 108 if first else 168, offset)
    put(real, 112 if first else 176, f['slope'], f['inter'])
    if first:
        h[123] = f['units']
        h[148:148 + len(f['descrip'])] = f['descrip']
        put('h', 68, f['intent'])
        put('h', 252, f['qcode'], f['scode'])
    else:
        put('i', 500, f['units'])
        h[240:240 + len(f['descrip'])] = f['descrip']
        put('i', 504, f['intent'])
        put('i', 344, f['qcode'], f['scode'])
    put(real, 256 if first else 352, *f['quat'], *f['qoffset'])
    put(real, 280 if first else 400, *f['rows'])
    magic = f['magic']
    if magic is None:
        magic = {(1, False): b'n+1\0', (1, True): b'ni1\0', (2, False): b'n+2\0\r\n\x1a\n', (2, True): b'ni2\0\r\n\x1a\n'}[version, pair]
    at = 344 if first else 4
    h[at:at + len(magic)] = magic
    if voxels is None:
        n = math.prod(sizes) * nbytes
        voxels = (np.arange(n, dtype='u8') * 2654435761 >> 7).astype('u1').tobytes()
        if unit > 1 and order == '>':
            voxels = np.frombuffer(voxels, f'<u{unit}').astype(f'>u{unit}').tobytes()
    return bytes(h) + extender + extensions + b'\xaa' * (0 if pair else gap), b'\xbb' * (gap if pair else 0) + voxels


def nii(group, why, is_good=True, form='.nii', cut=0, **fields):
    pair = form not in ('.nii', '.nii.gz')
    head, body = nifti(pair=pair, **fields)
    pack = lambda d: gzip.compress(d, mtime=0)
    if not pair:
        data = head + body[:len(body) - cut]
        files = {'a' + form: pack(data) if form == '.nii.gz' else data}
    else:
        hdr, img = form.split()
        files = {'a' + hdr: pack(head) if hdr.endswith('gz') else head, 'a' + img: pack(body) if img.endswith('gz') else body[:len(body) - cut]}
    place(group, why, is_good, next(iter(files)), files)


FORMS = ['.nii', '.nii.gz', '.hdr .img', '.hdr .img.gz', '.hdr.gz .img.gz']
rng = np.random.default_rng(7)


def sform(left_handed=False, seed=0):
    q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
    if (np.linalg.det(q) < 0) != left_handed:
        q[:, 0] = -q[:, 0]
    m = np.column_stack([q @ np.diag([0.4, 0.5, 1.25]), [-90.5, 126.25, -72.125]])
    return [float(v) for v in m.flatten()]


for version in [1, 2]:
    for order in '<>':
        for code in NIFTI:
            nii('nifti type', f'{NIFTI[code][0]} {version} {order}', version=version, order=order, code=code, scode=1, rows=sform())
        for form in FORMS:
            nii('nifti form', f'{form} {version} {order}', form=form, version=version, order=order, qcode=1, quat=[0.1, -0.2, 0.3],
                qoffset=[1, 2, 3], pixdim=[1, .5, .6, .7, 1, 1, 1, 1])
            nii('nifti form', f'{form} {version} {order} gap', form=form, version=version, order=order, gap=48, scode=2, rows=sform(True))
        for factor in [-1, 0, 1]:
            nii('nifti qform', f'qfac {factor} {version} {order}', version=version, order=order, qcode=2, quat=[0.3, 0.1, -0.4],
                qoffset=[-9.5, 8, 7], pixdim=[factor, .5, .25, 2, 0, 0, 0, 0])
        for seed in range(3):
            for left in [False, True]:
                nii('nifti sform', f'{seed} {left} {version} {order}', version=version, order=order, scode=seed + 1, rows=sform(left, seed))
        nii('nifti both', f'{version} {order}', version=version, order=order, scode=1, rows=sform(), qcode=1, quat=[0, 1, 0], pixdim=[1, 2, 3, 4, 0, 0, 0, 0])
        nii('nifti neither', f'{version} {order}', version=version, order=order, pixdim=[0, .5, 2, 3, 0, 0, 0, 0], rows=sform(), quat=[.5, .5, .5])
        nii('nifti qform', f'half turn {version} {order}', version=version, order=order, qcode=1, quat=[0, 0, 1], pixdim=[1, 1, 2, 3, 0, 0, 0, 0])
        nii('nifti qform', f'identity {version} {order}', version=version, order=order, qcode=1, pixdim=[1, 1, 2, 3, 0, 0, 0, 0])
        nii('nifti sform', f'sheared {version} {order}', version=version, order=order, scode=4,
            rows=[1, .2, 0, 5, 0, 1, .3, -5, .1, 0, 2, 0])
        for slope, inter in [(2, -1024), (0, 5), (1, 0), (-.5, .25), (math.nan, 0), (1, math.inf)]:
            nii('nifti scaling', f'{slope} {inter} {version} {order}', version=version, order=order, slope=slope, inter=inter, scode=1, rows=sform())
        for sizes in [(7,), (7, 5), (4, 3, 2), (4, 3, 2, 3), (2, 3, 2, 1, 3), (2, 2, 2, 1, 1, 2), (2, 2, 2, 2, 2, 1, 2)]:
            nii('nifti axes', f'{len(sizes)} {version} {order}', version=version, order=order, sizes=sizes, scode=1, rows=sform(),
                pixdim=[1, 1, 1, 1, 2.5, 0, 1, 3])
        extension = struct.pack(order + 'ii', 32, 6) + b'some text for you.......'
        other = struct.pack(order + 'ii', 16, 4) + b'12345678'
        for form in FORMS:
            nii('nifti extension', f'{form} {version} {order}', form=form, version=version, order=order, extender=b'\1\0\0\0',
                extensions=extension + other, scode=1, rows=sform())
        nii('nifti extension', f'mark without any {version} {order}', version=version, order=order, extender=b'\1\0\0\0', scode=1, rows=sform())
        nii('nifti extension', f'beyond the voxels {version} {order}', version=version, order=order, extender=b'\1\0\0\0',
            extensions=struct.pack(order + 'ii', 4096, 6) + bytes(8), scode=1, rows=sform())
nii('nifti form', 'header of 348 bytes', form='.hdr .img', extender=b'', scode=1, rows=sform())
nii('nifti field', 'description without end', descrip=b'd' * 80, scode=1, rows=sform())
for units in [0, 1, 2, 3, 2 | 8, 2 | 16]:
    nii('nifti field', f'units {units}', units=units, scode=1, rows=sform())
nii('nifti voxels', 'NaN kept', code=16, voxels=np.array([np.nan, 1, -np.inf] * 20, '<f4').tobytes(), scode=1, rows=sform())
nii('nifti voxels', 'NaN bits kept', code=64, voxels=struct.pack('<60Q', *[0x7ff0000000000001 + i for i in range(60)]), scode=1, rows=sform())
nii('nifti voxels', 'surplus', voxels=bytes(200), scode=1, rows=sform())
head, body = nifti(scode=1, rows=sform())
place('nifti form', 'two members', True, 'a.nii.gz', {'a.nii.gz': gzip.compress(head[:100], mtime=0) + gzip.compress(head[100:] + body, mtime=0)})
place('nifti form', 'wrong ending', True, 'a.bin', {'a.bin': head + body})

for version in [1, 2]:
    for order in '<>':
        b = dict(version=version, order=order, is_good=False)
        ok = dict(scode=1, rows=sform())
        tag = f'{version} {order}'
        for dim0 in [0, 8, -1, 100]:
            nii('bad nifti', f'dim[0] {dim0} {tag}', **b, **ok, dim=[dim0, 5, 4, 3, 1, 1, 1, 1])
        for value in [0, -1, -32768]:
            for axis in [1, 3]:
                dim = [3, 5, 4, 3, 1, 1, 1, 1]
                dim[axis] = value
                nii('bad nifti', f'dim[{axis}] {value} {tag}', **b, **ok, dim=dim)
        nii('bad nifti', f'too large {tag}', **b, **ok, dim=[7] + [32767] * 7)
        nii('bad nifti', f'larger than the file {tag}', **b, **ok, dim=[3, 5, 4, 4, 1, 1, 1, 1])
        nii('bad nifti', f'much larger than the file {tag}', **b, **ok, dim=[3, 32000, 32000, 32000, 1, 1, 1, 1])
        nii('bad nifti', f'bomb {tag}', **b, **ok, form='.nii.gz', dim=[3, 32000, 32000, 32000, 1, 1, 1, 1])
        for code in [0, 1, 3, 255, 1536, 2048, 9999, -4]:
            nii('bad nifti', f'datatype {code} {tag}', **b, **ok, code=code, bitpix={1: 1, 1536: 128, 2048: 256}.get(code, 16))
        nii('bad nifti', f'bitpix {tag}', **b, **ok, bitpix=8)
        for offset in [0, 100, -352, 10 ** 9] + ([math.nan, math.inf, 352.5] if version == 1 else [2 ** 62, -2 ** 63]):
            nii('bad nifti', f'vox_offset {offset} {tag}', **b, **ok, offset=offset)
        for bad_number in [math.nan, math.inf]:
            nii('bad nifti', f'srow {bad_number} {tag}', **b, scode=1, rows=[bad_number] + sform()[1:])
            nii('bad nifti', f'quatern {bad_number} {tag}', **b, qcode=1, quat=[0, bad_number, 0])
            nii('bad nifti', f'qoffset {bad_number} {tag}', **b, qcode=1, qoffset=[0, 0, bad_number])
            nii('bad nifti', f'pixdim {bad_number} {tag}', **b, qcode=1, pixdim=[1, 1, bad_number, 1, 0, 0, 0, 0])
            nii('bad nifti', f'pixdim {bad_number} neither {tag}', **b, pixdim=[1, 1, bad_number, 1, 0, 0, 0, 0])
        nii('bad nifti', f'srow zero {tag}', **b, scode=1, rows=[0.0] * 12)
        nii('bad nifti', f'srow flat {tag}', **b, scode=1, rows=[1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        nii('bad nifti', f'quatern long {tag}', **b, qcode=1, quat=[1, 1, 1])
        nii('bad nifti', f'pixdim negative with qform {tag}', **b, qcode=1, pixdim=[1, 1, -1, 1, 0, 0, 0, 0])
        for magic in [b'\0\0\0\0', b'n+3\0', b'ni9\0', b'N+1\0']:
            nii('bad nifti', f'magic {magic} {tag}', **b, **ok, magic=magic)
        nii('bad nifti', f'magic of a pair, alone {tag}', **b, **ok, magic=b'ni1\0' if version == 1 else b'ni2\0\r\n\x1a\n')
        for sizeof in [0, 347, 349, -348, 541]:
            nii('bad nifti', f'sizeof_hdr {sizeof} {tag}', **b, **ok, sizeof=sizeof)
        nii('bad nifti', f'short {tag}', **b, **ok, cut=1)
        nii('bad nifti', f'short pair {tag}', **b, **ok, cut=1, form='.hdr .img')
        head, body = nifti(version=version, order=order, **ok)
        packed = gzip.compress(head + body, mtime=0)
        for n in [4, 10, 200, 347, len(head) + 1]:
            place('bad nifti', f'cut at {n} {tag}', False, 'a.nii', {'a.nii': (head + body)[:n]})
        for n in [10, len(packed) // 2, len(packed) - 1]:
            place('bad nifti', f'gzip cut at {n} {tag}', False, 'a.nii.gz', {'a.nii.gz': packed[:n]})
        for at in [len(packed) // 2, len(packed) - 7, len(packed) - 2]:
            place('bad nifti', f'gzip damaged at {at} {tag}', False, 'a.nii.gz',
                  {'a.nii.gz': packed[:at] + bytes([packed[at] ^ 0x5a]) + packed[at + 1:]})
        phead, pbody = nifti(version=version, order=order, pair=True, **ok)
        place('bad nifti', f'pair without voxels {tag}', False, 'a.hdr', {'a.hdr': phead})
        place('bad nifti', f'pair without header {tag}', False, 'a.img', {'a.img': pbody})
        place('bad nifti', f'pair with a pipe {tag}', False, 'a.hdr', {'a.hdr': phead}, special=lambda f: os.mkfifo(f + '/a.img'))

with open(os.path.join(root, 'cases.json'), 'w') as out:
    json.dump(cases, out, indent=0)
if len(sys.argv) > 2:
    # An NRRD file of bytes, so that the reader under test can open it.
    text = json.dumps(kept, separators=(',', ':')).encode()
    with open(sys.argv[2], 'wb') as out:
        out.write(header(['type: uchar', 'dimension: 1', f'sizes: {len(text)}', 'encoding: gzip']))
        out.write(gzip.compress(text, 9, mtime=0))
print(f'{len(cases)} files: {sum(c["good"] for c in cases)} good, {sum(not c["good"] for c in cases)} bad')
