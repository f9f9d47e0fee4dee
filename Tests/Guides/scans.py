"""Makes files that the reader of a guide has, out of the sample CT, in the current folder.

    python scans.py NAME…       my-ct.nrrd, my-ct.nii.gz, dicom

The CT is turned in its header, so its slices are oblique; its voxels are int16, its origin lies far from 0.
"""
import math, sys
from pathlib import Path
import SimpleITK as sitk

ROOT = Path(__file__).resolve().parent.parent.parent


def turned(axis, degrees):
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    x, y, z = axis
    return [[c + x * x * (1 - c), x * y * (1 - c) - z * s, x * z * (1 - c) + y * s],
            [y * x * (1 - c) + z * s, c + y * y * (1 - c), y * z * (1 - c) - x * s],
            [z * x * (1 - c) - y * s, z * y * (1 - c) + x * s, c + z * z * (1 - c)]]


def scan():
    """The sample CT with right-handed axes, tilted by 14 and turned by 9 degrees."""
    image = sitk.Flip(sitk.ReadImage(str(ROOT / 'sample-data/cranium.nhdr')), (False, True, False), False)
    image = sitk.Cast(image, sitk.sitkInt16)
    a, b = turned((1, 0, 0), 14), turned((0, 0, 1), 9)
    turn = [[sum(a[i][k] * b[k][j] for k in range(3)) for j in range(3)] for i in range(3)]
    image.SetDirection([value for row in turn for value in row])
    image.SetOrigin((-121.3, -148.7, -811.2))
    for key in image.GetMetaDataKeys():
        image.EraseMetaData(key)
    return image


def series(image, folder):
    """A DICOM series, a file a slice."""
    folder.mkdir()
    direction = image.GetDirection()
    shared = {'0008|0060': 'CT', '0008|0020': '20220914', '0008|0030': '120000', '0020|000d': '1.2.826.0.1.3680043.2.1125.1', '0020|000e': '1.2.826.0.1.3680043.2.1125.2',
              '0020|0052': '1.2.826.0.1.3680043.2.1125.3', '0008|103e': 'head', '0010|0010': 'Example', '0010|0020': '1',
              '0020|0037': '\\'.join(f'{direction[3 * i + j]:.12g}' for j in range(2) for i in range(3)),
              '0018|0050': f'{image.GetSpacing()[2]:g}', '0028|1052': '0', '0028|1053': '1',
              '0018|5100': 'HFS', '0008|0070': 'Example'}
    writer = sitk.ImageFileWriter()
    writer.KeepOriginalImageUIDOn()
    for k in range(image.GetSize()[2]):
        slice = image[:, :, k]
        place = image.TransformIndexToPhysicalPoint((0, 0, k))
        own = {'0008|0018': f'1.2.826.0.1.3680043.2.1125.4.{k + 1}', '0020|0032': '\\'.join(f'{v:.12g}' for v in place),
               '0020|0013': str(k + 1)}
        for key, value in (shared | own).items():
            slice.SetMetaData(key, value)
        writer.SetFileName(str(folder / f'{k:04}.dcm'))
        writer.Execute(slice)


image = scan()
for name in sys.argv[1:]:
    if name == 'dicom':
        series(image, Path(name))
    else:
        sitk.WriteImage(image, name, useCompression=True)
