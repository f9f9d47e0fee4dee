import Errors

/// Reads the part of Python's pickle protocol 2 in which PyTorch describes state dicts.
///
/// It imports nothing and calls nothing: ``PickleGlobal`` lists what a pickle may name, each of
/// which is understood here as a description of a tensor, and every other name is an error that
/// states it. Python's own reader would import and call whatever the file names.
///
/// *Source*: Python 3.11, `pickletools`; what torch 2.13 writes.
struct Unpickler {
  /// Longest pickle; a tensor takes some 150 bytes.
  static let longest = 1 << 24
  /// Most instructions; a tensor takes some 40. With ``deepest`` this bounds the memory.
  static let mostInstructions = 500_000
  /// Most values on the stack; the pickler sets 1000 pairs at a time.
  static let deepest = 100_000

  private let bytes: LittleEndianBytes
  private let source: ByteSource
  private let entry: String
  private var position = 0
  /// Where the current instruction stands.
  private var start = 0
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var pickle = Pickle()

  /// What the pickle in an entry of an archive describes.
  static func pickle(
    _ bytes: [UInt8], entry: String, of source: ByteSource
  ) throws(Diagnostic) -> Pickle {
    guard bytes.count <= longest else {
      throw source.error(
        .tooLarge, entry, expected: "at most \(longest) bytes", found: "\(bytes.count)",
        remedy: "save the state dict alone")
    }
    var reader = Unpickler(bytes, entry, source)
    return try reader.run()
  }

  private init(_ bytes: [UInt8], _ entry: String, _ source: ByteSource) {
    (self.bytes, self.entry, self.source) = (LittleEndianBytes(bytes), entry, source)
  }

  private mutating func run() throws(Diagnostic) -> Pickle {
    guard try byte() == 0x80, try byte() == 2 else { throw malformed("a pickle of protocol 2") }
    for _ in 0..<Self.mostInstructions {
      start = position
      let instruction = try byte()
      if instruction == UInt8(ascii: ".") {
        guard stack.count == 1, marks.isEmpty, position == bytes.count else {
          throw malformed("one value and nothing behind it")
        }
        pickle.root = stack[0]
        return pickle
      }
      try execute(instruction)
      guard stack.count <= Self.deepest, marks.count <= Self.deepest else {
        throw tooLarge("at most \(Self.deepest) values on the stack")
      }
    }
    throw tooLarge("at most \(Self.mostInstructions) instructions")
  }

  private mutating func execute(_ instruction: UInt8) throws(Diagnostic) {
    switch Unicode.Scalar(instruction) {
    case "N": stack.append(.none)
    case "\u{88}": stack.append(.bool(true))
    case "\u{89}": stack.append(.bool(false))
    case "K": stack.append(.int(Int(try byte())))
    case "M": stack.append(.int(Int(try number(2))))
    case "J": stack.append(.int(Int(Int32(truncatingIfNeeded: try number(4)))))
    case "\u{8a}": stack.append(.int(try longInteger()))
    case "G": stack.append(.float(Double(bitPattern: try number(8).byteSwapped)))
    case "X": stack.append(.text(try text(Int(try number(4)))))
    case ")": push(.tuple([]))
    case "]": push(.list([]))
    case "}": push(.dict([], isOrdered: false))
    case "(": marks.append(stack.count)
    case "t": push(.tuple(try popToMark()))
    case "\u{85}": push(.tuple(try pop(1)))
    case "\u{86}": push(.tuple(try pop(2)))
    case "\u{87}": push(.tuple(try pop(3)))
    case "a": try appendToList(try pop(1))
    case "e": try appendToList(try popToMark())
    case "s": try setItems(try pop(2))
    case "u": try setItems(try popToMark())
    case "q": memo[Int(try byte())] = try top()
    case "r": memo[Int(try number(4))] = try top()
    case "h": stack.append(try memoized(Int(try byte())))
    case "j": stack.append(try memoized(Int(try number(4))))
    case "c": stack.append(.global(try global()))
    case "Q": stack.append(try persistent(try pop(1)[0]))
    case "R":
      let operands = try pop(2)
      stack.append(try reduce(operands[0], operands[1]))
    case "b": try build(try pop(1)[0])
    default:
      throw source.error(
        .unsupported, place, expected: "an instruction of a state dict's pickle",
        found: "the instruction 0x\(String(instruction, radix: 16))",
        remedy: "save the state dict alone, with PyTorch's own pickle protocol")
    }
  }

  private mutating func longInteger() throws(Diagnostic) -> Int {
    let length = Int(try byte())
    guard length <= 8 else { throw tooLarge("integers of 8 bytes at most") }
    guard length > 0 else { return 0 }
    let unused = UInt64(64 - 8 * length)
    return Int(Int64(bitPattern: try number(length) << unused) >> Int64(unused))
  }

  private mutating func global() throws(Diagnostic) -> PickleGlobal {
    let module = try line()
    let name = try line()
    guard let global = PickleGlobal(module: module, name: name) else {
      throw source.error(
        .forbiddenGlobal, place, expected: "tensors in dicts and nothing else",
        found: "the name \(quoted("\(module).\(name)")), which was not executed",
        remedy: "save the state dict alone: torch.save(model.state_dict(), …)")
    }
    return global
  }

  /// `('storage', torch.FloatStorage, '0', 'cpu', 6)`.
  private mutating func persistent(_ value: PickleValue) throws(Diagnostic) -> PickleValue {
    guard let parts = tuple(value), parts.count == 5, case .text("storage") = parts[0],
      case .global(.storage(let type)) = parts[1], case .text(let key) = parts[2],
      case .text = parts[3], case .int(let count) = parts[4], count >= 0
    else { throw malformed("a storage with type, key, place and count") }
    pickle.storages.append(PickledStorage(key: key, type: type, count: count))
    return .storage(pickle.storages.count - 1)
  }

  private mutating func reduce(
    _ function: PickleValue, _ arguments: PickleValue
  ) throws(Diagnostic) -> PickleValue {
    guard case .global(let global) = function, let arguments = tuple(arguments) else {
      throw malformed("a known name and its arguments")
    }
    switch global {
    case .orderedDict:
      guard arguments.isEmpty else { throw malformed("an OrderedDict that begins empty") }
      push(.dict([], isOrdered: true))
      return stack.removeLast()
    case .rebuildParameter:
      guard arguments.count == 3, case .tensor = arguments[0] else {
        throw malformed("a parameter made of a tensor")
      }
      return arguments[0]
    case .rebuildTensor:
      guard arguments.count == 6 || arguments.count == 7, case .storage(let storage) = arguments[0],
        case .int(let offset) = arguments[1], let shape = integers(arguments[2]),
        let strides = integers(arguments[3]), shape.count == strides.count
      else { throw malformed("a tensor with storage, offset, shape and strides") }
      if arguments.count == 7, !isEmpty(arguments[6]) {
        throw source.error(
          .unsupported, place, expected: "a plain tensor", found: "one with further properties",
          remedy: "save a clone of the tensor")
      }
      pickle.tensors.append(
        PickledTensor(storage: storage, offset: offset, shape: shape, strides: strides))
      return .tensor(pickle.tensors.count - 1)
    case .storage: throw malformed("a function of tensors")
    }
  }

  /// State of an object: an OrderedDict's `_metadata`, which holds versions of modules.
  private mutating func build(_ state: PickleValue) throws(Diagnostic) {
    guard case .container(let object) = try top(),
      case .dict(_, isOrdered: true) = pickle.containers[object],
      case .container(let index) = state, case .dict = pickle.containers[index]
    else { throw malformed("attributes of an OrderedDict") }
  }

  private mutating func appendToList(_ values: [PickleValue]) throws(Diagnostic) {
    guard case .container(let index) = try top(), case .list(var list) = pickle.containers[index]
    else { throw malformed("a list to append to") }
    // The place is emptied first, so that the array is not copied.
    pickle.containers[index] = .list([])
    list += values
    pickle.containers[index] = .list(list)
  }

  private mutating func setItems(_ values: [PickleValue]) throws(Diagnostic) {
    guard case .container(let index) = try top(), values.count % 2 == 0,
      case .dict(var pairs, let isOrdered) = pickle.containers[index]
    else { throw malformed("a dict, and keys with values") }
    pickle.containers[index] = .list([])
    for i in stride(from: 0, to: values.count, by: 2) { pairs.append((values[i], values[i + 1])) }
    pickle.containers[index] = .dict(pairs, isOrdered: isOrdered)
  }

  private mutating func push(_ container: PickleContainer) {
    pickle.containers.append(container)
    stack.append(.container(pickle.containers.count - 1))
  }

  private func tuple(_ value: PickleValue) -> [PickleValue]? {
    guard case .container(let index) = value, case .tuple(let values) = pickle.containers[index]
    else { return nil }
    return values
  }

  private func integers(_ value: PickleValue) -> [Int]? {
    guard let values = tuple(value), values.count <= NamedTensor.mostAxes else { return nil }
    var integers: [Int] = []
    for value in values {
      guard case .int(let integer) = value, integer >= 0 else { return nil }
      integers.append(integer)
    }
    return integers
  }

  private func isEmpty(_ value: PickleValue) -> Bool {
    if case .none = value { return true }
    if case .container(let index) = value, case .dict(let pairs, _) = pickle.containers[index] {
      return pairs.isEmpty
    }
    return false
  }

  private func top() throws(Diagnostic) -> PickleValue {
    guard let value = stack.last, stack.count > marks.last ?? 0 else {
      throw malformed("a value on the stack")
    }
    return value
  }

  private func memoized(_ index: Int) throws(Diagnostic) -> PickleValue {
    guard let value = memo[index] else { throw malformed("a value that was kept as \(index)") }
    return value
  }

  private mutating func pop(_ count: Int) throws(Diagnostic) -> [PickleValue] {
    guard stack.count - count >= marks.last ?? 0 else {
      throw malformed("\(counted(count, "value")) on the stack")
    }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popToMark() throws(Diagnostic) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw malformed("a mark on the stack") }
    return try pop(stack.count - mark)
  }

  private mutating func byte() throws(Diagnostic) -> UInt8 {
    try require(1)
    defer { position += 1 }
    return bytes.bytes[position]
  }

  private mutating func number(_ length: Int) throws(Diagnostic) -> UInt64 {
    try require(length)
    defer { position += length }
    return bytes.number(at: position, length)
  }

  private mutating func text(_ length: Int) throws(Diagnostic) -> String {
    try require(length)
    guard let text = String(validating: bytes.bytes[position..<position + length], as: UTF8.self)
    else { throw malformed("a text in UTF-8") }
    position += length
    return text
  }

  private mutating func line() throws(Diagnostic) -> String {
    let rest = bytes.bytes[position...].prefix(1000)
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
      throw malformed("a name of less than 1000 bytes")
    }
    let name = try text(end - position)
    position += 1
    return name
  }

  private func require(_ count: Int) throws(Diagnostic) {
    guard count <= bytes.count - position else {
      throw source.error(
        .truncated, place, expected: counted(count, "more byte"),
        found: "\(bytes.count - position)", remedy: "save the model again")
    }
  }

  private var place: String { "\(entry), byte \(start)" }

  private func malformed(_ expected: String) -> Diagnostic {
    source.error(
      .malformed, place, expected: expected, found: "something else",
      remedy: "save the state dict alone: torch.save(model.state_dict(), …)")
  }

  private func tooLarge(_ expected: String) -> Diagnostic {
    source.error(
      .tooLarge, place, expected: expected, found: "more", remedy: "save the state dict alone")
  }
}
