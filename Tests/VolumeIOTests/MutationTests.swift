import Errors
import TestSupport
import Testing
import VolumeIO
import Volumes
import Glibc

/// Damaged headers give an error or an image, never a crash, and never much memory.
///
/// `CALVARIA_MUTATIONS` sets how many a file gets.
@Suite struct MutationTests {
  static let files = [
    "hand-everything.nrrd", "hand-pattern.nhdr", "hand-list.nhdr", "pynrrd-vector.nrrd",
    "pynrrd-i2-ascii.nrrd", "hand-gzip-skip-minus-one.nrrd", "hand-block.nrrd", "hand-hex.nrrd",
    "itk-oblique.nrrd", "nib-1-be.nii", "nib-2-le.nii", "nib-1-le.nii.gz", "nib-both.nii",
    "nib-complex64.nii", "nib-4d.nii.gz",
  ]

  @Test(arguments: files)
  func mutated(name: String) throws {
    let count = getenv("CALVARIA_MUTATIONS").flatMap { Int(String(cString: $0)) } ?? 200
    let good = TemporaryFolder.read(Fixtures.path(name))
    let folder = TemporaryFolder()
    let tokens = [
      "none", "nan", "-1", "0", "99999999999", "(", ")", "\"", ":=", ": ", "\n", "\r\n", "%d",
      "LIST",
      "\0", "\u{ff}", "1e308", "space: LPS\n", "dimension: 16\n", "byte skip: -1\n",
      "sizes: 1 1 1\n",
    ].map { Array($0.utf8) }
    var numbers = SplitMix(state: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
    for _ in 0..<count {
      var bytes = good
      for _ in 0...Int.random(in: 0..<4, using: &numbers) where !bytes.isEmpty {
        // Mostly in the header.
        let end = Int.random(in: 1...max(1, min(bytes.count, 600)), using: &numbers)
        let place = Int.random(in: 0..<end, using: &numbers)
        switch Int.random(in: 0..<6, using: &numbers) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &numbers)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &numbers)
        case 2: bytes.remove(at: place)
        case 3: bytes.insert(contentsOf: tokens.randomElement(using: &numbers)!, at: place)
        case 4: bytes.removeSubrange(place..<end)
        default:
          for i in place..<min(place + 8, bytes.count) { bytes[i] = [0, 0xff, 0x7f, 0x80][i & 3] }
        }
      }
      let path = folder.write(bytes, name)
      do {
        let file = try ImageFile(opening: path)
        _ = file.info.json()
        #expect(file.demand < 64 << 20, "\(file.info)")
        let elements = try file.elements()
        // Writing waits for the disk, so only some survivors are converted.
        if elements.withBytes({ $0.first }).map({ $0 % 8 == 1 }) == true {
          for output in ["out.nrrd", "out.nii"] {
            do { try Conversion.convert(path, to: folder(output)) } catch is Diagnostic {}
          }
        }
        _ = try file.volume()
      } catch is Diagnostic {
        continue
      }
    }
  }
}
