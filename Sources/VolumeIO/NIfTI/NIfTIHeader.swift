import CNIfTI
import Volumes

/// The fields of a NIfTI-1 or NIfTI-2 header that this module uses, in host byte order.
struct NIfTIHeader: Sendable, Equatable {
  /// 1 or 2.
  var version = 1
  /// Whether header and voxels are in two files.
  var isPair = false
  var endian = Endianness.little
  var dataType = 2
  var bitsPerVoxel = 8
  /// dim[1] to dim[dim[0]].
  var sizes: [Int] = []
  /// pixdim[0] to pixdim[7].
  var pixdim = [Double](repeating: 0, count: 8)
  var voxelOffset = 0
  var slope = 0.0
  var intercept = 0.0
  var description = ""
  var details = Details()
  var qformCode = 0
  var sformCode = 0
  /// quatern_b, c, d.
  var quaternion = SIMD3<Double>.zero
  var qoffset = SIMD3<Double>.zero
  /// srow_x, srow_y, srow_z.
  var rows = [SIMD4<Double>](repeating: .zero, count: 3)
  /// xyzt_units: bits 0 to 2 the unit of space, bits 3 to 5 that of time.
  var units = 0

  /// Fields that say nothing about where or what the voxels are; they are handed on from NIfTI to
  /// NIfTI.
  struct Details: Sendable, Hashable {
    /// descrip as its 80 bytes, where nothing else is to stand there: it need not be UTF-8.
    var description: [UInt8] = []
    /// dim_info: which axes are frequency, phase and slice.
    var dimInfo = 0
    var intentCode = 0
    /// intent_p1 to intent_p3.
    var intent = [Double](repeating: 0, count: 3)
    var intentName = ""
    var sliceStart = 0
    var sliceEnd = 0
    var sliceCode = 0
    var sliceDuration = 0.0
    /// toffset.
    var timeOffset = 0.0
    /// cal_min and cal_max: what to display.
    var displayMin = 0.0
    var displayMax = 0.0
    /// aux_file.
    var auxiliaryFile = ""
  }

  /// Bytes of a header.
  static func byteCount(version: Int) -> Int { version == 1 ? 348 : 540 }

  /// libnifti prints to standard error unless told not to.
  private static let silenced: Void = nifti_set_debug_level(0)

  /// The voxel → world maps that libnifti makes of quaternion and rows.
  ///
  /// libnifti never sees a byte of the file: it gets a fresh struct of checked numbers.
  var matrices: (qform: Affine, sform: Affine) {
    var raw = nifti_2_header()
    raw.sizeof_hdr = 540
    raw.magic = (0x6e, 0x2b, 0x32, 0, 0x0d, 0x0a, 0x1a, 0x0a)
    raw.datatype = Int16(dataType)
    raw.bitpix = Int16(bitsPerVoxel)
    withUnsafeMutableBytes(of: &raw.dim) { bytes in
      let dim = bytes.bindMemory(to: Int64.self)
      dim[0] = 3
      for axis in 1...7 { dim[axis] = 1 }
    }
    withUnsafeMutableBytes(of: &raw.pixdim) { bytes in
      let target = bytes.bindMemory(to: Double.self)
      for i in 0..<8 { target[i] = pixdim[i] }
    }
    raw.vox_offset = 544
    raw.qform_code = qformCode > 0 ? 1 : 0
    raw.sform_code = sformCode > 0 ? 1 : 0
    (raw.quatern_b, raw.quatern_c, raw.quatern_d) = (quaternion.x, quaternion.y, quaternion.z)
    (raw.qoffset_x, raw.qoffset_y, raw.qoffset_z) = (qoffset.x, qoffset.y, qoffset.z)
    raw.srow_x = (rows[0].x, rows[0].y, rows[0].z, rows[0].w)
    raw.srow_y = (rows[1].x, rows[1].y, rows[1].z, rows[1].w)
    raw.srow_z = (rows[2].x, rows[2].y, rows[2].z, rows[2].w)
    Self.silenced
    guard let image = nifti_convert_n2hdr2nim(raw, nil) else {
      // Only unreadable numbers make libnifti refuse, and those have been checked.
      return (Affine(linear: .identity), Affine(linear: .identity))
    }
    defer { nifti_image_free(image) }
    return (Self.affine(image.pointee.qto_xyz), Self.affine(image.pointee.sto_xyz))
  }

  private static func affine(_ matrix: nifti_dmat44) -> Affine {
    withUnsafeBytes(of: matrix) { bytes in
      let m = bytes.bindMemory(to: Double.self)
      return Affine(
        linear: Matrix3(
          SIMD3(m[0], m[4], m[8]), SIMD3(m[1], m[5], m[9]), SIMD3(m[2], m[6], m[10])),
        translation: SIMD3(m[3], m[7], m[11]))
    }
  }

  /// Sets quaternion, offset, qfac and spacings of a map with orthogonal columns.
  mutating func setQform(_ map: Affine) {
    var matrix = nifti_dmat44()
    withUnsafeMutableBytes(of: &matrix) { bytes in
      let m = bytes.bindMemory(to: Double.self)
      for row in 0..<3 {
        for column in 0..<3 { m[4 * row + column] = map.linear[column][row] }
        m[4 * row + 3] = map.translation[row]
      }
      m[15] = 1
    }
    var (b, c, d, x, y, z) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    var (dx, dy, dz, factor) = (0.0, 0.0, 0.0, 1.0)
    nifti_dmat44_to_quatern(matrix, &b, &c, &d, &x, &y, &z, &dx, &dy, &dz, &factor)
    quaternion = SIMD3(b, c, d)
    qoffset = SIMD3(x, y, z)
    pixdim[0] = factor
  }
}
