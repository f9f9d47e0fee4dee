import Errors
import Testing
import VoxelOps
import Volumes

@Suite("Mask algebra")
struct MaskAlgebraTests {
  let line = Geometry(sizes: GridSize(4, 1, 1))

  @Test("truth tables", arguments: 1...3)
  func tables(threads: Int) throws {
    let a = Mask("0011", on: line)
    let b = Mask("0101", on: line)
    #expect(try a.subtracting(b, threads: threads).text == "0010")
    #expect(try a.intersection(b, threads: threads).text == "0001")
    #expect(try a.union(b, threads: threads).text == "0111")
    #expect(try a.symmetricDifference(b, threads: threads).text == "0110")
    #expect(a.inverted(threads: threads).text == "1100")
  }

  @Test("other sizes are refused with both sizes")
  func sizes() {
    let error = #expect(throws: Diagnostic.self) {
      try Mask(emptyOn: line).union(Mask(emptyOn: Geometry(sizes: GridSize(4, 2, 1))))
    }
    #expect(error?.code == .gridMismatch)
    #expect(error?.message.contains("4 × 1 × 1") == true)
    #expect(error?.message.contains("4 × 2 × 1") == true)
  }

  @Test("a shifted grid is refused with the mm, a shift below 1e-3 mm is not")
  func shifted() throws {
    var moved = line
    moved.origin = SIMD3(0, 0.25, 0)
    let error = #expect(throws: Diagnostic.self) {
      try Mask(emptyOn: line).subtracting(Mask(emptyOn: moved))
    }
    #expect(error?.code == .gridMismatch)
    #expect(error?.found == "0.25 mm")
    #expect(error?.message.contains("found 0.25 mm") == true)
    moved.origin = SIMD3(0, 0.0009, 0)
    #expect(try Mask(emptyOn: line).subtracting(Mask(emptyOn: moved)).isEmpty)
    moved.origin = SIMD3(0, .nan, 0)
    #expect(throws: Diagnostic.self) {
      try Mask(emptyOn: line).subtracting(Mask(emptyOn: moved))
    }
  }

  @Test("the same place said in RAS is the same grid")
  func spaces() throws {
    let lps = Geometry(
      sizes: GridSize(4, 1, 1), space: .leftPosteriorSuperior, directions: .identity,
      origin: SIMD3(1, 2, 3))
    let ras = Geometry(
      sizes: GridSize(4, 1, 1), space: .rightAnteriorSuperior,
      directions: Matrix3(diagonal: SIMD3(-1, -1, 1)), origin: SIMD3(-1, -2, 3))
    #expect(try Mask("0110", on: lps).intersection(Mask("0011", on: ras)).text == "0010")
  }
}
