import Errors
import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite("Resampling")
struct ResampleTests {
  @Test("nearest equals SimpleITK", arguments: ResamplingFixture.all, 1...3)
  func nearest(_ fixture: ResamplingFixture, threads: Int) throws {
    let found = try fixture.volume(of: Int16.self).resampled(
      onto: fixture.target.geometry, by: .nearest, background: ResamplingFixture.background,
      threads: threads)
    #expect(found.geometry == fixture.target.geometry)
    #expect(found.withVoxels { $0.map(Double.init) } == fixture.nearest)
  }

  @Test(
    "linear equals SimpleITK to 2e-3 of values up to 2000, integers to their rounding",
    arguments: ResamplingFixture.all, 1...3)
  func linear(_ fixture: ResamplingFixture, threads: Int) throws {
    try check(fixture, .linear, fixture.linear, onto: fixture.target.geometry, threads)
  }

  @Test(
    "area equals differences of running integrals, straight and oblique",
    arguments: ResamplingFixture.all.filter { $0.area != nil }, 1...3)
  func area(_ fixture: ResamplingFixture, threads: Int) throws {
    try check(
      fixture, .area, try #require(fixture.area), onto: fixture.target.geometry, threads)
  }

  private func check(
    _ fixture: ResamplingFixture, _ interpolation: Interpolation, _ expected: [Double],
    onto grid: Geometry, _ threads: Int
  ) throws {
    func values<Voxel: VoxelScalar>(_: Voxel.Type) throws -> [Double] {
      try fixture.volume(of: Voxel.self).resampled(
        onto: grid, by: interpolation, background: ResamplingFixture.background,
        threads: threads
      ).withVoxels { $0.map(\.doubleValue) }
    }
    let inFloat = try values(Float.self)
    let inDouble = try values(Double.self)
    let narrow = try values(Int16.self)
    let wide = try values(Int64.self)
    for (i, value) in expected.enumerated() {
      #expect(abs(inDouble[i] - value) < 2e-5)
      #expect(abs(inFloat[i] - value) < 2e-3)
      #expect(abs(narrow[i] - value) < 0.502)
      #expect(abs(wide[i] - value) < 0.50002)
    }
  }

  @Test("half way between two voxels the upper one is taken, as by SimpleITK on exact grids")
  func nearestTies() {
    let line = Volume<UInt8>(on: Geometry(sizes: GridSize(8, 2, 2))) { out in
      for i in out.indices { out[i] = UInt8(i) }
    }
    let half = line.resampled(toSizes: GridSize(4, 1, 1), by: .nearest)
    #expect(half.withVoxels(Array.init) == [25, 27, 29, 31])
  }

  @Test(
    "onto its own grid nothing changes, whatever the type, even beside NaN",
    arguments: Interpolation.allCases)
  func identity(_ interpolation: Interpolation) throws {
    var random = SplitMix(state: 3)
    let grid = Geometry.oblique(GridSize(9, 8, 7))
    func test<Voxel: VoxelScalar>(_: Voxel.Type, _ range: ClosedRange<Double>) throws {
      let volume = Volume<Voxel>(on: grid) { out in
        for i in out.indices { out[i] = Voxel(nearest: .random(in: range, using: &random)) }
      }
      #expect(try volume.resampled(onto: grid, by: interpolation, threads: 2) == volume)
      #expect(volume.resampled(toSizes: grid.sizes, by: interpolation) == volume)
      #expect(
        try volume.resampled(toSpacing: grid.spacing, by: interpolation).geometry
          .mismatch(with: grid)! < 1e-12)
    }
    try test(Int8.self, -128...127)
    try test(UInt8.self, 0...255)
    try test(Int16.self, -32768...32767)
    try test(UInt16.self, 0...65535)
    try test(Int32.self, -2_147_483_648...2_147_483_647)
    try test(UInt32.self, 0...4_294_967_295)
    try test(Int64.self, -9e15...9e15)
    try test(UInt64.self, 0...9e15)
    try test(Float.self, -1e6...1e6)
    try test(Double.self, -1e6...1e6)
    var volume = Volume<Float>(zerosOn: grid)
    volume[4, 4, 4] = .nan
    volume[5, 4, 4] = .infinity
    let same = try volume.resampled(onto: grid, by: interpolation)
    #expect(same.withVoxels { $0.count { !$0.isFinite } } == 2)
    #expect(same[4, 4, 4].isNaN && same[5, 4, 4] == .infinity)
  }

  @Test("means are rounded half to even", arguments: [Interpolation.linear, .area])
  func rounding(_ interpolation: Interpolation) {
    func halved<Voxel: VoxelScalar>(_: Voxel.Type) -> [Double] {
      Volume<Voxel>(on: Geometry(sizes: GridSize(8, 1, 1))) { out in
        for (i, v) in [0.0, 1, 1, 2, 2, 3, 100, 101].enumerated() { out[i] = Voxel(nearest: v) }
      }.resampled(toSizes: GridSize(4, 1, 1), by: interpolation).withVoxels {
        $0.map(\.doubleValue)
      }
    }
    #expect(halved(UInt8.self) == [0, 2, 2, 100])
    #expect(halved(Int16.self) == [0, 2, 2, 100])
    #expect(halved(Int32.self) == [0, 2, 2, 100])
    #expect(halved(UInt64.self) == [0, 2, 2, 100])
    #expect(halved(Float.self) == [0.5, 1.5, 2.5, 100.5])
  }

  @Test("extremes of a type survive means", arguments: [Interpolation.linear, .area])
  func extremes(_ interpolation: Interpolation) {
    func distance<Voxel: FixedWidthInteger>(_ a: Voxel, _ b: Voxel) -> Voxel {
      a > b ? a &- b : b &- a
    }
    func constant<Voxel: VoxelScalar & FixedWidthInteger>(_: Voxel.Type) {
      for value in [Voxel.min, Voxel.max] {
        let volume = Volume<Voxel>(on: Geometry(sizes: GridSize(7, 5, 3))) {
          $0.update(repeating: value)
        }
        let other = volume.resampled(toSizes: GridSize(5, 9, 2), by: interpolation)
        // 64-bit integers are summed in double and are right to its precision only.
        let slack = Voxel.bitWidth < 64 ? 0 : 4096
        #expect(other.withVoxels { $0.allSatisfy { distance($0, value) <= slack } })
      }
    }
    constant(Int8.self)
    constant(UInt8.self)
    constant(Int16.self)
    constant(UInt16.self)
    constant(Int32.self)
    constant(UInt32.self)
    constant(Int64.self)
    constant(UInt64.self)
  }

  @Test("area keeps the mean of a volume over the same box", arguments: 0..<6)
  func areaMean(seed: Int) {
    var random = SplitMix(state: UInt64(seed))
    let volume = Volume<Double>(on: .oblique(GridSize(13, 7, 10))) { out in
      for i in out.indices { out[i] = .random(in: 0..<1, using: &random) }
    }
    let sizes = GridSize(
      .random(in: 1...20, using: &random), .random(in: 1...20, using: &random),
      .random(in: 1...20, using: &random))
    func mean(_ v: Volume<Double>) -> Double {
      v.withVoxels { $0.reduce(0, +) / Double($0.count) }
    }
    #expect(abs(mean(volume.resampled(toSizes: sizes, by: .area)) - mean(volume)) < 1e-6)
  }

  @Test("area beyond the source takes the background's share")
  func areaOutside() throws {
    let volume = Volume<Float>(on: Geometry(sizes: GridSize(2, 1, 1))) {
      $0.update(repeating: 8)
    }
    var grid = Geometry(sizes: GridSize(2, 1, 1), spacing: SIMD3(2, 1, 1))
    grid.origin = SIMD3(-0.5, 0, 0)
    let moved = try volume.resampled(onto: grid, by: .area, background: 2)
    #expect(moved.withVoxels(Array.init) == [5, 5])
  }

  @Test("oblique area means of a plane of values are its values at the centres")
  func obliqueArea() throws {
    let volume = Volume<Double>(on: Geometry(sizes: GridSize(40, 40, 40))) { out in
      for i in out.indices {
        out[i] = Double(i % 40) + 2 * Double(i / 40 % 40) - Double(i / 1600)
      }
    }
    let grid = Geometry(
      sizes: GridSize(3, 3, 3), space: .leftPosteriorSuperior,
      directions: Matrix3(SIMD3(3, 1, 0), SIMD3(-1, 3, 0.5), SIMD3(0.3, 0.2, 4)),
      origin: SIMD3(15, 14, 13))
    let means = try volume.resampled(onto: grid, by: .area)
    for z in 0..<3 {
      for y in 0..<3 {
        for x in 0..<3 {
          let p = grid.lpsFromIndex * SIMD3(Double(x), Double(y), Double(z))
          #expect(abs(means[x, y, z] - (p.x + 2 * p.y - p.z)) < 1e-9)
        }
      }
    }
  }

  @Test("masks: nearest gives a mask, area the part inside")
  func masks() throws {
    let geometry = Geometry(sizes: GridSize(4, 2, 2))
    let mask = Mask("1100110011001000", on: geometry)
    #expect(mask.resampled(toSizes: GridSize(2, 1, 1)).text == "00")
    #expect(mask.resampled(toSizes: GridSize(8, 2, 2)).voxelCount == 14)
    let part = mask.fraction(toSizes: GridSize(2, 1, 1), by: .area)
    #expect(part.withVoxels(Array.init) == [7 / 8, 0])
    #expect(
      try mask.fraction(onto: geometry, by: .nearest)
        == mask.fraction(
          onto: geometry, by: .linear))
    #expect(try mask.resampled(toSpacing: SIMD3(0.5, 0.5, 0.5)).voxelCount == 7 * 8)
  }

  @Test("a grid that does not span space is refused", arguments: [0, Double.nan, .infinity])
  func singular(bad: Double) {
    var grid = Geometry(sizes: GridSize(2, 2, 2))
    let volume = Volume<Int16>(zerosOn: grid)
    grid.directions[1] = SIMD3(0, bad, 0)
    let error = #expect(throws: Diagnostic.self) {
      try volume.reoriented(grid).resampled(onto: volume.geometry, by: .linear)
    }
    #expect(error?.code == .singularGeometry)
  }
}
