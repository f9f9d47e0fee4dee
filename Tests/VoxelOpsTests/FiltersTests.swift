import Errors
import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("Filters against other tools")
struct FiltersTests {
  @Test(
    "cubic equals the B-spline of SimpleITK and scipy: 1e-5 in double, 5e-3 in float, half a step in integers",
    arguments: FiltersFixture.shared.cubic, 1...2)
  func cubic(_ fixture: FiltersFixture.Cubic, threads: Int) throws {
    func values<Voxel: VoxelScalar>(_: Voxel.Type) throws -> [Double] {
      let volume = Volume<Voxel>(on: fixture.source.geometry) { out in
        for i in out.indices { out[i] = Voxel(nearest: Double(fixture.values[i])) }
      }
      return try volume.resampled(
        onto: fixture.target.geometry, by: .cubic, background: -50, threads: threads
      ).withVoxels { $0.map(\.doubleValue) }
    }
    let (double, float) = (try values(Double.self), try values(Float.self))
    let (narrow, wide) = (try values(Int16.self), try values(Int64.self))
    for (i, value) in fixture.cubic.enumerated() {
      #expect(abs(double[i] - value) < 1e-5)
      #expect(abs(float[i] - value) < 5e-3)
      #expect(abs(narrow[i] - value) < 0.505)
      #expect(abs(wide[i] - value) < 0.50001)
    }
  }

  @Test("cubic does not leave the range of integers")
  func cubicClamps() throws {
    let edge = Volume<UInt8>(on: Geometry(sizes: GridSize(8, 1, 1))) { out in
      for i in out.indices { out[i] = i < 4 ? 0 : 255 }
    }
    let fine = edge.resampled(toSizes: GridSize(64, 1, 1), by: .cubic)
    fine.withVoxels { voxels in
      for x in 1..<30 { #expect(voxels[x] < 130) }
      for x in 34..<64 { #expect(voxels[x] > 125) }
    }
    let exact = Volume<Float>(on: Geometry(sizes: GridSize(8, 1, 1))) { out in
      for i in out.indices { out[i] = i < 4 ? 0 : 255 }
    }.resampled(toSizes: GridSize(64, 1, 1), by: .cubic)
    #expect(exact.withVoxels { $0.max()! > 256 && $0.min()! < -1 })
  }

  @Test("smoothing equals scipy to 1e-3 of values up to 2000", arguments: 1...3)
  func smoothing(threads: Int) throws {
    for fixture in FiltersFixture.shared.smoothing {
      let geometry = Geometry(
        sizes: GridSize(fixture.sizes[0], fixture.sizes[1], fixture.sizes[2]),
        spacing: SIMD3(fixture.spacing[0], fixture.spacing[1], fixture.spacing[2]))
      let volume = Volume<Int16>(on: geometry) { out in
        for i in out.indices { out[i] = fixture.values[i] }
      }
      let smooth = try volume.smoothed(sigma: fixture.sigma, threads: threads)
      smooth.withVoxels { voxels in
        for (a, b) in zip(voxels, fixture.smoothed) { #expect(abs(Double(a) - b) < 1e-3) }
      }
    }
    let volume = Volume<Int16>(zerosOn: Geometry(sizes: GridSize(3, 3, 3)))
    for sigma in [-1, .nan, .infinity, 1e9] {
      #expect(throws: Diagnostic.self) { try volume.smoothed(sigma: sigma) }
    }
  }

  @Test("signed distances and filled holes equal scipy", arguments: 0..<3, 1...3)
  func masks(_ number: Int, threads: Int) {
    let fixture = FiltersFixture.shared.masks[number]
    let mask = Mask(fixture.mask, on: fixture.geometry)
    let signed = mask.signedDistances(threads: threads).withVoxels(Array.init)
    let places = fixture.places ?? Array(signed.indices)
    for (place, value) in zip(places, fixture.signed) {
      #expect(abs(Double(signed[place]) - value) <= 1e-6 * abs(value))
    }
    #expect(mask.cavitiesFilled(threads: threads).text == fixture.filled)
    #expect(mask.holesFilled(acrossAxis: 0, threads: threads).text == fixture.filledAcross0)
    #expect(mask.holesFilled(acrossAxis: 1, threads: threads).text == fixture.filledAcross1)
    let across = mask.holesFilled(acrossAxis: 2, threads: threads)
    #expect(across.text == fixture.filledAcross2)
    #expect(across.geometry == mask.geometry)
  }

  @Test(
    "depths equal brute force, and are infinite where the mask has no outside", arguments: 0..<8)
  func depths(seed: Int) {
    var random = SplitMix(state: UInt64(seed) + 40)
    let sizes = GridSize(
      .random(in: 1...40, using: &random), .random(in: 1...30, using: &random),
      .random(in: 1...12, using: &random))
    let geometry = Geometry(sizes: sizes, spacing: SIMD3(0.7, 1.1, 0.4))
    var outside = Mask(randomOn: geometry, density: 0.003, seed: UInt64(seed))
    outside[0, sizes.y / 2, 0] = true
    let depths = outside.inverted().depths(threads: 1 + seed % 3)
    #expect(depths == outside.distances())
    let full = Mask(emptyOn: geometry).inverted()
    #expect(full.depths().withVoxels { $0.allSatisfy { $0 == .infinity } })
    #expect(full.signedDistances().withVoxels { $0.allSatisfy { $0 == -.infinity } })
    #expect(Mask(emptyOn: geometry).depths().withVoxels { $0.allSatisfy { $0 == 0 } })
  }

  @Test("orientations equal SimpleITK's DICOMOrient", arguments: 0..<12)
  func orientations(_ number: Int) throws {
    let fixture = FiltersFixture.shared.orientations[number]
    let volume = Volume<UInt8>(on: fixture.source.geometry) { out in
      for i in out.indices { out[i] = fixture.values[i] }
    }
    let order = try AxisOrder(of: volume.geometry, running: fixture.code)
    let turned = volume.reordered(order, threads: 2)
    #expect(turned.withVoxels(Array.init) == fixture.turned)
    #expect(try #require(turned.geometry.mismatch(with: fixture.target.geometry)) < 1e-9)
    #expect(AnyVolume(volume).reordered(order).base as? Volume<UInt8> == turned)
    // And back: what was there, to the rounding of the origin.
    let back = turned.reordered(
      try AxisOrder(of: turned.geometry, running: Self.code(of: volume.geometry)))
    #expect(back.withVoxels(Array.init) == fixture.values)
    #expect(try #require(back.geometry.mismatch(with: volume.geometry)) < 1e-9)
  }

  /// The code of a grid: for each axis the letter of the patient's axis that it runs along.
  private static func code(of geometry: Geometry) -> String {
    for a in ["L", "R", "P", "A", "S", "I"] {
      for b in ["L", "R", "P", "A", "S", "I"] {
        for c in ["L", "R", "P", "A", "S", "I"] {
          if let order = try? AxisOrder(of: geometry, running: a + b + c), order.isIdentity {
            return a + b + c
          }
        }
      }
    }
    return ""
  }

  @Test("what is no orientation is refused", arguments: ["", "LP", "LRS", "XYZ", "LPSS"])
  func badOrientation(code: String) {
    let error = #expect(throws: Diagnostic.self) {
      try AxisOrder(of: Geometry(sizes: GridSize(2, 2, 2)), running: code)
    }
    #expect(error?.code == .badOrientation)
  }

  @Test("Otsu's threshold equals scikit-image's")
  func otsu() throws {
    for fixture in FiltersFixture.shared.otsu {
      func threshold<Voxel: VoxelScalar>(_: Voxel.Type) -> Double? {
        Volume<Voxel>(on: Geometry(sizes: GridSize(fixture.values.count, 1, 1))) { out in
          for i in out.indices { out[i] = Voxel(nearest: fixture.values[i]) }
        }.otsuThreshold()
      }
      let found: Double? =
        switch fixture.kind {
        case "int16": threshold(Int16.self)
        case "uint8": threshold(UInt8.self)
        case "int32": threshold(Int32.self)
        default: threshold(Double.self)
        }
      let value = try #require(found)
      #expect(abs(value - fixture.threshold) <= 1e-9 * abs(fixture.threshold), "\(fixture.kind)")
    }
    #expect(Volume<Float>(zerosOn: Geometry(sizes: GridSize(3, 2, 1))).otsuThreshold() == nil)
    let values = Volume<Int16>(on: Geometry(sizes: GridSize(4, 1, 1))) { out in
      for i in out.indices { out[i] = Int16([225, 226, 3071, 3072][i]) }
    }
    #expect(values.binarized(in: .preset(.bone)).text == "0110")
    #expect(values.binarized(in: .above(226)).text == "0011")
  }

  @Test("boxes cut out and pad, and every voxel stays where it lies")
  func extraction() {
    let geometry = Geometry.oblique(GridSize(5, 4, 3))
    let volume = Volume<Int32>(on: geometry) { out in
      for i in out.indices { out[i] = Int32(i + 1) }
    }
    let box = IndexBox(lower: SIMD3(-2, 1, -1), upper: SIMD3(4, 6, 2))
    let part = volume.extracting(box, background: -7)
    #expect(part.sizes == GridSize(6, 5, 3))
    for z in 0..<3 {
      for y in 0..<5 {
        for x in 0..<6 {
          let (i, j, k) = (x - 2, y + 1, z - 1)
          let isInside = i >= 0 && i < 5 && j >= 0 && j < 4 && k >= 0 && k < 3
          #expect(part[x, y, z] == (isInside ? volume[i, j, k] : -7))
          let place = part.geometry.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
          let old = geometry.lpsFromIndex * SIMD3(Double(i), Double(j), Double(k))
          #expect((place - old).length < 1e-9)
        }
      }
    }
    // Back again.
    let whole = part.extracting(
      IndexBox(lower: SIMD3(2, -1, 1), upper: SIMD3(7, 3, 4)), background: 0)
    #expect(whole.sizes == volume.sizes)
    #expect(whole[3, 2, 1] == volume[3, 2, 1] && whole[4, 3, 2] == 0)
    var mask = Mask(emptyOn: geometry)
    #expect(mask.contentBox(margin: 3) == nil)
    mask[2, 1, 1] = true
    // Spacing 1, 1.6, 2.5 mm.
    #expect(
      mask.contentBox(margin: 2) == IndexBox(lower: SIMD3(0, -1, 0), upper: SIMD3(5, 4, 3)))
    #expect(mask.extracting(mask.contentBox(margin: 40)!).voxelCount == 1)
  }
}
