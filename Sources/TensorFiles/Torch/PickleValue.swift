/// What a pickle of a state dict can hold.
///
/// Lists, tuples and dicts are numbers of places in ``Pickle/containers``: a pickle may put a
/// container into itself or nest a million of them, and neither makes anything recursive here.
enum PickleValue {
  case none
  case bool(Bool)
  case int(Int)
  case float(Double)
  case text(String)
  case container(Int)
  case global(PickleGlobal)
  case storage(Int)
  case tensor(Int)
}

/// A list, tuple or dict.
enum PickleContainer {
  case tuple([PickleValue])
  case list([PickleValue])
  /// In the order in which the pickle sets the keys.
  case dict([(key: PickleValue, value: PickleValue)], isOrdered: Bool)
}

/// The names that are understood where a pickle wants to import something.
enum PickleGlobal {
  case orderedDict
  case rebuildTensor
  case rebuildParameter
  case storage(TensorType)

  /// Nil for every other name.
  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDict
    case ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
    case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
    case ("torch", "BoolStorage"): self = .storage(.bool)
    case ("torch", "ByteStorage"): self = .storage(.uint8)
    case ("torch", "CharStorage"): self = .storage(.int8)
    case ("torch", "ShortStorage"): self = .storage(.int16)
    case ("torch", "IntStorage"): self = .storage(.int32)
    case ("torch", "LongStorage"): self = .storage(.int64)
    case ("torch", "HalfStorage"): self = .storage(.float16)
    case ("torch", "BFloat16Storage"): self = .storage(.bfloat16)
    case ("torch", "FloatStorage"): self = .storage(.float32)
    case ("torch", "DoubleStorage"): self = .storage(.float64)
    default: return nil
    }
  }
}

/// The memory behind one or more tensors: an entry of the archive.
struct PickledStorage {
  let key: String
  let type: TensorType
  /// How many elements the storage has.
  let count: Int
}

/// A view of a storage.
struct PickledTensor {
  let storage: Int
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// Everything that a pickle describes.
struct Pickle {
  var root = PickleValue.none
  var containers: [PickleContainer] = []
  var storages: [PickledStorage] = []
  var tensors: [PickledTensor] = []
}
