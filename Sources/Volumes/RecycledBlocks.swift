/// Blocks that one volume has left for the next, and the account of what is in use.
///
/// In a batch the volumes of one case are as large as those of the case before, so nearly every block
/// is used again. Blocks kept and blocks in use together stay within the most that was ever in use,
/// so that volumes never take more than they have taken; other memory is not looked at.
struct RecycledBlocks: Sendable {
  /// Bytes kept at most.
  private var limit: Int
  /// Bytes of the smallest block that is worth keeping.
  private let smallest: Int
  /// The one that was left last at the end: its bytes may still be in the processor's cache.
  private var blocks: [VoxelPages] = []
  private var kept = 0
  private var used = 0
  private var mostUsed = 0

  init(limit: Int, smallest: Int) { (self.limit, self.smallest) = (limit, smallest) }

  /// A block of so many bytes, the start of the smallest kept one that holds it, and the blocks that
  /// must be given back to the system before a new one is mapped.
  ///
  /// What is left of a block stays, unless it is too small to be of use.
  mutating func take(_ byteCount: Int) -> (VoxelPages?, surplus: [VoxelPages]) {
    // Only now, for what could not be had has been forgotten in the meantime.
    mostUsed = max(mostUsed, used)
    used += byteCount
    var fitting: Int?
    for (index, block) in blocks.enumerated() where block.byteCount >= byteCount {
      if fitting.map({ block.byteCount <= blocks[$0].byteCount }) ?? true { fitting = index }
    }
    guard let fitting else { return (nil, excess()) }
    let block = blocks.remove(at: fitting)
    kept -= block.byteCount
    let (found, rest) = block.split(at: byteCount)
    // The next one is to begin on a huge page, too.
    let (scrap, end) = rest.split(at: VoxelPages.upToHugePage(byteCount) - byteCount)
    let isUseful = end.byteCount >= smallest
    if isUseful { blocks.append(end) }
    kept += isUseful ? end.byteCount : 0
    let unused = isUseful ? scrap : rest
    return (found, (unused.byteCount > 0 ? [unused] : []) + excess())
  }

  /// Leaves a block, and gives what is too much now.
  mutating func give(_ block: VoxelPages) -> [VoxelPages] {
    mostUsed = max(mostUsed, used)
    used -= block.byteCount
    blocks.append(block)
    kept += block.byteCount
    return excess()
  }

  /// Keeps no more than so many bytes from now on, and gives what is too much.
  mutating func keep(atMost bytes: Int) -> [VoxelPages] {
    limit = bytes
    return excess()
  }

  /// All that is kept.
  mutating func takeAll() -> [VoxelPages] {
    defer { (blocks, kept) = ([], 0) }
    return blocks
  }

  /// A block that was taken but could not be had.
  mutating func forget(_ byteCount: Int) { used -= byteCount }

  /// Takes the oldest blocks out until what is kept is within its bounds.
  private mutating func excess() -> [VoxelPages] {
    let most = min(limit, max(0, mostUsed - used))
    var surplus: [VoxelPages] = []
    while kept > most {
      surplus.append(blocks.removeFirst())
      kept -= surplus.last!.byteCount
    }
    return surplus
  }
}
