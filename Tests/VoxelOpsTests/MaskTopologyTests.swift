import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("MaskTopology")
struct MaskTopologyTests {
  private func mask(_ sizes: GridSize, where isIn: (Int, Int, Int) -> Bool) -> Mask {
    var mask = Mask(emptyOn: Geometry(sizes: sizes))
    for z in 0..<sizes.z {
      for y in 0..<sizes.y { for x in 0..<sizes.x where isIn(x, y, z) { mask[x, y, z] = true } }
    }
    return mask
  }

  @Test(
    "a box, a ring and a hollow box, up to the border of the grid, across words",
    arguments: [5, 70])
  func known(width: Int) {
    let sizes = GridSize(width, 5, 5)
    func expect(_ mask: Mask, _ pieces: Int, _ tunnels: Int, _ cavities: Int) {
      for threads in [1, 3] {
        let topology = mask.topology(threads: threads)
        #expect(topology.pieces == pieces && topology.tunnels == tunnels)
        #expect(topology.cavities == cavities)
        #expect(topology.eulerNumber == pieces - tunnels + cavities)
      }
    }
    expect(mask(sizes) { _, _, _ in true }, 1, 0, 0)
    expect(mask(sizes) { x, y, _ in !(1..<width - 1).contains(x) || y != 2 }, 1, 1, 0)
    expect(mask(sizes) { x, y, z in x == 0 || x == width - 1 || y % 4 == 0 || z % 4 == 0 }, 1, 0, 1)
    expect(mask(sizes) { x, _, z in x != 2 && z != 2 }, 4, 0, 0)
    // Along all three axes: the frame of a cube has twelve edges and eight corners.
    let frame = mask(GridSize(5, 5, 5)) { x, y, z in
      [x, y, z].count { $0 % 4 == 0 } >= 2
    }
    expect(frame, 1, 5, 0)
    expect(Mask(emptyOn: Geometry(sizes: sizes)), 0, 0, 0)
  }

  @Test("voxels that meet at an edge are two pieces, and the way past them is none")
  func edges() {
    let two = mask(GridSize(2, 2, 1)) { x, y, _ in x == y }
    #expect(two.topology().pieces == 2 && two.topology().tunnels == 0)
    // Enclosed but for an edge: background hangs together by corners.
    let open = mask(GridSize(4, 4, 3)) { x, y, z in
      !((x == 1 && y == 1 || x == 2 && y == 2) && z == 1) && !(x == 3 && y == 3 && z == 1)
    }
    #expect(open.topology().cavities == 0)
  }

  @Test("one word at a time counts what a look at each voxel counts")
  func random() {
    for seed in 0..<5 {
      let mask = Mask(
        randomOn: Geometry(sizes: GridSize(67, 9, 7)), density: 0.2 + 0.15 * Double(seed),
        seed: UInt64(seed))
      func at(_ x: Int, _ y: Int, _ z: Int) -> Bool {
        x < 67 && y < 9 && z < 7 && mask[x, y, z]
      }
      var euler = 0
      for z in 0..<7 {
        for y in 0..<9 {
          for x in 0..<67 {
            for box in 0..<8 {
              let (a, b, c) = (box & 1, box >> 1 & 1, box >> 2)
              let isFull = (0...a).allSatisfy { i in
                (0...b).allSatisfy { j in (0...c).allSatisfy { k in at(x + i, y + j, z + k) } }
              }
              if isFull { euler += (a + b + c) % 2 == 0 ? 1 : -1 }
            }
          }
        }
      }
      #expect(mask.topology(threads: 2).eulerNumber == euler)
    }
  }
}
