import Errors
import Foundation
import TestSupport
import Testing
import VolumeIO

/// The corpus that `Tests/Conformance/corpus.py` writes after the specifications of NRRD and NIfTI: each
/// good file holds for us what a second reader in Python (`reference.py`) finds in it, each bad one is
/// refused by an error that names a field.
///
/// The same corpus through the command line, under a limit of memory and time: `make conformance`.
@Suite struct ConformanceTests {
  /// One file with those it names.
  struct Case: Sendable {
    let name: String
    let why: String
    let files: [String: [UInt8]]
    let links: [String: String]
    /// What `info --json --sha256` must say, as JSON; nil for a bad file.
    let info: Data?

    init(_ object: [String: Any]) {
      name = object["name"] as! String
      why = object["why"] as! String
      // Bytes are written as the characters of Latin-1.
      files = (object["files"] as! [String: String]).mapValues { text in
        text.unicodeScalars.map { UInt8($0.value) }
      }
      links = object["links"] as! [String: String]
      info = (object["info"] as? NSDictionary).map {
        try! JSONSerialization.data(withJSONObject: $0)
      }
    }

    /// ``info`` as an object.
    func expected() throws -> NSDictionary? {
      try info.map { try JSONSerialization.jsonObject(with: $0) as! NSDictionary }
    }

    /// Writes the files into a folder and gives the path of the first.
    func write(into folder: TemporaryFolder, _ number: Int) -> String {
      let base = "\(number)"
      folder.makeFolder(base)
      for (file, bytes) in files {
        var parent = base
        for part in file.split(separator: "/").dropLast() {
          parent += "/" + part
          folder.makeFolder(parent)
        }
        folder.write(bytes, "\(base)/\(file)")
      }
      for (link, target) in links { symbolicLink(target, folder("\(base)/\(link)")) }
      return folder("\(base)/\(name)")
    }
  }

  static let cases: [Case] = {
    // A missing corpus would make all tests pass, so it must not.
    let packed = try! ImageFile(opening: Fixtures.path("corpus.nrrd")).elements()
    let text = packed.withBytes { Data($0) }
    return (try! JSONSerialization.jsonObject(with: text) as! [[String: Any]]).map { Case($0) }
  }()

  @Test func thereIsACorpus() {
    #expect(Self.cases.count { $0.info != nil } > 800)
    #expect(Self.cases.count { $0.info == nil } > 600)
  }

  @Test func goodFiles() throws {
    let folder = TemporaryFolder()
    for (number, one) in Self.cases.enumerated() {
      guard let expected = try one.expected() else { continue }
      let path = one.write(into: folder, number)
      do {
        let file = try ImageFile(opening: path)
        let text = file.info.json(sha256: try file.sha256())
        let found = try JSONSerialization.jsonObject(with: Data(text.utf8)) as! NSDictionary
        for key in Set(expected.allKeys as! [String]).union(found.allKeys as! [String]) {
          #expect(
            Self.same(found[key], expected[key]),
            "\(number) \(one.why): \(key) is \(found[key] ?? "absent"), not \(expected[key] ?? "absent")"
          )
        }
      } catch {
        Issue.record("\(number) \(one.why): \(error)")
      }
    }
  }

  @Test func badFiles() throws {
    let folder = TemporaryFolder()
    for (number, one) in Self.cases.enumerated() where one.info == nil {
      let path = one.write(into: folder, number)
      do {
        let file = try ImageFile(opening: path)
        _ = try file.elements()
        Issue.record("\(number) \(one.why): no error")
      } catch let error as Diagnostic {
        let parts = [error.field, error.expected, error.found, error.remedy]
        #expect(!parts.contains(""), "\(number) \(one.why): \(error)")
        #expect(error.description.hasPrefix(folder.path), "\(number) \(one.why): \(error)")
        #expect(!error.description.contains("\n"), "\(number) \(one.why): \(error)")
      }
    }
  }

  /// NRRD to NRRD keeps every field, comment, key/value pair and voxel, in every encoding.
  @Test func rewriting() throws {
    // Hundreds of files, each synced.
    let folder = TemporaryFolder(inMemory: true)
    let encodings: [DataEncoding] = [.raw, .gzip, .bzip2, .ascii, .hex]
    for (number, one) in Self.cases.enumerated() {
      guard let expected = try one.expected(), expected["format"] as? String == "nrrd" else {
        continue
      }
      // Of the many that differ in type and encoding only, a few.
      let isOneOfMany = ["type ", "encoding ", "detached ", "kind "].contains {
        one.why.hasPrefix($0)
      }
      if isOneOfMany && number % 7 != 0 { continue }
      let path = one.write(into: folder, number)
      let source = try ImageFile(opening: path)
      var encoding = encodings[number % encodings.count]
      if case .block = source.info.type, encoding == .ascii { encoding = .hex }
      let options = WriteOptions(encoding: encoding, endian: number % 3 == 0 ? .big : .little)
      let out = folder(number % 2 == 0 ? "o.nrrd" : "o.nhdr")
      do {
        try Conversion.convert(path, to: out, options: ConvertOptions(writing: options))
        let target = try ImageFile(opening: out)
        var wanted = source.info
        wanted.encoding = encoding
        wanted.endian = target.info.endian
        // As text, since NaN is equal to nothing.
        #expect(target.info.json() == wanted.json(), "\(number) \(one.why)")
        #expect(try target.sha256() == source.sha256(), "\(number) \(one.why)")
      } catch {
        Issue.record("\(number) \(one.why): \(error)")
      }
    }
  }

  /// Equal, numbers to rounding: Python and Swift form lengths of vectors and rotations differently.
  private static func same(_ a: Any?, _ b: Any?) -> Bool {
    switch (a, b) {
    case (let a as [Any], let b as [Any]):
      return a.count == b.count && zip(a, b).allSatisfy { same($0, $1) }
    case (let a as NSNumber, let b as NSNumber):
      let (a, b) = (a.doubleValue, b.doubleValue)
      return abs(a - b) <= 1e-12 * max(1, abs(a), abs(b))
    default: return (a as? NSObject) == (b as? NSObject)
    }
  }
}
