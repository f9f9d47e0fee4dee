"""Lets calvaria rewrite the good files of corpus.py, and other programs read what it wrote.

    python reverse.py CALVARIA FOLDER [WORD…]

Every NRRD file is rewritten as NRRD in some encoding, byte order and form: reference.py must find every
field and voxel in it again, and so must pynrrd, SimpleITK (where it can hold the image) and teem's unu (where it is
installed). Every NIfTI file is rewritten as NIfTI (nibabel and SimpleITK read it: voxels, matrix, extensions, the fields
that say nothing about place) and as NRRD, and back. Exit 1 where something differs.

Needs numpy, pynrrd 1.1.3, nibabel 5.4.2, SimpleITK 2.5.7; teem-apps 1.12.
"""
import hashlib, json, math, os, shutil, subprocess, sys, tempfile, warnings
import nibabel as nib
import nrrd
import numpy as np
import SimpleITK as sitk
from reference import CODES, describe

program, root, wanted = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2]), sys.argv[3:]
unu = shutil.which('unu') or shutil.which('teem-unu')
warnings.simplefilter('ignore')
nib.imageglobals.logger.setLevel('CRITICAL')
sitk.ProcessObject.SetGlobalWarningDisplay(False)
counts = {}
SIGNS = {'left-posterior-superior': (1, 1, 1), 'right-anterior-superior': (-1, -1, 1), 'left-anterior-superior': (1, -1, 1)}


def count(reader):
    counts[reader] = counts.get(reader, 0) + 1


def close(a, b, tolerance=1e-12):
    if isinstance(a, float) or isinstance(b, float):
        return a is not None and b is not None and math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(close(x, y, tolerance) for x, y in zip(a, b))
    return a == b


def same(what, found, expected, tolerance=1e-12):
    if not close(found, expected, tolerance):
        raise AssertionError(f'{what}: {str(found)[:300]}, expected {str(expected)[:300]}')


def convert(*arguments):
    done = subprocess.run([program, 'convert', *arguments], capture_output=True)
    if done.returncode:
        raise AssertionError(f'exit {done.returncode}: {done.stderr.decode()[:400]}')
    return done.stderr.decode()


def digest(array):
    kind = array.dtype.str[1:]
    return hashlib.sha256(array.astype('<' + kind).tobytes('F')).hexdigest()


def by_pynrrd(path, info):
    if info['type'] == 'block' or (info['encoding'] == 'ascii' and info['type'] in ('int64', 'uint64')):
        # It reads text by way of double.
        return
    if info['encoding'] == 'hex' or 'type' in info['keyValues'] or not any(info['spaceDirections'] or [1]):
        # It knows no hexadecimal digits, takes the key for the field, and cannot hold axes that all lack a direction.
        return
    data, head = nrrd.read(path, index_order='F')
    count('pynrrd')
    same('pynrrd sizes', list(data.shape), info['sizes'])
    if not (info['encoding'] == 'ascii' and data.dtype.kind == 'f'):
        same('pynrrd voxels', digest(data), info['sha256'])
    # It leaves escapes as they are and strips values.
    plain = {k: v for k, v in info['keyValues'].items() if k in head and v == v.strip() and '\\' not in v and '\n' not in v}
    same('pynrrd key/values', {k: head[k] for k in plain}, plain)
    if info['spaceOrigin']:
        same('pynrrd origin', [float(v) for v in head['space origin']], info['spaceOrigin'])
    if info['spaceDirections'] and 'space directions' in head:
        found = [None if row is None or np.isnan(row).any() else [float(v) for v in row] for row in head['space directions']]
        same('pynrrd directions', found, info['spaceDirections'])


def by_teem(path, info, folder):
    if not unu or info['type'] == 'block' or '3-gradient' in (info.get('kinds') or []) or any(': ' in k for k in info['keyValues']):
        # unu 1.12 cannot save blocks, has no size for that kind, and takes a key with a colon for a field.
        return
    out = os.path.join(folder, 'unu.nrrd')
    done = subprocess.run([unu, 'save', '-f', 'nrrd', '-e', 'raw', '-en', 'little', '-i', path, '-o', out], capture_output=True)
    if done.returncode:
        raise AssertionError('unu: ' + done.stderr.decode().strip().splitlines()[-1])
    count('unu')
    found = describe(out)
    keys = ['type', 'sizes', 'space', 'spaceDirections', 'spaceOrigin', 'keyValues', 'kinds', 'labels', 'thicknesses', 'axisMins',
            'axisMaxs', 'sampleUnits', 'spaceUnits', 'measurementFrame', 'oldMin', 'oldMax', 'content', 'sha256']
    for key in keys:
        mine, theirs = info.get(key), found.get(key)
        # unu leaves out what says nothing.
        if isinstance(mine, list) and all(v in (None, '') for v in mine) or mine in ('', None):
            continue
        # It quotes this one, and drops what is not ASCII.
        if key == 'sampleUnits' and theirs == f'"{mine}"' or isinstance(mine, str) and not mine.isascii():
            continue
        if key == 'sha256' and info['type'] in ('float', 'double') and info['encoding'] == 'ascii':
            continue
        if key in ('labels', 'spaceUnits', 'kinds') and theirs is None:
            continue
        # It prints 17 digits at best, and blanks for other white space.
        same('unu ' + key, theirs, mine, 1e-12)


def by_itk(path, info):
    if info['encoding'] == 'bzip2':
        # ITK's teem is built without it; pynrrd and unu read these.
        return
    volume = [a for a in range(len(info['sizes'])) if (info['spaceDirections'] or [1] * 16)[a] is not None]
    if volume != list(range(len(info['sizes']))) or len(volume) != 3 or info['type'] == 'block':
        return
    if info['space'] not in SIGNS or not info['spaceDirections'] or any(s in ('RGB-color', 'vector') for s in info.get('kinds') or []):
        return
    if any(k not in (None, 'domain', 'space') for k in info.get('kinds') or []):
        return
    if any(': ' in key for key in info['keyValues']):
        # ITK's teem takes such a key for a field, like unu 1.12.
        return
    columns = np.array(info['spaceDirections']).T
    unit = columns / np.linalg.norm(columns, axis=0)
    if not np.allclose(unit.T @ unit, np.eye(3), atol=1e-4):
        return
    image = sitk.ReadImage(path)
    count('SimpleITK')
    same('ITK sizes', list(image.GetSize()), info['sizes'])
    if not (info['encoding'] == 'ascii' and info['type'] in ('float', 'double')):
        same('ITK voxels', digest(sitk.GetArrayFromImage(image).transpose(2, 1, 0)), info['sha256'])
    signs = np.array(SIGNS[info['space']])
    if info['spaceOrigin']:
        same('ITK origin', list(image.GetOrigin()), [float(v) for v in signs * info['spaceOrigin']], 1e-9)
    same('ITK spacing', list(image.GetSpacing()), info['spacings'], 1e-9)
    found = np.array(image.GetDirection()).reshape(3, 3)
    same('ITK directions', found.tolist(), (np.diag(signs) @ unit).tolist(), 1e-9)


def rewrite_nrrd(path, number, folder):
    info = describe(path)
    encodings = ['raw', 'gzip', 'ascii', 'hex', 'bzip2']
    encoding = encodings[number % 5]
    if info['type'] == 'block' and encoding == 'ascii':
        encoding = 'raw'
    # Which NaN it was, text cannot say.
    form = 'o.nhdr' if number // 5 % 2 else 'o.nrrd'
    out = os.path.join(folder, form)
    endian = ['little', 'big'][number // 10 % 2]
    said = convert(path, out, '--encoding', encoding, '--endian', endian)
    again = describe(out)
    expected = dict(info, encoding=encoding)
    single = info['type'] in ('int8', 'uint8', 'block')
    expected['endian'] = None if single or encoding == 'ascii' else endian
    for key in {**expected, **again}:
        same('rewritten ' + key, again.get(key, 'absent'), expected.get(key, 'absent'), 0)
    by_pynrrd(out, again)
    by_teem(out, again, folder)
    by_itk(out, again)


def ignored(info):
    return {k: v for k, v in info.items() if k not in ('encoding', 'endian', 'format')}


def rewrite_nifti(path, number, folder):
    info = describe(path)
    if len(info['sizes']) < 3:
        return
    form = ['o.nii', 'o.nii.gz', 'o.hdr'][number % 3]
    out = os.path.join(folder, form)
    endian = ['little', 'big'][number % 2]
    said = convert(path, out, '--endian', endian)
    again = describe(out)
    same('rewritten version', again['format'], info['format'])
    exact = 2e-7 if info['format'] == 'nifti1' else 1e-12
    source, target = None, nib.load(out)
    count('nibabel')
    try:
        source = nib.load(path)
        source.dataobj[(0,) * source.ndim]
    except Exception:
        # A pair of which one file is compressed, odd endings, an infinite intercept, a broken list of extensions.
        return
    scale = {1: 1000, 3: 0.001}.get(int(source.header['xyzt_units']) & 7, 1)
    for key in ['type', 'sizes', 'space', 'sha256']:
        same('rewritten ' + key, again[key], info[key])
    for key in ['spaceDirections', 'spaceOrigin']:
        scaled = json.loads(json.dumps(info[key]), parse_float=lambda v: float(v) * scale)
        size = max(1, max(abs(v) for v in info['spaceOrigin']) * scale)
        if info['space']:
            same('rewritten ' + key, again[key], scaled, exact * size)
    if info['space']:
        expected = np.diag([scale, scale, scale, 1]) @ source.affine
        if not np.allclose(target.affine, expected, rtol=exact, atol=exact * 200):
            raise AssertionError(f'nibabel affine: {target.affine.tolist()}, expected {expected.tolist()}')
        same('sform code', int(target.header['sform_code']), 1)
    fields = ['dim_info', 'intent_p1', 'intent_p2', 'intent_p3', 'intent_code', 'intent_name', 'slice_start', 'slice_end', 'slice_code',
              'slice_duration', 'toffset', 'cal_max', 'cal_min', 'descrip', 'aux_file']
    for field in fields:
        same('nibabel ' + field, target.header[field].tolist(), source.header[field].tolist())
    same('time unit', int(target.header['xyzt_units']) & 0x38 if len(info['sizes']) > 3 else 0,
         int(source.header['xyzt_units']) & 0x38 if len(info['sizes']) > 3 else 0)
    same('pixdim', target.header['pixdim'][4:1 + len(info['sizes'])].tolist(), source.header['pixdim'][4:1 + len(info['sizes'])].tolist())
    kept = [(e.get_code(), e.content if isinstance(e.content, bytes) else str(e.content)) for e in source.header.extensions]
    if 'beyond' not in path and 'extensions are ignored' not in said:
        same('extensions', [(e.get_code(), e.content if isinstance(e.content, bytes) else str(e.content)) for e in target.header.extensions], kept)
    if info['type'] not in ('rgb24', 'rgba32') and np.isfinite([source.dataobj.slope, source.dataobj.inter]).all():
        a, b = np.asarray(source.dataobj), np.asarray(target.dataobj)
        if not np.array_equal(a, b, equal_nan=a.dtype.kind in 'fc'):
            raise AssertionError('nibabel: scaled values differ')
    elif info['type'] in ('rgb24', 'rgba32'):
        if np.asarray(source.dataobj).tobytes('F') != np.asarray(target.dataobj).tobytes('F'):
            raise AssertionError('nibabel: colours differ')
    # As NRRD and back.
    middle, back = os.path.join(folder, 'm.nrrd'), os.path.join(folder, 'b.nii')
    convert(path, middle)
    between = describe(middle)
    same('NRRD voxels', between['sha256'], info['sha256'])
    same('NRRD space', between['space'], info['space'])
    if info['space']:
        n = len(between['sizes']) - len(info['sizes'])
        scaled = json.loads(json.dumps(info['spaceDirections']), parse_float=lambda v: float(v) * scale)
        same('NRRD directions', between['spaceDirections'][n:], scaled, 1e-14 if scale == 1 else 1e-12)
        by_itk(middle, between)
    by_pynrrd(middle, between)
    by_teem(middle, between, folder)
    convert(middle, back, '--nifti-version', info['format'][-1])
    final = describe(back)
    for key in ['type', 'sizes', 'space', 'sha256']:
        same('back ' + key, final[key], info[key])


cases = [c for c in json.load(open(os.path.join(root, 'cases.json'))) if c['good'] and (not wanted or any(w in c['group'] for w in wanted))]
bad = 0
for number, case in enumerate(cases):
    path = os.path.join(root, case['path'])
    with tempfile.TemporaryDirectory() as folder:
        try:
            (rewrite_nifti if case['group'].startswith('nifti') else rewrite_nrrd)(path, number, folder)
        except Exception as error:
            bad += 1
            print(f'{case["path"]} ({case["why"]!r}, {number}): {type(error).__name__}: {str(error)[:500]}')
print(f'{len(cases)} files, {bad} with a difference; read by {counts}')
sys.exit(bad > 0)
