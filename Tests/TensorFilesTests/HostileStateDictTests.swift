import Errors
import TensorFiles
import Testing

/// Archives and pickles that lie, contradict themselves or ask for more than tensors.
@Suite struct HostileStateDictTests {
  struct Case: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    let code: Diagnostic.Code
    init(_ what: String, _ bytes: [UInt8], _ code: Diagnostic.Code) {
      (testDescription, self.bytes, self.code) = (what, bytes, code)
    }
    /// A dict `{"w": value}` beside a storage of so many bytes.
    init(
      _ what: String, value: [UInt8], storage: Int = 16, _ code: Diagnostic.Code
    ) {
      self.init(
        what, TorchFile.archive(TorchFile.stateDict(["w": value]), storage: storage), code)
    }
    /// A whole pickle.
    init(_ what: String, pickle: [UInt8], _ code: Diagnostic.Code) {
      self.init(what, TorchFile.archive(pickle), code)
    }
  }

  static func view(
    _ shape: [Int], _ strides: [Int], _ offset: Int = 0, count: Int = 4,
    type: String = "FloatStorage", key: String = "0"
  ) -> [UInt8] {
    TorchFile.tensor(
      shape: shape, strides: strides, offset: offset, count: count, key: key, type: type)
  }

  static func pickled(_ text: String) -> [UInt8] { [0x80, 2] + Array(text.utf8) }

  static let half = 1 << 62

  static let pickles: [Case] = [
    Case("a function", value: Array("cos\nsystem\n".utf8), .forbiddenGlobal),
    Case("a function of torch", value: Array("ctorch\nload\n".utf8), .forbiddenGlobal),
    Case(
      "a name that only begins well", value: Array("ctorch.evil\nFloatStorage\n".utf8),
      .forbiddenGlobal),
    Case("a name without an end", value: [UInt8](repeating: 0x63, count: 2000), .malformed),
    Case("a class as value", value: Array("ccollections\nOrderedDict\n".utf8), .unsupported),
    Case("a call of a text", value: TorchFile.text("os.system") + Array(")R".utf8), .malformed),
    Case("a storage that is called", value: Array("ctorch\nFloatStorage\n)R".utf8), .malformed),
    Case("an object with state", value: Array("}}b".utf8), .malformed),
    Case("protocol 4", pickle: [0x80, 4, 0x7d, 0x2e], .malformed),
    Case("an instruction beyond the subset", pickle: pickled("i"), .unsupported),
    Case("an instruction that imports by the stack", pickle: [0x80, 2, 0x93], .unsupported),
    Case("no end", pickle: pickled("}"), .truncated),
    Case("nothing", pickle: [], .truncated),
    Case("bytes behind the end", pickle: pickled("}.}"), .malformed),
    Case("two values", pickle: pickled("}}."), .malformed),
    Case("an open mark", pickle: pickled("}(."), .malformed),
    Case("no value", pickle: pickled("."), .malformed),
    Case("a tuple of nothing", pickle: pickled("\u{1}").dropLast() + [0x87, 0x2e], .malformed),
    Case("a mark that is missing", pickle: pickled("t."), .malformed),
    Case(
      "a value taken from below a mark", pickle: pickled("}NN(") + [0x86, 0x74, 0x2e], .malformed),
    Case("keys without values", pickle: pickled("}(Nu."), .malformed),
    Case("items of a list", pickle: pickled("](NNu."), .malformed),
    Case("a value never kept", pickle: pickled("h\u{7}."), .malformed),
    Case("a text longer than the file", pickle: pickled("X") + [255, 255, 255, 255], .truncated),
    Case("a text that is no UTF-8", pickle: pickled("X") + [1, 0, 0, 0, 0xff, 0x2e], .malformed),
    Case(
      "an integer of 200 bytes", pickle: [0x80, 2, 0x8a, 200] + [UInt8](repeating: 1, count: 201),
      .tooLarge),
    Case("no dict", pickle: pickled("]."), .unsupported),
    Case("a key that is a dict", pickle: pickled("}}Ns."), .unsupported),
    Case("a dict in itself", pickle: pickled("}q\u{0}K\u{1}h\u{0}s."), .tooLarge),
    Case(
      "100 000 tuples in each other",
      pickle: pickled("}K\u{1}N") + [UInt8](repeating: 0x85, count: 100_000) + Array("s.".utf8),
      .tooLarge),
    Case(
      "too many values", pickle: pickled(String(repeating: "N", count: 100_001) + "."),
      .tooLarge),
    Case(
      "too many marks", pickle: pickled(String(repeating: "(", count: 100_001) + "."),
      .tooLarge),
    Case(
      "too many instructions",
      pickle: pickled("}" + String(repeating: "q\u{0}", count: 500_000) + "."), .tooLarge),
    // Each of 25 levels holds the one below twice: 2^25 leaves out of 200 bytes.
    Case(
      "doubled 25 times",
      pickle: pickled("}K\u{1}N") + (0..<25).flatMap { [0x71, $0, 0x68, $0, 0x86] as [UInt8] }
        + Array("s.".utf8), .tooLarge),
    Case(
      "a name twice",
      TorchFile.archive(
        TorchFile.stateDict(["w": view([4], [1]), "w": view([4], [1])]), storage: 16),
      .duplicateName),
    Case(
      "a name twice by nesting",
      pickle: pickled("}(") + TorchFile.text("a.b") + Array("K\u{1}".utf8) + TorchFile.text("a")
        + Array("}".utf8) + TorchFile.text("b") + Array("K\u{1}su.".utf8), .duplicateName),
  ]

  static let tensors: [Case] = [
    Case("a shape whose product overflows", value: view([half, half], [1, 1]), .tooLarge),
    Case("bytes that overflow", value: view([half], [1]), .tooLarge),
    Case(
      "a product that overflows beside a zero", value: view([half, half, 0], [1, 1, 1]),
      .tooLarge),
    Case("strides that overflow", value: view([3, 2], [half, 1]), .outOfBounds),
    Case("an offset that overflows", value: view([2], [1], .max), .outOfBounds),
    Case("an offset beyond the end", value: view([1], [1], 4), .outOfBounds),
    Case("an offset below 0", value: view([1], [1], -1), .outOfBounds),
    Case("a stride beyond the end", value: view([2, 2], [3, 1]), .outOfBounds),
    Case("a stride below 0", value: view([2], [-1], 1), .malformed),
    Case("a size below 0", value: view([-1], [1]), .malformed),
    Case("fewer strides than sizes", value: view([2, 2], [1]), .malformed),
    Case(
      "65 axes", value: view(.init(repeating: 1, count: 65), .init(repeating: 1, count: 65)),
      .malformed),
    Case("one element repeated a billion times", value: view([1 << 30], [0]), .tooLarge),
    Case("a storage longer than its entry", value: view([4], [1], count: 5), .sizeMismatch),
    Case("a storage whose bytes overflow", value: view([4], [1], count: half), .sizeMismatch),
    Case("a storage below 0", value: view([0], [1], count: -1), .malformed),
    Case("a storage of another type", value: view([4], [1], type: "DoubleStorage"), .sizeMismatch),
    Case(
      "a storage of a type unknown", value: view([4], [1], type: "ComplexFloatStorage"),
      .forbiddenGlobal),
    Case("a storage that is missing", value: view([4], [1], key: "1"), .missingField),
    Case(
      "a storage outside of its folder", value: view([4], [1], key: "../data.pkl"),
      .missingField),
    Case(
      "a storage of two types",
      TorchFile.archive(
        TorchFile.stateDict([
          "v": view([4], [1]), "w": view([2], [1], count: 2, type: "DoubleStorage"),
        ]), storage: 16), .malformed),
    Case(
      "many views of one storage",
      TorchFile.zip([
        ("m/data.pkl", manyViews), ("m/data/0", [UInt8](repeating: 0, count: 400_000)),
      ]), .tooLarge),
  ]

  /// 100 tensors of 99 999 elements of the same 100 000.
  static var manyViews: [UInt8] {
    pickled("}(")
      + (0..<100).flatMap {
        TorchFile.text("\($0)") + view([99_999], [1], 1, count: 100_000)
      } + Array("u.".utf8)
  }

  static let empty = TorchFile.stateDict([:])

  /// A right archive with some bytes replaced, counted from its end.
  static func patched(_ changes: (place: Int, bytes: [UInt8])...) -> [UInt8] {
    var file = TorchFile.archive(empty)
    for (place, bytes) in changes {
      file.replaceSubrange(file.count - place..<file.count - place + bytes.count, with: bytes)
    }
    return file
  }

  /// Bytes in front of the directory of two entries.
  static let local = UInt8(TorchFile.archive(empty).count - 22 - 54 - 56)

  static let archives: [Case] = [
    Case("an archive cut in the middle", Array(TorchFile.archive(empty).dropLast(30)), .truncated),
    Case("an archive cut after its first bytes", [0x50, 0x4b, 3, 4], .truncated),
    Case("an archive without a pickle", TorchFile.zip([("m/data/0", [])]), .unknownFormat),
    Case(
      "an archive with two pickles",
      TorchFile.zip([("m/data.pkl", empty), ("n/data.pkl", empty)]), .unknownFormat),
    Case(
      "a name twice", TorchFile.zip([("m/data.pkl", empty), ("m/data.pkl", empty)]),
      .duplicateName),
    Case(
      "TorchScript", TorchFile.zip([("m/data.pkl", empty), ("m/constants.pkl", [])]),
      .unsupported),
    Case("a compressed entry", TorchFile.zip([("m/data.pkl", empty)], method: 8), .unsupported),
    Case("an encrypted entry", TorchFile.zip([("m/data.pkl", empty)], flags: 1), .unsupported),
    Case(
      "an order of bytes that nobody has",
      TorchFile.zip([("m/data.pkl", empty), ("m/byteorder", Array("middle".utf8))]), .malformed),
    Case("a directory beyond the file", patched((6, [255, 255, 255, 127])), .malformed),
    Case("a directory longer than the file", patched((10, [255, 255, 255, 127])), .malformed),
    Case("more entries than the directory holds", patched((12, [255, 255])), .malformed),
    Case("fewer entries than the directory holds", patched((12, [1, 0])), .malformed),
    Case("a part of several", patched((18, [1])), .malformed),
    // The last directory entry, "m/data/0", takes the 54 bytes before the end record.
    Case(
      "an entry larger than the file", patched((22 + 54 - 20, [0, 0, 0, 1, 0, 0, 0, 1])),
      .tooLarge),
    Case(
      "entries that share bytes",
      patched((22 + 54 - 20, [local - 1, 0, 0, 0, local - 1, 0, 0, 0])), .tooLarge),
    Case(
      "an entry of 64 bits without them", patched((22 + 54 - 24, .init(repeating: 255, count: 4))),
      .malformed),
    Case(
      "an entry that begins beyond the file", patched((22 + 54 - 42, [255, 255, 255, 127])),
      .malformed),
  ]

  @Test(arguments: pickles) func pickleIsRefused(_ item: Case) {
    #expect(code { try TensorArchive(bytes: item.bytes) } == item.code)
  }

  @Test(arguments: tensors) func tensorIsRefused(_ item: Case) {
    #expect(code { try TensorArchive(bytes: item.bytes) } == item.code)
  }

  @Test(arguments: archives) func archiveIsRefused(_ item: Case) {
    #expect(code { try TensorArchive(bytes: item.bytes) } == item.code)
  }

  @Test func archivesBeyondFourGigabytesAreWrittenOtherwise() throws {
    let pickle = TorchFile.stateDict(["w": Self.view([4], [1])])
    let entries = [("m/data.pkl", pickle), ("m/data/0", [UInt8](repeating: 0, count: 16))]
    let file = TorchFile.zip(entries, isLong: true)
    #expect(try TensorArchive(bytes: file).floats("w", shape: [4]) == [0, 0, 0, 0])
    // The record of 64 bits lies 56 + 20 + 22 bytes before the end; its offset is 48 bytes further.
    for (place, expected) in [
      (98 - 48, Diagnostic.Code.malformed), (98 - 40, .malformed), (98 - 32, .malformed),
      (42 - 8, .malformed),
    ] {
      for value: UInt8 in [0x7f, 0xff] {
        var damaged = file
        for i in 0..<8 { damaged[damaged.count - place + i] = i == 7 ? value : 0xff }
        #expect(code { try TensorArchive(bytes: damaged) } == expected)
      }
    }
  }

  @Test func aDamagedTensorIsNoticed() throws {
    var file = try Fixtures.bytes("state.pth")
    let weight: [UInt8] = [0, 0, 0, 0, 0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]
    let place = try #require(file.indices.first { file[$0...].starts(with: weight) })
    file[place] = 1
    #expect(code { try TensorArchive(bytes: file) } == .corrupt)
  }

  /// Tricky but right: strides of axes with one element mean nothing, elements may be shared, an
  /// empty tensor may claim any stride, and an OrderedDict may be kept and filled later.
  @Test func whatIsRightIsRead() throws {
    let pickle = TorchFile.stateDict([
      "one": Self.view([1, 2, 1], [.max, 2, .max]),
      "none": Self.view([0, Self.half], [.max, .max], 9),
      "windows": Self.view([2, 2], [1, 1]),
      "all": Self.view([2, 2], [2, 1]),
    ])
    let data = (0..<4).flatMap { TorchFile.number(Int(Float($0).bitPattern), 4) }
    let file = TorchFile.zip([("m/data.pkl", pickle), ("m/data/0", data)])
    let archive = try TensorArchive(bytes: file)
    #expect(try archive.floats("one", shape: [1, 2, 1]) == [0, 2])
    #expect(try archive.floats("none", shape: [0, Self.half]) == [])
    #expect(try archive.floats("windows", shape: [2, 2]) == [0, 1, 1, 2])
    #expect(try archive.floats("all", shape: [2, 2]) == [0, 1, 2, 3])
  }
}
