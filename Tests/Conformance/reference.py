"""A second reading of NRRD and NIfTI in Python, to compare calvaria's with: slow, without checks of bad
files, written from teem's "Definition of NRRD File Format" and from nifti1.h and nifti2.h.

`describe(path)` gives the object that CONTRACT.md defines for `calvaria info --json --sha256`.
Needs Python 3.9 and numpy.
"""
import bz2, gzip, hashlib, math, os, re, struct, zlib
import numpy as np

# --- NRRD
TYPES = {
    'int8': ['signed char', 'int8', 'int8_t'],
    'uint8': ['uchar', 'unsigned char', 'uint8', 'uint8_t'],
    'int16': ['short', 'short int', 'signed short', 'signed short int', 'int16', 'int16_t'],
    'uint16': ['ushort', 'unsigned short', 'unsigned short int', 'uint16', 'uint16_t'],
    'int32': ['int', 'signed int', 'int32', 'int32_t'],
    'uint32': ['uint', 'unsigned int', 'uint32', 'uint32_t'],
    'int64': ['longlong', 'long long', 'long long int', 'signed long long', 'signed long long int',
              'int64', 'int64_t'],
    'uint64': ['ulonglong', 'unsigned long long', 'unsigned long long int', 'uint64', 'uint64_t'],
    'float': ['float'], 'double': ['double'], 'block': ['block']}
CODES = {'int8': 'i1', 'uint8': 'u1', 'int16': 'i2', 'uint16': 'u2', 'int32': 'i4', 'uint32': 'u4',
         'int64': 'i8', 'uint64': 'u8', 'float': 'f4', 'double': 'f8'}
ENCODINGS = {'raw': ['raw'], 'ascii': ['txt', 'text', 'ascii'], 'hex': ['hex'],
             'gzip': ['gz', 'gzip'], 'bzip2': ['bz2', 'bzip2']}
SPACES = {
    'right-anterior-superior': ['right anterior superior', 'rightanteriorsuperior', 'ras'],
    'left-anterior-superior': ['left anterior superior', 'leftanteriorsuperior', 'las'],
    'left-posterior-superior': ['left posterior superior', 'leftposteriorsuperior', 'lps'],
    'right-anterior-superior-time': ['right anterior superior time', 'rightanteriorsuperiortime', 'rast'],
    'left-anterior-superior-time': ['left anterior superior time', 'leftanteriorsuperiortime', 'last'],
    'left-posterior-superior-time': ['left posterior superior time', 'leftposteriorsuperiortime', 'lpst'],
    'scanner-xyz': [], 'scanner-xyz-time': ['scanner-xyzt'],
    '3d-right-handed': ['3d right handed', '3drighthanded'],
    '3d-left-handed': ['3d left handed', '3dlefthanded'],
    '3d-right-handed-time': ['3d right handed time', '3drighthandedtime'],
    '3d-left-handed-time': ['3d left handed time', '3dlefthandedtime']}
KINDS = {
    'domain': [], 'space': [], 'time': [], 'list': [], 'point': [], 'vector': ['contravariant-vector'],
    'covariant-vector': [], 'normal': [], 'stub': [], 'scalar': [], 'complex': [], '2-vector': [],
    '3-color': [], 'RGB-color': ['RGBcolor', 'RGB'], 'HSV-color': ['HSVcolor', 'HSV'], 'XYZ-color': [],
    '4-color': [], 'RGBA-color': ['RGBAcolor', 'RGBA'], '3-vector': [], '3-gradient': [], '3-normal': [],
    '4-vector': [], 'quaternion': [],
    '2D-symmetric-matrix': ['2D-sym-matrix', '2D-symmetric-tensor', '2D-sym-tensor'],
    '2D-masked-symmetric-matrix': ['2D-masked-sym-matrix', '2D-masked-symmetric-tensor',
                                   '2D-masked-sym-tensor'],
    '2D-matrix': ['2D-tensor'], '2D-masked-matrix': ['2D-masked-tensor'],
    '3D-symmetric-matrix': ['3D-sym-matrix', '3D-symmetric-tensor', '3D-sym-tensor'],
    '3D-masked-symmetric-matrix': ['3D-masked-sym-matrix', '3D-masked-symmetric-tensor',
                                   '3D-masked-sym-tensor'],
    '3D-matrix': ['3D-tensor'], '3D-masked-matrix': ['3D-masked-tensor']}
FIELDS = ['content', 'number', 'type', 'block size', 'dimension', 'space', 'space dimension', 'sizes',
          'spacings', 'thicknesses', 'axis mins', 'axis maxs', 'space directions', 'centerings', 'kinds',
          'labels', 'units', 'min', 'max', 'old min', 'old max', 'endian', 'encoding', 'line skip',
          'byte skip', 'sample units', 'space units', 'space origin', 'measurement frame', 'data file']
FIELD_NAMES = {**{f: f for f in FIELDS}, **{f.replace(' ', ''): f for f in FIELDS}, 'centers': 'centerings'}


def canonical(table, word):
    for name, aliases in table.items():
        if word.lower() in [name.lower()] + [a.lower() for a in aliases]:
            return name
    raise ValueError(word)


def real(word):
    low = word.strip().lower()
    if 'nan' in low:
        return math.nan
    return float(low)


def known(values):
    return [v if math.isfinite(v) else None for v in values]


def vectors(text):
    found = re.findall(r'none|\([^)]*\)', text)
    result = []
    for one in found:
        numbers = None if one == 'none' else [real(w) for w in one[1:-1].split(',')]
        result.append(None if numbers is None or any(math.isnan(n) for n in numbers) else numbers)
    return result


def strings(text):
    return [s.replace('\\"', '"') for s in re.findall(r'"((?:\\"|[^"])*)"', text)]


def unescape(text):
    return re.sub(r'\\(n|\\)', lambda m: '\n' if m.group(1) == 'n' else '\\', text)


def header_lines(data):
    """The lines up to an empty one or the end, and the offset behind them."""
    lines, at = [], 0
    while at < len(data):
        m = re.compile(rb'\r\n|\n|\r').search(data, at)
        line, at = (data[at:m.start()], m.end()) if m else (data[at:], len(data))
        if not line:
            break
        lines.append(line.decode())
    return lines, at


def skip_lines(data, count):
    at = 0
    for _ in range(count):
        at = re.compile(rb'\r\n|\n|\r').search(data, at).end()
    return data[at:]


def inflate_all(data):
    """Every gzip member; what follows and is none is left alone, as gzip(1) does."""
    out, first = b'', True
    while data.strip(b'\0') and (first or data.startswith(b'\x1f\x8b')):
        first = False
        one = zlib.decompressobj(31)
        out += one.decompress(data) + one.flush()
        data = one.unused_data.lstrip(b'\0')
    return out


def decode_part(stored, encoding, line_skip, byte_skip, need, type_name, order):
    stored = skip_lines(stored, line_skip)
    if encoding in ('gzip', 'bzip2'):
        stored = inflate_all(stored) if encoding == 'gzip' else bz2.decompress(stored)
    if byte_skip >= 0:
        stored = stored[byte_skip:]
    else:
        stored = stored[len(stored) - need - (-byte_skip - 1):]
    if encoding == 'ascii':
        words = stored.decode('ascii').replace(',', ' ').split()[:need // np.dtype(CODES[type_name]).itemsize]
        kind = CODES[type_name]
        numbers = [real(w) for w in words] if kind[0] == 'f' else [int(w) for w in words]
        return np.array(numbers, dtype='<' + kind).tobytes()
    if encoding == 'hex':
        stored = bytes.fromhex(re.sub(rb'\s', b'', stored)[:2 * need].decode())
    stored = stored[:need]
    assert len(stored) == need
    if order == 'big' and type_name != 'block':
        return np.frombuffer(stored, '>' + CODES[type_name]).astype('<' + CODES[type_name]).tobytes()
    return stored


def data_files(value, lines, folder):
    """The names of the data files."""
    words = value.split()
    if words[0] == 'LIST':
        return lines
    if len(words) >= 4 and '%' in words[0]:
        first, last, step = map(int, words[1:4])
        return [words[0] % i for i in range(first, last + (1 if step > 0 else -1), step)]
    return [value]


def describe_nrrd(path):
    data = open(path, 'rb').read()
    lines, end = header_lines(data)
    fields, pairs, comments, names = {}, {}, [], None
    for number, line in enumerate(lines[1:], 1):
        if line.startswith('#'):
            comments.append(line.lstrip('# \t').rstrip())
            continue
        name, colon, value = line.partition(': ')
        if colon and name.lower() in FIELD_NAMES:
            field = FIELD_NAMES[name.lower()]
            fields[field] = value.strip()
            if field == 'data file':
                if fields[field].split()[0] == 'LIST':
                    names = lines[number + 1:]
                    break
                names = data_files(fields[field], None, None)
        else:
            key, _, value = line.partition(':=')
            pairs[unescape(key)] = unescape(value)
    type_name = canonical(TYPES, fields['type'])
    encoding = canonical(ENCODINGS, fields['encoding'])
    sizes = [int(w) for w in fields['sizes'].split()]
    size = int(fields['block size']) if type_name == 'block' else np.dtype(CODES[type_name]).itemsize
    order = fields.get('endian', '').lower()
    need = math.prod(sizes) * size
    skips = int(fields.get('line skip', 0)), int(fields.get('byte skip', 0))
    if names is None:
        stored = [data[end:]]
    else:
        stored = [open(os.path.join(os.path.dirname(path), n), 'rb').read() for n in names]
    voxels = b''.join(decode_part(s, encoding, *skips, need // len(stored), type_name, order) for s in stored)
    space = canonical(SPACES, fields['space']) if 'space' in fields else None
    directions = vectors(fields['space directions']) if 'space directions' in fields else None
    origin = vectors(fields['space origin'])[0] if 'space origin' in fields else None
    per_axis = {f: known([real(w) for w in fields[f].split()])
                for f in ['spacings', 'thicknesses', 'axis mins', 'axis maxs'] if f in fields}
    spacings = per_axis.get('spacings', [None] * len(sizes))
    if directions:
        spacings = [math.hypot(*d) if d else s for d, s in zip(directions, spacings)]
    info = dict(
        format='nrrd', type=type_name, sizes=sizes, space=space, spaceDirections=directions,
        spaceOrigin=origin, spacings=spacings, encoding=encoding,
        endian=None if size == 1 or type_name == 'block' or encoding == 'ascii' else order,
        keyValues=pairs, sha256=hashlib.sha256(voxels).hexdigest())
    for field, key in [('thicknesses', 'thicknesses'), ('axis mins', 'axisMins'), ('axis maxs', 'axisMaxs')]:
        if field in per_axis:
            info[key] = per_axis[field]
    def words(field, table):
        return [None if w in ('none', '???') else canonical(table, w) for w in fields[field].split()]
    if 'kinds' in fields:
        info['kinds'] = words('kinds', KINDS)
    if 'centerings' in fields:
        info['centerings'] = words('centerings', {'cell': [], 'node': []})
    for field, key in [('labels', 'labels'), ('units', 'units'), ('space units', 'spaceUnits')]:
        if field in fields:
            info[key] = strings(fields[field])
    if 'measurement frame' in fields:
        info['measurementFrame'] = vectors(fields['measurement frame'])
    for field, key in [('sample units', 'sampleUnits'), ('content', 'content')]:
        if field in fields:
            info[key] = fields[field]
    for field, key in [('old min', 'oldMin'), ('old max', 'oldMax')]:
        if field in fields:
            info[key] = known([real(fields[field])])[0]
    if comments:
        info['comments'] = comments
    return info


# --- NIfTI
NIFTI = {2: ('uint8', 1, 1), 4: ('int16', 2, 2), 8: ('int32', 4, 4), 16: ('float', 4, 4),
         32: ('complex64', 8, 4), 64: ('double', 8, 8), 128: ('rgb24', 3, 1), 256: ('int8', 1, 1),
         512: ('uint16', 2, 2), 768: ('uint32', 4, 4), 1024: ('int64', 8, 8), 1280: ('uint64', 8, 8),
         1792: ('complex128', 16, 8), 2304: ('rgba32', 4, 1)}


def load(path):
    data = open(path, 'rb').read()
    return (inflate_all(data), True) if data[:2] == b'\x1f\x8b' else (data, False)


def rotation(b, c, d):
    """The rotation of a unit quaternion, as nifti1.h gives it."""
    a = math.sqrt(max(0.0, 1 - (b * b + c * c + d * d)))
    if a < 1e-7:
        n = math.sqrt(b * b + c * c + d * d)
        a, b, c, d = 0.0, b / n, c / n, d / n
    return np.array([
        [a * a + b * b - c * c - d * d, 2 * b * c - 2 * a * d, 2 * b * d + 2 * a * c],
        [2 * b * c + 2 * a * d, a * a + c * c - b * b - d * d, 2 * c * d - 2 * a * b],
        [2 * b * d - 2 * a * c, 2 * c * d + 2 * a * b, a * a + d * d - c * c - b * b]])


def describe_nifti(path):
    head, _ = load(path)
    size, order = next((s, o) for o in '<>' for s in (348, 540) if struct.unpack(o + 'i', head[:4])[0] == s)
    version = 1 if size == 348 else 2

    def get(code, at, count=1):
        got = struct.unpack_from(f'{order}{count}{code}', head, at)
        return list(got) if count > 1 else got[0]
    first = version == 1
    dim = get('h', 40, 8) if first else get('q', 16, 8)
    sizes = dim[1:dim[0] + 1]
    type_name, nbytes, unit = NIFTI[get('h', 70 if first else 12)]
    pixdim = get('f', 76, 8) if first else get('d', 104, 8)
    offset = int(get('f', 108) if first else get('q', 168))
    qcode, scode = get('h', 252, 2) if first else get('i', 344, 2)
    quat = get('f', 256, 6) if first else get('d', 352, 6)
    rows = np.array(get('f', 280, 12) if first else get('d', 400, 12)).reshape(3, 4)
    pair = head[344:347] == b'ni1' if first else head[4:7] == b'ni2'
    if pair:
        stem = re.sub(r'\.hdr(\.gz)?$', '', path)
        image = next(p for p in [stem + '.img', stem + '.img.gz'] if os.path.exists(p))
        stored, zipped = load(image)
    else:
        stored, zipped = load(path)
    need = math.prod(sizes) * nbytes
    voxels = stored[offset:offset + need]
    assert len(voxels) == need
    if order == '>' and unit > 1:
        voxels = np.frombuffer(voxels, f'>u{unit}').astype(f'<u{unit}').tobytes()
    space, origin = 'right-anterior-superior', None
    steps = list(pixdim[1:dim[0] + 1])
    if scode > 0:
        columns, origin = rows[:, :3], rows[:, 3]
    elif qcode > 0:
        factor = -1 if pixdim[0] < 0 else 1
        columns = rotation(*quat[:3]) * np.array([pixdim[1], pixdim[2], factor * pixdim[3]])
        origin = np.array(quat[3:])
    else:
        space = None
        columns, origin = np.diag([abs(p) or 1 for p in pixdim[1:4]]), np.zeros(3)
    for axis in range(min(3, len(sizes))):
        steps[axis] = float(np.linalg.norm(columns[:, axis])) if space or pixdim[axis + 1] else None
    for axis in range(3, len(sizes)):
        steps[axis] = steps[axis] if math.isfinite(steps[axis]) and steps[axis] > 0 else None
    text = head[148 if version == 1 else 240:][:80].split(b'\0')[0]
    try:
        text = text.decode()
    except UnicodeDecodeError:
        text = text.decode('latin-1')
    said = {'content': text} if text else {}
    return dict(
        **said, format=f'nifti{version}', type=type_name, sizes=sizes, space=space,
        spaceDirections=[columns[:, a].tolist() if a < 3 else None for a in range(len(sizes))],
        spaceOrigin=origin.tolist(), spacings=steps, encoding='gzip' if zipped else 'raw',
        endian={'<': 'little', '>': 'big'}[order] if unit > 1 else None, keyValues={},
        sha256=hashlib.sha256(voxels).hexdigest())


def describe(path):
    with open(path, 'rb') as file:
        return describe_nrrd(path) if file.read(4) == b'NRRD' else describe_nifti(path)
