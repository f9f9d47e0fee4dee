import CZlib

/// The CRC-32 that zip archives hold for each entry.
func crc32Checksum(_ bytes: [UInt8]) -> UInt32 {
  bytes.withUnsafeBufferPointer { UInt32(crc32_z(0, $0.baseAddress, $0.count)) }
}
