"""Writes the fixture files of VolumeIOTests and manifest.json, which says what is in them.

Needs teem 1.12 (the Debian package teem-apps, unu), numpy 2.4.6, pynrrd 1.1.3, nibabel 5.4.2, SimpleITK 2.5.7 (other versions may write other bytes,
but the same voxels). Run in this folder: python generate.py
"""
import gzip, hashlib, json, os, shutil, subprocess
import nibabel as nib
import nrrd
import numpy as np
import SimpleITK as sitk

manifest = []
NAMES = {'i1': 'int8', 'u1': 'uint8', 'i2': 'int16', 'u2': 'uint16', 'i4': 'int32', 'u4': 'uint32',
         'i8': 'int64', 'u8': 'uint64', 'f4': 'float', 'f8': 'double', 'c8': 'complex64',
         'c16': 'complex128'}


def digest(array):
    """SHA-256 of the elements, first axis fastest, little-endian."""
    return hashlib.sha256(np.asarray(array).astype(array.dtype.newbyteorder('<')).tobytes('F')).hexdigest()


def record(name, array, lps=None, **facts):
    """lps: 3x4 matrix index -> LPS mm; None where the file is no volume or has no orientation."""
    kind = array.dtype.kind + str(array.dtype.itemsize)
    entry = dict(file=name, type=NAMES.get(kind), sizes=list(array.shape), sha256=digest(array))
    if lps is not None:
        entry['lps'] = [[float(v) for v in row] for row in np.asarray(lps)[:3]]
    entry.update(facts)
    manifest.append(entry)


def ramp(dtype, shape=(5, 4, 3)):
    dtype = np.dtype(dtype)
    n = int(np.prod(shape))
    if dtype.kind == 'c':
        values = (np.arange(n) * 0.5 - 3j * np.arange(n)).astype(dtype)
    elif dtype.kind == 'f':
        values = (np.sqrt(np.arange(n)) * 1e3 - 7).astype(dtype)
        values[1], values[2] = np.nan, -np.inf
    else:
        info = np.iinfo(dtype)
        values = np.array([(info.min + i * (info.max - info.min) // (n - 1)) for i in range(n)],
                          dtype=dtype)
    return values.reshape(shape, order='F')


DIRECTIONS = np.array([[0.4, 0.03, 0.01], [-0.02, 0.5, 0.1], [0.005, -0.125, 1.5]])  # rows: per axis
ORIGIN = np.array([-120.25, 33.1, 1 / 3])
SIGNS = {'left-posterior-superior': (1, 1, 1), 'right-anterior-superior': (-1, -1, 1),
         'left-anterior-superior': (1, -1, 1), 'LPS': (1, 1, 1), 'RAS': (-1, -1, 1),
         'LAS': (1, -1, 1)}


def placed(directions=DIRECTIONS, origin=ORIGIN, space='left-posterior-superior'):
    return np.diag(SIGNS[space]) @ np.column_stack([directions.T, origin])


# --- pynrrd: every type, both encodings, both byte orders
for code in ['i1', 'u1', 'i2', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8']:
    for order, endian in [('<', 'little'), ('>', 'big')]:
        if code[1] == '1' and order == '>':
            continue
        for encoding in ['raw', 'gzip']:
            name = f'pynrrd-{code}-{endian}-{encoding}.nrrd'
            array = ramp(order + code)
            nrrd.write(name, array, {
                'space': 'left-posterior-superior', 'space directions': DIRECTIONS,
                'space origin': ORIGIN, 'encoding': encoding, 'endian': endian,
                'my key': 'my value'}, index_order='F')
            record(name, array, placed(), encoding=encoding,
                   endian=endian if code[1] != '1' else None, keyValues={'my key': 'my value'})

for code in ['i2', 'f8']:
    name = f'pynrrd-{code}-ascii.nrrd'
    array = ramp(code)
    nrrd.write(name, array, {'encoding': 'ascii', 'spacings': [0.5, 0.25, 2.0]}, index_order='F')
    record(name, array, [[0.5, 0, 0, 0], [0, 0.25, 0, 0], [0, 0, 2, 0]], encoding='ascii', endian=None)

for encoding in ['raw', 'gzip']:
    name = f'pynrrd-detached-{encoding}.nhdr'
    array = ramp('i2')
    nrrd.write(name, array, {'space': 'RAS', 'space directions': DIRECTIONS, 'space origin': ORIGIN,
                             'encoding': encoding}, detached_header=True, relative_data_path=True,
               index_order='F')
    record(name, array, placed(space='RAS'), encoding=encoding, space='right-anterior-superior')

left = DIRECTIONS * np.array([[-1], [1], [1]])
for space in ['left-anterior-superior', 'LAS', 'LPS']:
    name = f'pynrrd-left-handed-{space}.nrrd'
    array = ramp('u1')
    nrrd.write(name, array, {'space': space, 'space directions': left, 'space origin': ORIGIN},
               index_order='F')
    record(name, array, placed(left, space=space))

name = 'pynrrd-vector.nrrd'
array = ramp('f4', (3, 5, 4, 2))
nrrd.write(name, array, {
    'space': 'left-posterior-superior', 'kinds': ['3-vector', 'domain', 'domain', 'domain'],
    'space directions': np.vstack([[np.nan] * 3, DIRECTIONS]), 'space origin': ORIGIN,
    'measurement frame': np.eye(3)}, index_order='F')
record(name, array, kinds=['3-vector', 'domain', 'domain', 'domain'], problem='axis 0')

name = 'pynrrd-bzip2.nrrd'
nrrd.write(name, ramp('u1'), {'encoding': 'bzip2'}, index_order='F')


# --- SimpleITK
def by_itk(name, array, direction=None, compress=True, vector=False):
    image = sitk.GetImageFromArray(array.T, isVector=vector)
    image.SetSpacing((0.4, 0.5, 1.5))
    image.SetOrigin((-120.25, 33.1, 1 / 3))
    if direction is not None:
        image.SetDirection(np.asarray(direction, float).flatten().tolist())
    sitk.WriteImage(image, name, compress)
    back = sitk.ReadImage(name)
    if back.GetDimension() != 3:
        return None
    matrix = np.asarray(back.GetDirection()).reshape(3, 3) * np.asarray(back.GetSpacing())
    return np.column_stack([matrix, back.GetOrigin()])


c, s = np.cos(0.3), np.sin(0.3)
turned = np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]) @ np.array([[1, 0, 0], [0, c, -s], [0, s, c]])
for name, code, direction in [
        ('itk-oblique.nrrd', 'i2', turned), ('itk-flipped.nhdr', 'u1', np.diag([1, -1, 1])),
        ('itk-oblique.nii.gz', 'f4', turned), ('itk-flipped.nii', 'i2', np.diag([-1, 1, 1]))]:
    array = ramp(code)
    if code == 'f4':
        array = np.nan_to_num(array, posinf=0, neginf=0)
    record(name, array, by_itk(name, array, direction))

# --- nibabel
affine = np.eye(4)
affine[:3, :3] = (np.diag([-1, 1, 1]) @ turned) * np.array([0.4, 0.5, 1.5])
affine[:3, 3] = ORIGIN
right = affine.copy()
right[:3, :3] = turned * np.array([0.4, 0.5, 1.5])
sheared = right.copy()
sheared[0, 1] += 0.1
FLIP = np.diag([-1, -1, 1, 1])


def nifti(name, array, s=None, q=None, version=1, order='<', edit=None, sizes=None, **facts):
    cls = {(1, False): nib.Nifti1Image, (2, False): nib.Nifti2Image, (1, True): nib.Nifti1Pair,
           (2, True): nib.Nifti2Pair}[version, name.endswith('.hdr')]
    header = cls.header_class(endianness=order)
    image = cls(array, None, header=header)
    image.header.set_data_dtype(array.dtype.newbyteorder(order))
    if s is not None or q is not None:
        image.set_sform(s, code=2 if s is not None else 0)
        image.set_qform(q, code=1 if q is not None else 0)
    if q is None and s is not None:
        image.header['pixdim'][1:4] = np.linalg.norm(s[:3, :3], axis=0)
    image.header.set_xyzt_units('mm')
    if edit:
        edit(image.header)
    nib.save(image, name)
    back = nib.load(name)
    assert back.header.endianness == order
    lps = FLIP @ back.affine if s is not None or q is not None else None
    facts.setdefault('format', f'nifti{version}')
    record(name, array, lps, endian={'<': 'little', '>': 'big'}[order] if array.dtype.itemsize > 1
           and array.dtype.fields is None else None, **facts)


for version in [1, 2]:
    for order in '<>':
        for ending in ['.nii', '.nii.gz', '.hdr']:
            tag = f'nib-{version}-{"le" if order == "<" else "be"}'
            nifti(tag + ending, ramp('i2'), s=right, q=None, version=version, order=order)
for code in ['u1', 'i1', 'u2', 'i4', 'u4', 'i8', 'u8', 'f4', 'f8']:
    nifti(f'nib-{code}.nii.gz', ramp(code), s=right, order='>')
nifti('nib-qform.nii', ramp('u1'), q=right)
nifti('nib-qform-left-handed.nii', ramp('u1'), q=affine)
nifti('nib-both.nii', ramp('u1'), s=right, q=right)
nifti('nib-contradiction.nii', ramp('u1'), s=right, q=np.diag([1, 2, 3, 1.0]), warning='sform')
nifti('nib-sheared.nii', ramp('u1'), s=sheared)
nifti('nib-2-sheared.nii', ramp('u1'), s=sheared, version=2)


# nibabel refuses qfac 0, so it is set afterwards.
nifti('nib-qfac-zero.nii', ramp('u1'), q=right)
raw = bytearray(open('nib-qfac-zero.nii', 'rb').read())
raw[76:80] = bytes(4)
open('nib-qfac-zero.nii', 'wb').write(raw)


def spacings_only(header):
    header['pixdim'][1:4] = [0.5, 0.25, 2]


nifti('nib-no-codes.nii', ramp('u1'), edit=spacings_only, spacings=[0.5, 0.25, 2.0], warning='qform_code')
nifti('nib-complex64.nii', ramp('c8'), s=right, problem='complex64')
nifti('nib-complex128.nii', ramp('c16'), s=right, order='>', problem='complex128')
nifti('nib-4d.nii.gz', ramp('i2', (4, 3, 2, 3)), s=right, problem='dim[4]')
nifti('nib-4d-one.nii.gz', ramp('i2', (4, 3, 2, 1)), s=right)
colours = np.zeros((4, 3, 2), dtype=[('R', 'u1'), ('G', 'u1'), ('B', 'u1')])
colours['R'], colours['G'] = 255, np.arange(24).reshape(4, 3, 2)
nifti('nib-rgb.nii', colours, s=right, type='rgb24', problem='rgb24')


def scaled(header):
    header.set_slope_inter(2, -1024)


image = nib.Nifti1Image(np.arange(24, dtype='i2').reshape(2, 3, 4, order='F'), right)
image.header.set_slope_inter(1, 0)
nib.save(image, 'nib-scaled.nii')
raw = bytearray(open('nib-scaled.nii', 'rb').read())
raw[112:120] = np.array([2, -1024], '<f4').tobytes()
open('nib-scaled.nii', 'wb').write(raw)
values = nib.load('nib-scaled.nii').get_fdata()
record('nib-scaled.nii', np.arange(24, dtype='i2').reshape(2, 3, 4, order='F'), FLIP @ right.astype('f4'),
       scaledSum=float(values.sum()), warning='scl_slope')


# --- by hand, after the specification
def hand(name, fields, data, files=None, ending='\n'):
    header = ending.join(['NRRD0005'] + fields + ['', '']).encode()
    if files is None:
        open(name, 'wb').write(header + data)
    else:
        open(name, 'wb').write(header)
        for file, bytes_ in files.items():
            os.makedirs(os.path.dirname(file) or '.', exist_ok=True)
            open(file, 'wb').write(bytes_)


array = ramp('<i2')
body = array.tobytes('F')
basic = ['type: short', 'dimension: 3', 'sizes: 5 4 3', 'endian: little']
unit = np.eye(3, 4)
oriented = basic[:2] + ['space: LPS'] + basic[2:] + ['space directions: (1,0,0) (0,1,0) (0,0,1)',
                                                     'space origin: (0,0,0)']
hand('hand-crlf.nrrd', oriented + ['encoding: raw', 'key:=value'], body, ending='\r\n')
record('hand-crlf.nrrd', array, unit, keyValues={'key': 'value'})
hand('hand-line-skip.nrrd', oriented + ['encoding: raw', 'line skip: 2'], b'one\ntwo three\n' + body)
record('hand-line-skip.nrrd', array, unit)
hand('hand-byte-skip.nrrd', oriented + ['encoding: raw', 'byte skip: 7'], b'\n' * 7 + body)
record('hand-byte-skip.nrrd', array, unit)
hand('hand-both-skips.nrrd', oriented + ['encoding: raw', 'line skip: 1', 'byte skip: 3'],
     b'x\nabc' + body)
record('hand-both-skips.nrrd', array, unit)
hand('hand-skip-minus-one.nhdr', oriented + ['encoding: raw', 'byte skip: -1',
                                             'data file: hand-skip-minus-one.raw'], b'',
     {'hand-skip-minus-one.raw': b'a header of unknown length' + body})
record('hand-skip-minus-one.nhdr', array, unit)
hand('hand-gzip-byte-skip.nrrd', oriented + ['encoding: gz', 'byte skip: 5', 'line skip: 1'],
     b'a line\n' + gzip.compress(b'12345' + body, mtime=0))
record('hand-gzip-byte-skip.nrrd', array, unit, encoding='gzip')
hand('hand-gzip-skip-minus-one.nrrd', oriented + ['encoding: gz', 'byte skip: -1'],
     gzip.compress(b'1234567' + body, mtime=0))
record('hand-gzip-skip-minus-one.nrrd', array, unit, encoding='gzip')
hand('hand-members.nrrd', oriented + ['encoding: gzip'],
     b''.join(gzip.compress(body[i:i + 50], mtime=0) for i in range(0, len(body), 50)))
record('hand-members.nrrd', array, unit, encoding='gzip')
hand('hand-hex.nrrd', oriented + ['encoding: hex'], body.hex().upper().encode() + b'\n')
record('hand-hex.nrrd', array, unit, encoding='hex')
hand('hand-list.nhdr', oriented + ['encoding: raw', 'data file: LIST'] +
     [f'hand-parts/{k}.raw' for k in range(3)], b'',
     {f'hand-parts/{k}.raw': array[:, :, k].tobytes('F') for k in range(3)})
record('hand-list.nhdr', array, unit)
hand('hand-list-3.nhdr', oriented + ['encoding: gzip', 'data file: LIST 3', 'hand-parts/all.gz'], b'',
     {'hand-parts/all.gz': gzip.compress(body, mtime=0)})
record('hand-list-3.nhdr', array, unit, encoding='gzip')
hand('hand-pattern.nhdr', oriented + ['encoding: raw', 'data file: hand-parts/row%03d.raw 11 0 -1 1'],
     b'', {f'hand-parts/row{11 - r:03}.raw': body[10 * r:10 * (r + 1)] for r in range(12)})
record('hand-pattern.nhdr', array, unit)
everything = [
    '# first comment', 'Content: a skull', 'TYPE: Signed Short Int', 'dimension: 4', 'number: whatever',
    'space: Right-Anterior-Superior-Time', 'sizes: 5 4 3 1', 'thicknesses: nan 2 3 nan',
    'space directions: ( 1 , 0 , 0 , 0 ) (0,-2,0,0)\t(0,0,3,0) (0,0,0,1)',
    'centers: cell node ??? none', 'kinds: space space domain time',
    'labels: "a \\"quoted\\" label" "" "z" "time"', 'space units: "mm" "mm" "mm" "s"',
    'space origin: (1e1,-.5,+3,0)', 'endian: LITTLE', 'encoding: RAW', 'old min: -1024', 'oldmax: nan',
    'sample units: HU', 'key one:=with: colon \\\\ and \\n newline', 'key two:=', '# second comment']
hand('hand-everything.nrrd', everything, body)
record('hand-everything.nrrd', array.reshape(5, 4, 3, 1), [[-1, 0, 0, -10], [0, 2, 0, 0.5], [0, 0, 3, 3]],
       keyValues={'key one': 'with: colon \\ and \n newline', 'key two': ''},
       space='right-anterior-superior-time', kinds=['space', 'space', 'domain', 'time'])
hand('hand-block.nrrd', ['type: block', 'block size: 6', 'dimension: 2', 'sizes: 5 4', 'encoding: raw'],
     body)
manifest.append(dict(file='hand-block.nrrd', type='block', sizes=[5, 4], problem='block',
                     sha256=hashlib.sha256(body).hexdigest(), endian=None))

# --- teem, from files of pynrrd
unu = shutil.which('unu') or shutil.which('teem-unu')
for source, ending in [('pynrrd-i2-little-raw.nrrd', 'i2'), ('pynrrd-f8-little-gzip.nrrd', 'f8'), ('pynrrd-u1-little-raw.nrrd', 'u1')]:
    entry = next(e for e in manifest if e['file'] == source)
    for encoding, word in [('raw', 'raw'), ('ascii', 'ascii'), ('hex', 'hex'), ('gzip', 'gzip')]:
        for order in ['little', 'big']:
            name = f'teem-{ending}-{encoding}-{order}' + ('.nhdr' if order == 'big' else '.nrrd')
            if encoding == 'ascii' and order == 'big' or ending == 'u1' and order == 'big':
                continue
            subprocess.run([unu, 'save', '-f', 'nrrd', '-e', word, '-en', order, '-i', source, '-o', name], check=True)
            known = encoding != 'ascii' and ending != 'u1'
            # Fifteen digits of text are not all of a double.
            if ending == 'f8' and encoding == 'ascii':
                os.remove(name)
                continue
            manifest.append(dict(entry, file=name, encoding=encoding, endian=order if known else None))

json.dump(manifest, open('manifest.json', 'w'), indent=0, sort_keys=True, allow_nan=False)
