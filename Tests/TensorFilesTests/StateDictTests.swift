import Errors
import TensorFiles
import Testing

@Suite struct StateDictTests {
  @Test func stateDictOfAModule() throws {
    let archive = try TensorArchive(contentsOf: Fixtures.path("state.pth"))
    #expect(
      archive.tensors.map(\.name) == [
        "0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var",
        "1.num_batches_tracked",
      ])
    #expect(try archive.floats("0.weight", shape: [2, 3]) == [0, 1, 2, 3, 4, 5])
    #expect(try archive.floats("1.running_var", shape: [2]) == [50, 51])
    #expect(try archive.tensor("1.num_batches_tracked", shape: []).int64() == 60)
    #expect(archive.metadata.isEmpty)
  }

  @Test func checkpointWithAllThatItMayHold() throws {
    let whole = try TensorArchive(contentsOf: Fixtures.path("checkpoint.pth"))
    let archive = whole.below("state_dict.")
    let shared = Fixtures.ramp(12)
    #expect(try archive.floats("parameter", shape: [3]) == Fixtures.ramp(3))
    #expect(try archive.floats("whole", shape: [3, 4]) == shared)
    let transposed = (0..<12).map { shared[$0 % 3 * 4 + $0 / 3] }
    #expect(try archive.floats("transposed", shape: [4, 3]) == transposed)
    #expect(try archive.floats("slice", shape: [2, 2]) == [5, 6, 9, 10].map { shared[$0] })
    #expect(try archive.floats("stepped", shape: [3]) == [1, 4, 7].map { Fixtures.ramp(10)[$0] })
    for (name, type) in [
      ("half", TensorType.float16), ("bfloat", .bfloat16), ("double", .float64),
    ] {
      #expect(try archive.floats(name, shape: [4]) == Fixtures.ramp(4))
      #expect(archive[name]?.type == type)
    }
    #expect(try archive.tensor("count", shape: []).int64() == 7)
    #expect(archive["bytes"]?.bytes == [1, 255])
    #expect(archive["chars"]?.bytes == [255, 127])
    #expect(archive["shorts"]?.bytes == [0xfe, 0xff, 0xff, 0x7f])
    #expect(archive["ints"]?.bytes == [0xfd, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f])
    #expect(archive["truths"]?.bytes == [1, 0])
    #expect(try archive.floats("empty", shape: [0, 2]) == [])
    #expect(
      whole.metadata == [
        "epoch": "12", "large": "1099511627776", "negative": "-5", "rate": "0.0001", "name": "ü",
        "done": "false", "list.1": "3", "list.2.1": "x",
      ])
    #expect(try whole.floats("list.0", shape: [1]) == [1])
    #expect(try whole.floats("list.2.0", shape: [1]) == [0])
    #expect(try whole.floats("7.step", shape: []) == [2])
  }

  /// The reference network, once as `torch.save` and once as safetensors' Python wrote it.
  @Test func bothFormatsOfTheReferenceNetwork() throws {
    let folder = Fixtures.folder + "/../../NeuralEngineTests/Fixtures/"
    let pickled = try TensorArchive(contentsOf: folder + "network.pth")
    let before = try TensorArchive(contentsOf: folder + "network.safetensors").below("before.")
    #expect(pickled.tensors.count == 48 && before.tensors.count == 48)
    for tensor in pickled.tensors { #expect(tensor == before[tensor.name]) }
    #expect(pickled.tensors.first?.name == "encode.encode_0.conv.weight")
  }

  /// What a state dict becomes as safetensors is read back the same.
  @Test func isWrittenAsSafetensors() throws {
    let archive = try TensorArchive(contentsOf: Fixtures.path("checkpoint.pth"))
    let again = try TensorArchive(bytes: archive.safetensorsBytes())
    #expect(again.tensors == archive.tensors && again.metadata == archive.metadata)
  }

  @Test func bytesInTheOtherOrder() throws {
    let pickle = TorchFile.stateDict(["w": TorchFile.tensor(shape: [2], strides: [1], count: 2)])
    let data: [UInt8] = [0x3f, 0x80, 0, 0, 0xc0, 0, 0, 0]
    let file = TorchFile.zip([
      ("m/data.pkl", pickle), ("m/byteorder", Array("big".utf8)), ("m/data/0", data),
    ])
    #expect(try TensorArchive(bytes: file).floats("w", shape: [2]) == [1, -2])
  }

  /// The name that the pickle would call stands in the message.
  @Test func aPickleThatCallsAFunctionIsNamedNotExecuted() throws {
    #expect {
      try TensorArchive(contentsOf: Fixtures.path("evil.pth"))
    } throws: { error in
      let error = error as! Diagnostic
      return error.code == .forbiddenGlobal && error.found.contains("posix.system")
    }
  }

  @Test func otherFormatsAreNamed() throws {
    for (name, word) in [("legacy.pth", "before 1.6"), ("f4.npy", "NumPy")] {
      #expect {
        try TensorArchive(contentsOf: Fixtures.path(name))
      } throws: { error in
        let error = error as! Diagnostic
        return error.code == .unknownFormat && error.found.contains(word)
      }
    }
  }
}
