package import TensorFiles

extension TensorArchive {
  /// This archive with another tensor of a name, or without it.
  package func changing(_ name: String, to new: NamedTensor?) throws -> TensorArchive {
    var archive = TensorArchive(metadata: metadata)
    for tensor in tensors {
      if tensor.name != name {
        try archive.append(tensor)
      } else if let new {
        try archive.append(new)
      }
    }
    return archive
  }
}
