package import Volumes

/// A CT as files of DICOM, one a slice: explicit VR, little endian, 16 bits.
package struct DICOMSeries {
  /// The number of the series, which tells several in one folder apart.
  package var number = 1
  package var geometry: Geometry

  package init(_ geometry: Geometry) { self.geometry = geometry }

  /// The files, those of the first slice first; `value` gives HU by index.
  package func files(_ value: (Int, Int, Int) -> Int) -> [[UInt8]] {
    (0..<geometry.sizes.z).map { slice(z: $0, value) }
  }

  private func slice(z: Int, _ value: (Int, Int, Int) -> Int) -> [UInt8] {
    let (step, down) = (geometry.directions[0], geometry.directions[1])
    let place = geometry.origin + Double(z) * geometry.directions[2]
    func text(_ numbers: [Double]) -> String {
      numbers.map { number in
        // At most 16 characters.
        String("\(number)".prefix(16))
      }.joined(separator: "\\")
    }
    func list(_ v: SIMD3<Double>) -> [Double] { [v.x, v.y, v.z] }
    let identity = "1.2.826.0.1.\(number)"
    let meta =
      element(2, 2, "UI", "1.2.840.10008.5.1.4.1.1.2") + element(2, 3, "UI", "\(identity).9.\(z)")
      + element(2, 0x10, "UI", "1.2.840.10008.1.2.1")
    var file = [UInt8](repeating: 0, count: 128) + Array("DICM".utf8)
    file += element(2, 0, "UL", bytes: little(UInt32(meta.count))) + meta
    file += element(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2")
    file += element(8, 0x18, "UI", "\(identity).9.\(z)")
    file += element(8, 0x20, "DA", "20260101") + element(8, 0x30, "TM", "120000")
    file += element(8, 0x60, "CS", "CT") + element(0x10, 0x10, "PN", "DOE^JANE")
    file += element(0x18, 0x50, "DS", text([geometry.spacing.z]))
    file += element(0x20, 0xD, "UI", "1.2.826.0.1") + element(0x20, 0xE, "UI", identity)
    file += element(0x20, 0x11, "IS", "\(number)") + element(0x20, 0x13, "IS", "\(z + 1)")
    file += element(0x20, 0x32, "DS", text(list(place)))
    file += element(0x20, 0x37, "DS", text(list(step / step.length) + list(down / down.length)))
    file += element(0x28, 2, "US", bytes: little(UInt16(1)))
    file += element(0x28, 4, "CS", "MONOCHROME2")
    file += element(0x28, 0x10, "US", bytes: little(UInt16(geometry.sizes.y)))
    file += element(0x28, 0x11, "US", bytes: little(UInt16(geometry.sizes.x)))
    file += element(0x28, 0x30, "DS", text([down.length, step.length]))
    for (tag, number) in [(0x100, 16), (0x101, 16), (0x102, 15), (0x103, 1)] {
      file += element(0x28, UInt16(tag), "US", bytes: little(UInt16(number)))
    }
    file += element(0x28, 0x1052, "DS", "0") + element(0x28, 0x1053, "DS", "1")
    var pixels: [UInt8] = []
    for y in 0..<geometry.sizes.y {
      for x in 0..<geometry.sizes.x { pixels += little(UInt16(bitPattern: Int16(value(x, y, z)))) }
    }
    return file + element(0x7FE0, 0x10, "OW", bytes: pixels)
  }

  private func element(_ group: UInt16, _ tag: UInt16, _ kind: String, _ text: String) -> [UInt8] {
    var bytes = Array(text.utf8)
    // Values have an even length.
    if bytes.count % 2 == 1 { bytes.append(kind == "UI" ? 0 : 32) }
    return element(group, tag, kind, bytes: bytes)
  }

  private func element(_ group: UInt16, _ tag: UInt16, _ kind: String, bytes: [UInt8]) -> [UInt8] {
    let head = little(group) + little(tag) + Array(kind.utf8)
    return kind == "OW"
      ? head + [0, 0] + little(UInt32(bytes.count)) + bytes
      : head + little(UInt16(bytes.count)) + bytes
  }

  private func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
  }
}
