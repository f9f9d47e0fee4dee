import Completion
import TestSupport
import Testing
import Volumes

@testable import Skulls
@testable import VoxelOps

@Suite struct FrameTests {
  static let shape = GridSize(64, 64, 32)
  static let vault = SyntheticVault()

  /// The heads of ``Geometry/headGrids``, made once.
  static let heads = Dictionary(
    uniqueKeysWithValues: Geometry.headGrids.map { ($0.name, vault.mask(on: $0.geometry)) })
  static func head(_ name: String) -> Mask { heads[name]! }

  static func grid(_ name: String) -> Geometry {
    Geometry.headGrids.first { $0.name == name }!.geometry
  }

  /// The same head on grids of any orientation gets the same frame, in the same world.
  @Test(arguments: Geometry.headGrids.map(\.name))
  func theFrameIsTheHeadsAndNotTheGrids(name: String) throws {
    let (reference, _) = try Frame.of(Self.head("LPS"), shape: Self.shape)
    let mask = Self.head(name)
    let (frame, warnings) = try Frame.of(mask, shape: Self.shape)
    #expect(warnings == [])
    #expect(frame.source == mask.geometry)
    #expect(frame.grid.space == .leftPosteriorSuperior)
    let difference = try #require(frame.grid.mismatch(with: reference.grid))
    #expect(difference < 4, "\(difference) mm")
    // And it looks the same in it: cells differ at the surface only.
    let a = try reference.framed(Self.head("LPS"))
    let b = try Frame(grid: reference.grid, source: mask.geometry, rule: .fieldOfView).framed(mask)
    #expect(try a.dice(with: b)! > 0.85)
  }

  /// Mask → frame → back, by a model that changes nothing.
  @Test(arguments: Geometry.headGrids.map(\.name), FramingRule.allCases)
  func thereAndBackAgain(name: String, rule: FramingRule) throws {
    let mask = Self.head(name)
    let model = IdentityModel()
    let (latent, _, _) = try model.encode(mask, rule: rule, closing: 0)
    let back = try latent.decoded()
    // The geometry is the input's, bit for bit.
    #expect(back.geometry == mask.geometry)
    // What differs lies within the diagonal of a cell of the surface.
    let cell = latent.frame.grid.spacing
    let reach = cell.length + mask.geometry.spacing.max()
    let lost = try mask.subtracting(back.dilated(byBall: reach))
    let added = try back.subtracting(mask.dilated(byBall: reach))
    #expect(added.isEmpty)
    // The frame cuts what lies below it.
    let inside = try latent.frame.restored(
      Volume(on: latent.frame.grid) { voxels in for i in voxels.indices { voxels[i] = 1 } })
    #expect(try lost.intersection(inside).isEmpty)
    #expect(try back.subtracting(inside).isEmpty)
  }

  /// The orientation of the patient in the network's array: x to the left, y to the back, z up.
  @Test(arguments: FramingRule.allCases)
  func axesRunLeftBackUp(rule: FramingRule) throws {
    var vault = Self.vault
    // A hole on the right in front near the top.
    vault.holes = [(SIMD3(-40, -50, 45), 26)]
    for (name, geometry) in Geometry.headGrids where name != "RAS" && name != "LPS" {
      let mask = vault.mask(on: geometry)
      let (frame, _) = try Frame.of(mask, shape: Self.shape, rule: rule)
      let whole = try frame.framed(Self.head(name))
      let hole = try whole.subtracting(frame.framed(mask))
      let (middle, all) = (
        try #require(hole.measurement().centroidIndex),
        try #require(whole.measurement().centroidIndex)
      )
      #expect(middle.x < all.x - 4, "\(name)")
      #expect(middle.y < all.y - 4, "\(name)")
      #expect(middle.z > all.z + 2, "\(name)")
    }
  }

  /// A hole moves the frame by less than the training skulls' own jitter of 6 mm.
  @Test(arguments: [
    ([(SIMD3(0, 0, 80), 40.0)]),
    ([(SIMD3(0, -90, 20), 42.0)]),
    ([(SIMD3(70, 0, 20), 42.0)]),
    ([(SIMD3(-40, -70, 30), 40.0), (SIMD3(40, -70, 30), 40.0)]),
  ])
  func holesMoveTheFrameByLittle(holes: [(SIMD3<Double>, Double)]) throws {
    let geometry = Self.grid("LPS")
    let (whole, _) = try Frame.of(Self.head("LPS"), shape: Self.shape)
    var vault = Self.vault
    vault.holes = holes.map { (centre: $0.0, radius: $0.1) }
    let (frame, _) = try Frame.of(vault.mask(on: geometry), shape: Self.shape)
    let distance = try #require(frame.grid.mismatch(with: whole.grid))
    #expect(distance < 5, "\(distance) mm")
  }

  @Test func resizeTakesTheWholeGrid() throws {
    let mask = Self.head("LPS")
    let (frame, _) = try Frame.of(mask, shape: Self.shape, rule: .resize)
    #expect(frame.grid == mask.geometry.resized(to: Self.shape))
    #expect(try frame.framed(mask) == mask.resampled(onto: frame.grid))
  }

  @Test(arguments: FramingRule.allCases)
  func aScanOfTheNetworksSizesIsTakenAsItIs(rule: FramingRule) throws {
    var geometry = Geometry(sizes: Self.shape, spacing: SIMD3(3.4, 3.4, 5))
    geometry.origin = SIMD3(-107, -107, -60)
    let mask = Self.vault.mask(on: geometry)
    let (latent, _, _) = try IdentityModel().encode(mask, rule: rule)
    #expect(try latent.decoded() == mask)
  }

  /// What the network sees of spongy bone is solid; of solid bone it is the same.
  @Test func closingFillsMarrowAndNothingElse() throws {
    let geometry = Self.grid("LPS")
    let solid = Self.head("LPS")
    let spongy = Mask(on: geometry) { bytes in
      let n = geometry.sizes
      solid.withBytes { from in
        for i in bytes.indices {
          let (x, y, z) = (i % n.x, i / n.x % n.y, i / n.x / n.y)
          bytes[i] = (x + y + z) % 3 == 0 ? 0 : from[i]
        }
      }
    }
    let (frame, _) = try Frame.of(solid, shape: Self.shape)
    let expected = try frame.framed(solid)
    let open = try frame.framed(spongy)
    let closed = try frame.framed(spongy, closing: Frame.closing)
    #expect(try open.dice(with: expected)! < 0.85)
    #expect(try closed.dice(with: expected)! > 0.93)
    #expect(try frame.framed(solid, closing: Frame.closing).dice(with: expected)! > 0.96)
    #expect(try frame.framed(solid, closing: 0) == expected)
  }

  @Test func whatIsNoHeadIsAnError() throws {
    let geometry = Self.grid("LPS")
    func message(_ mask: Mask, _ rule: FramingRule = .fieldOfView) -> String {
      do {
        _ = try Frame.of(mask, shape: Self.shape, rule: rule)
        return ""
      } catch { return "\(error)" }
    }
    #expect(
      message(Mask(emptyOn: geometry)).hasPrefix("bone: expected a skull to encode, found an"))
    #expect(message(Mask(emptyOn: geometry), .resize).contains("an empty mask"))
    // Micrometres for millimetres, and the other way round.
    for factor in [0.1, 10, 1e20] {
      var other = geometry
      for axis in 0..<3 { other.directions[axis] = geometry.directions[axis] * factor }
      let mask = Self.head("LPS")
      let scaled = Mask(on: other) { out in mask.withBytes { _ = out.update(fromContentsOf: $0) } }
      #expect(message(scaled).hasPrefix("bone: expected a head of some 150 × 200 × 160 mm, found "))
      #expect(message(scaled, .resize) == "")
    }
    var small = geometry
    for axis in 0..<3 { small.directions[axis] = geometry.directions[axis] * 0.65 }
    let mask = Self.head("LPS")
    let scaled = Mask(on: small) { out in mask.withBytes { _ = out.update(fromContentsOf: $0) } }
    let (_, warnings) = try Frame.of(scaled, shape: Self.shape)
    #expect(warnings.count == 1)
    var flat = geometry
    flat.directions[2] = .zero
    #expect(message(Mask(emptyOn: flat)).hasPrefix("space directions: expected three"))
  }

  /// The network sees the head upright, whichever way it lies in the scan, with a hole or without.
  @Test(arguments: [SIMD3(0.6, 0.1, -0.2), SIMD3(0, -0.1, 3.0), SIMD3(3.1, 0.2, 0)])
  func poseFramesTheHeadHoweverItIsTurned(by turn: SIMD3<Double>) throws {
    let upright = TurnedHead().mask()
    let (reference, warnings) = try Frame.of(upright, shape: Self.shape, rule: .pose, threads: 2)
    #expect(warnings == [])
    let expected = try reference.framed(upright)
    let turned = TurnedHead(
      rotation: Matrix3(turningBy: turn), holes: [(SIMD3(60, 20, 40), 30)]
    ).mask()
    let (frame, _) = try Frame.of(turned, shape: Self.shape, rule: .pose, threads: 2)
    #expect(frame.grid.isOrthogonal && frame.grid.directions.determinant > 0)
    let framed = try frame.framed(turned)
    #expect(try expected.dice(with: framed.placed(on: expected.geometry))! > 0.75)
    let (other, _) = try Frame.of(turned, shape: Self.shape)
    #expect(
      try expected.dice(with: other.framed(turned).placed(on: expected.geometry))! < 0.5)
    // And back onto the scan: what is bone there is bone again, but for the edges of cells.
    let back = try frame.restored(
      framed.fraction(onto: framed.geometry, by: .linear), threads: 2)
    #expect(back.geometry == turned.geometry)
    #expect(try back.dice(with: turned)! > 0.6)
  }

  @Test func whereThePoseCannotBeToldTheFieldOfViewServes() throws {
    let mask = Mask(on: Geometry(sizes: GridSize(70, 70, 70), spacing: SIMD3(repeating: 3))) {
      var i = 0
      for z in 0..<70 {
        for y in 0..<70 {
          for x in 0..<70 {
            let r = (SIMD3(Double(x), Double(y), Double(z)) - 34.5).length * 3
            $0[i] = r > 72 && r < 79 ? 1 : 0
            i += 1
          }
        }
      }
    }
    let (frame, warnings) = try Frame.of(mask, shape: Self.shape, rule: .pose)
    let (other, _) = try Frame.of(mask, shape: Self.shape)
    #expect(frame.grid == other.grid)
    #expect(warnings.contains { $0.hasPrefix("which way the head is turned cannot be told") })
  }

  /// A scan that goes on below the skull is framed as one that ends there.
  @Test func aNeckDoesNotPullTheFrameDown() throws {
    var geometry = Self.grid("LPS")
    geometry.origin.z -= 120
    geometry.sizes = GridSize(geometry.sizes.x, geometry.sizes.y, geometry.sizes.z + 60)
    let head = Self.vault.mask(on: geometry)
    var necked = head
    for z in 2..<50 { for y in 45..<60 { for x in 35..<50 { necked[x, y, z] = true } } }
    let (frame, _) = try Frame.of(necked, shape: Self.shape)
    let (other, _) = try Frame.of(head, shape: Self.shape)
    #expect(abs(frame.top - other.top) < 1)
    #expect(frame.top - frame.bottom < 195)
  }
}

extension Frame {
  var bottom: Double { grid.origin.z - grid.spacing.z / 2 }
  var top: Double { bottom + Double(grid.sizes.z) * grid.spacing.z }
}

extension Mask {
  /// The same voxels at another place.
  fileprivate func placed(on geometry: Geometry) -> Mask {
    Mask(nonzeroOf: asVolume.reoriented(geometry))
  }
}
