import Errors
import Testing
import VolumeIO
import Volumes
import VoxelOps

@testable import SyntheticSkulls

@Suite struct SkullTemplateTests {
  /// The bone of a template, in its own frame.
  func bone(of template: SkullTemplate) -> Mask {
    Mask(on: template.distances.geometry) { out in
      template.distances.withVoxels { d in for i in d.indices { out[i] = d[i] < 0 ? 1 : 0 } }
    }
  }

  @Test func theAnalyticSkullLiesInItsFrame() throws {
    let template = SharedTemplates.analytic
    let extent = template.upper - template.lower
    #expect((extent - SIMD3(152, 200, 168)).length < 8, "\(extent)")
    // The origin: the symmetry plane, the middle of the vault, 52 % of the height.
    #expect(abs(template.lower.x + template.upper.x) < 1e-9)
    #expect(abs(-template.lower.z / extent.z - 0.52) < 1e-9)
    let sizes = template.distances.sizes
    #expect(sizes.x % 2 == 1)
    let middle = template.distances.geometry.origin.x + Double(sizes.x / 2) * template.spacing
    #expect(abs(middle) < 1e-9)
    // Air all around, deep enough for distances.
    let border = template.distances[0, sizes.y / 2, sizes.z / 2]
    #expect(border >= 6, "\(border)")
  }

  /// The shell is 7 mm thick where it is level; the ball that fits is half of that, to half a cell.
  @Test func halfThicknessIsThatOfTheShell() {
    let template = SkullTemplate.analytic(spacing: 2)
    let geometry = template.distances.geometry
    let top = SIMD3(0, 0, template.upper.z - 3.5)
    let index = (top - geometry.origin) / template.spacing
    let value = template.halfThickness[
      Int(index.x.rounded()), Int(index.y.rounded()), Int(index.z.rounded())]
    #expect(abs(value - 3.5) <= 1, "\(value)")
    #expect(template.halfThickness[0, 0, 0] == 0)
  }

  /// The analytic skull with a hole on one side, in another frame: turned, shifted, left-handed, RAS.
  static func defective(_ geometry: Geometry, hole: SIMD3<Double>?) -> Mask {
    let template = SharedTemplates.analytic
    let own = template.distances.geometry
    let map = geometry.lpsFromIndex
    let (c, s) = (PowerSeries.cosine(0.07), PowerSeries.sine(0.07))
    return Mask(on: geometry) { out in
      for k in 0..<geometry.sizes.z {
        for j in 0..<geometry.sizes.y {
          for i in 0..<geometry.sizes.x {
            let p = map * SIMD3(Double(i), Double(j), Double(k)) - SIMD3(12, -30, 400)
            let q = SIMD3(c * p.x + s * p.y, c * p.y - s * p.x, p.z)
            if let hole, (q - hole).length < 26 { continue }
            let cell = (q - own.origin) / template.spacing
            let n = SIMD3(cell.x.rounded(), cell.y.rounded(), cell.z.rounded())
            guard n.min() >= 0, n.x < Double(own.sizes.x), n.y < Double(own.sizes.y),
              n.z < Double(own.sizes.z)
            else { continue }
            let isBone = template.distances[Int(n.x), Int(n.y), Int(n.z)] < 0
            out[geometry.sizes.offset(i, j, k)] = isBone ? 1 : 0
          }
        }
      }
    }
  }

  static let leftHanded = Geometry(
    sizes: GridSize(64, 76, 62), space: .leftPosteriorSuperior,
    directions: Matrix3(SIMD3(3.2, 0, 0), SIMD3(0, -3.2, 0), SIMD3(0, 0, 3.2)),
    origin: SIMD3(-88, 88, 302))
  static let ras = Geometry(
    sizes: GridSize(64, 76, 62), space: .rightAnteriorSuperior,
    directions: Matrix3(SIMD3(-3.2, 0, 0), SIMD3(0, 3.2, 0), SIMD3(0, 0, 3.2)),
    origin: SIMD3(88, -88, 302))

  @Test(arguments: [leftHanded, ras]) func aHoleIsRepairedWhateverTheFrame(geometry: Geometry)
    throws
  {
    let hole = SIMD3(-55.0, 5, 45)
    let template = try SkullTemplate(
      of: Self.defective(geometry, hole: hole), name: "hole", spacing: 4)
    #expect(template.making.overlap > 0.6, "\(template.making)")
    #expect(template.making.repaired > 5000, "\(template.making)")
    let extent = template.upper - template.lower
    #expect((extent - SIMD3(152, 200, 168)).length < 14, "\(extent)")
    // Bone where the hole was, as much as on the other side.
    let bone = bone(of: template)
    func count(_ centre: SIMD3<Double>) -> Int {
      var total = 0
      let map = bone.geometry.lpsFromIndex
      for k in 0..<bone.sizes.z {
        for j in 0..<bone.sizes.y {
          for i in 0..<bone.sizes.x where bone[i, j, k] {
            let p = map * SIMD3(Double(i), Double(j), Double(k))
            if (p - centre).length < 18 { total += 1 }
          }
        }
      }
      return total
    }
    let (filled, whole) = (count(hole), count(SIMD3(-hole.x, hole.y, hole.z)))
    #expect(whole > 50 && abs(filled - whole) * 4 < whole, "\(filled) of \(whole)")
  }

  @Test func whatIsNoHeadIsRefused() {
    func code(_ mask: Mask) -> Diagnostic.Code? {
      do {
        _ = try SkullTemplate(of: mask, name: "x", spacing: 4)
        return nil
      } catch {
        return (error as? Diagnostic)?.code
      }
    }
    var grid = Geometry(sizes: GridSize(40, 40, 40), spacing: SIMD3(5, 5, 5))
    #expect(code(Mask(emptyOn: grid)) == .notASkull)
    var dot = Mask(emptyOn: grid)
    dot[20, 20, 20] = true
    #expect(code(dot) == .notASkull)
    grid.directions = Matrix3(diagonal: SIMD3(5000, 5, 5))
    #expect(code(Mask(emptyOn: grid)) == .notASkull)
    grid.directions = Matrix3(diagonal: SIMD3(.nan, 5, 5))
    #expect(code(Mask(emptyOn: grid)) == .notASkull)
  }

  @Test(.enabled(if: SharedTemplates.hasSampleCT)) func theSampleCT() throws {
    let template = try #require(SharedTemplates.real)
    let extent = template.upper - template.lower
    #expect((extent - SIMD3(140, 199, 157)).length < 8, "\(extent)")
    #expect(template.making.overlap > 0.8)
    #expect((6000...16_000).contains(template.making.repaired), "\(template.making)")
    #expect((30_000...110_000).contains(template.making.closed), "\(template.making)")
  }
}
