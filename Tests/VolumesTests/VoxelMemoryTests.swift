import Errors
import Testing

@testable import Volumes

@Suite struct VoxelMemoryTests {
  @Test(arguments: [1, 4095, 4 << 20, (4 << 20) + 1, (37 << 20) - 5])
  func aBlockThatWasUsedIsZeroAgain(byteCount: Int) throws {
    for _ in 0..<3 {
      let block = try #require(VoxelMemory.allocate(byteCount: byteCount))
      let bytes = UnsafeMutableRawBufferPointer(start: block, count: byteCount)
      #expect(bytes.allSatisfy { $0 == 0 })
      bytes.initializeMemory(as: UInt8.self, repeating: 0xa5)
      VoxelMemory.free(block, byteCount: byteCount)
    }
  }

  @Test func moreThanThereIsIsNil() {
    #expect(VoxelMemory.allocate(byteCount: .max) == nil)
    #expect(VoxelMemory.allocate(byteCount: 1 << 50) == nil)
  }

  @Test func aRefusalIsADiagnosticWithTheBytes() throws {
    try VoxelMemory.require(0)
    try VoxelMemory.require(64 << 20)
    for bytes in [1 << 50, .max] {
      let error = #expect(throws: Diagnostic.self) { try VoxelMemory.require(bytes) }
      #expect(error?.code == .memory)
      #expect(error?.expected.contains("\((bytes / 1_000_000) + 1) MB") == true, "\(error!)")
      #expect(error?.remedy.contains("--jobs") == true)
    }
  }

  @Test func manyThreadsNeverShareABlock() async {
    await withTaskGroup(of: Bool.self) { group in
      for number in 0..<8 {
        group.addTask {
          (0..<20).allSatisfy { round in
            let count = (4 << 20) + ((number + round) % 3) * (1 << 20)
            guard let block = VoxelMemory.allocate(byteCount: count, zeroed: false) else {
              return false
            }
            defer { VoxelMemory.free(block, byteCount: count) }
            let (first, last) = (block, block + count - 1)
            let mark = UInt8(number + 1)
            first.storeBytes(of: mark, as: UInt8.self)
            last.storeBytes(of: mark, as: UInt8.self)
            for _ in 0..<100 where first.load(as: UInt8.self) != mark { return false }
            return last.load(as: UInt8.self) == mark
          }
        }
      }
      for await isRight in group { #expect(isRight) }
    }
  }

  /// Pages that are only counted, never touched.
  private func pages(_ byteCount: Int, at address: Int) -> VoxelPages {
    VoxelPages(start: UnsafeMutableRawPointer(bitPattern: address)!, byteCount: byteCount)
  }

  @Test func theNextOfItsSizeGetsTheBlock() {
    var blocks = RecycledBlocks(limit: 1 << 30, smallest: 100)
    _ = blocks.take(8192)
    #expect(blocks.give(pages(8192, at: 1 << 30)).isEmpty)
    let (found, surplus) = blocks.take(8192)
    #expect(found?.start == UnsafeMutableRawPointer(bitPattern: 1 << 30))
    #expect(surplus.isEmpty)
    #expect(blocks.take(8192).0 == nil)
  }

  @Test func aSmallerOneGetsItsStartAndTheNextOneTheRest() {
    var blocks = RecycledBlocks(limit: 1 << 30, smallest: 4 << 20)
    let size = 9 << 20
    _ = blocks.take(size)
    _ = blocks.give(pages(size, at: 1 << 30))
    let (found, scrap) = blocks.take((3 << 20) + 4096)
    #expect(found?.byteCount == (3 << 20) + 4096)
    // The second begins on a huge page.
    #expect(scrap.map(\.byteCount) == [(1 << 20) - 4096])
    #expect(
      scrap.first?.start == UnsafeMutableRawPointer(bitPattern: (1 << 30) + (3 << 20) + 4096))
    let (second, rest) = blocks.take(4 << 20)
    #expect(second?.start == UnsafeMutableRawPointer(bitPattern: (1 << 30) + (4 << 20)))
    // What is left is too small.
    #expect(rest.map(\.byteCount) == [1 << 20])
    #expect(blocks.takeAll().isEmpty)
  }

  @Test func keepingNeverMakesTheMostLarger() {
    var blocks = RecycledBlocks(limit: 1 << 30, smallest: 100)
    for address in 1...4 {
      _ = blocks.take(100)
      _ = address
    }
    // All four stay, since so much was in use before.
    for address in 1...4 { #expect(blocks.give(pages(100, at: address << 20)).isEmpty) }
    // A new one of 250 leaves room for one of them: the three oldest must go.
    let (found, surplus) = blocks.take(250)
    #expect(found == nil)
    #expect(surplus.map { Int(bitPattern: $0.start) >> 20 } == [1, 2, 3])
    #expect(blocks.takeAll().count == 1)
    #expect(blocks.takeAll().isEmpty)
  }

  @Test func aBlockThatCouldNotBeHadIsNotCounted() {
    var blocks = RecycledBlocks(limit: 1 << 30, smallest: 100)
    _ = blocks.take(100)
    _ = blocks.take(1000)
    blocks.forget(1000)
    #expect(blocks.give(pages(100, at: 1 << 20)).isEmpty)
  }

  @Test func aLowerLimitGivesWhatIsTooMuch() {
    var blocks = RecycledBlocks(limit: 1 << 30, smallest: 100)
    for _ in 0..<3 { _ = blocks.take(100) }
    for address in 1...3 { #expect(blocks.give(pages(100, at: address << 20)).isEmpty) }
    #expect(blocks.keep(atMost: 200).map { Int(bitPattern: $0.start) >> 20 } == [1])
    // From now on, too.
    _ = blocks.take(100)
    #expect(blocks.keep(atMost: 150).isEmpty)
    #expect(blocks.give(pages(100, at: 4 << 20)).map { Int(bitPattern: $0.start) >> 20 } == [2])
  }

  @Test func noMoreThanTheLimitIsKept() {
    var blocks = RecycledBlocks(limit: 150, smallest: 100)
    for _ in 0..<2 { _ = blocks.take(100) }
    #expect(blocks.give(pages(100, at: 1 << 20)).isEmpty)
    #expect(blocks.give(pages(100, at: 2 << 20)).map(\.start) == [pages(100, at: 1 << 20).start])
  }
}
