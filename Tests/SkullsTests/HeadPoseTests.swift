@testable import Skulls
import TestSupport
import Testing
import Volumes

@Suite struct HeadPoseTests {
  /// As it should lie, on its back and askew, facing backwards and down, upside down.
  static let turns: [SIMD3<Double>] = [
    .zero, SIMD3(0.61, 0.1, -0.2), SIMD3(0.2, -0.1, 3.0), SIMD3(3.1, 0.2, 0),
  ]

  @Test(arguments: turns)
  func findsTheHeadHoweverItIsTurned(by turn: SIMD3<Double>) throws {
    let head = TurnedHead(
      rotation: Matrix3(turningBy: turn), holes: [(SIMD3(60, 20, 40), 30)])
    let pose = try #require(HeadPose.find(in: head.mask(), threads: 2))
    let truth = HeadPose(rotation: head.rotation.transposed, centre: head.centre)
    #expect(pose.angle(to: truth) < 5, "\(pose.angle(to: truth))°")
    #expect((pose.centre - head.centre).length < 6)
    #expect(abs(pose.scale - 1) < 0.06)
    #expect(pose.trust > HeadPose.leastTrust)
  }

  @Test func theInverseIsExact() {
    let pose = HeadPose(
      rotation: Matrix3(turningBy: SIMD3(0.3, -1, 0.2)), centre: SIMD3(5, 100, -40))
    let p = SIMD3(12.5, -80, 33)
    #expect((pose.lpsFromHead * (pose.headFromLPS * p) - p).length < 1e-12)
  }

  @Test func aBallIsNoHeadToTrust() throws {
    let ball = Mask(on: Geometry(sizes: GridSize(60, 60, 60), spacing: SIMD3(repeating: 3))) {
      var i = 0
      for z in 0..<60 {
        for y in 0..<60 {
          for x in 0..<60 {
            let r = (SIMD3(Double(x), Double(y), Double(z)) - 29.5).length * 3
            $0[i] = r > 72 && r < 79 ? 1 : 0
            i += 1
          }
        }
      }
    }
    #expect(try #require(HeadPose.find(in: ball)).trust < HeadPose.leastTrust)
  }

  @Test func whatIsNoHeadHasNoPose() {
    var speck = Mask(emptyOn: Geometry(sizes: GridSize(40, 40, 40), spacing: SIMD3(repeating: 2)))
    #expect(HeadPose.find(in: speck) == nil)
    speck[20, 20, 20] = true
    #expect(HeadPose.find(in: speck) == nil)
  }

  @Test func harmonicsAreOrthonormal() {
    let degree = 4
    var sums = [[Double]](repeating: Array(repeating: 0, count: 15), count: 15)
    let count = 4000
    for n in 0..<count {
      let values = SphericalHarmonics(degree: degree, along: Directions.even(n, of: count)).values
      for i in values.indices {
        for j in values.indices { sums[i][j] += values[i] * values[j] }
      }
    }
    for i in sums.indices {
      for j in sums.indices {
        let mean = sums[i][j] / Double(count) * 4 * .pi
        // Those that are not symmetric about x = 0 are missing, not replaced.
        #expect(abs(mean - (i == j ? 1 : 0)) < 0.01, "\(i) \(j): \(mean)")
      }
    }
  }
}
