import Meshes
import MeshIO
package import Pictures
import VolumeIO
package import Volumes
import VoxelOps

extension Exhibit {
  /// The bone and what is missing of it, small enough for a page.
  ///
  /// *Shape*: the scan, or the share of bone, on a grid of at least ``finest`` mm around the bone, with at most
  /// ``mostVoxels`` voxels; the implant on its own grid, cut to its box.
  /// - Parameter scan: nil where the file holds no grey values.
  /// - Throws: `Diagnostic` where grids differ or NIfTI cannot hold one.
  /// - Complexity: one pass over the scan; 5 bytes a voxel of the small grid.
  package init(
    implant: Mask, bone: Mask, scan: AnyVolume?, overview: RGBImage?, threads: Int
  ) throws {
    try implant.geometry.requireMatch(with: bone.geometry)
    let head = bone.measurement(threads: threads)
    if let box = head.boundingBox {
      let around = bone.geometry.cropped(to: box.grown(by: 4, on: bone.geometry))
      let grid = try around.respaced(to: Self.spacing(for: around))
      var skull =
        try scan.map { try Self.scan($0, on: grid, threads) }
        ?? Self.share(of: bone, on: grid, threads)
      skull.centreLPS = head.centroid
      volumes.append(skull)
    }
    volumes.append(try Volume(of: implant, as: .implant, named: "implant", threads: threads))
    if let overview { pictures.append(try Picture(.overview, overview)) }
  }

  /// The spacing of the finest grid that a skull is shown on, in mm.
  static let finest = 1.0
  /// The most voxels of a skull.
  static let mostVoxels = 3_000_000.0
  /// What of a CT is kept, in HU: air to dense bone.
  static let window = -250.0...1790.0

  /// The spacing of a grid, no finer than ``finest`` and coarse enough for ``mostVoxels``.
  private static func spacing(for grid: Geometry) -> SIMD3<Double> {
    func coarsened(_ least: Double) -> SIMD3<Double> {
      SIMD3(
        max(grid.spacing.x, least), max(grid.spacing.y, least), max(grid.spacing.z, least))
    }
    let size = SIMD3(Double(grid.sizes.x), Double(grid.sizes.y), Double(grid.sizes.z))
    var least = finest
    while true {
      let spacing = coarsened(least)
      let counts = size * grid.spacing / spacing
      if counts.x * counts.y * counts.z <= mostVoxels { return spacing }
      least *= 1.1
    }
  }

  private static func scan(_ scan: AnyVolume, on grid: Geometry, _ threads: Int) throws -> Volume {
    let small = try scan.resampled(
      onto: grid, by: .area, background: window.lowerBound, threads: threads)
    let step = (window.upperBound - window.lowerBound) / 255
    func open(_ volume: some TypedVolume) -> Volumes.Volume<UInt8> {
      let volume = volume.typed
      return Volumes.Volume(unwrittenOn: grid) { out in
        volume.withVoxels { voxels in
          for i in out.indices {
            out[i] = UInt8(nearest: (voxels[i].doubleValue - window.lowerBound) / step)
          }
        }
      }
    }
    return Volume(
      role: .scan, name: "CT",
      bytes: try VolumeFile.compressedNIfTI(
        AnyVolume(open(small.base)), slope: step, intercept: window.lowerBound, threads: threads))
  }

  private static func share(of bone: Mask, on grid: Geometry, _ threads: Int) throws -> Volume {
    let share = try bone.fraction(onto: grid, by: .area, threads: threads)
    let bytes = Volumes.Volume<UInt8>(unwrittenOn: grid) { out in
      share.withVoxels { share in
        // Sixteen steps compress three times as well as 255, and look the same.
        for i in out.indices { out[i] = UInt8((max(0, min(1, share[i])) * 15).rounded()) * 17 }
      }
    }
    return Volume(
      role: .bone, name: "bone",
      bytes: try VolumeFile.compressedNIfTI(
        AnyVolume(bytes), slope: 1 / 255, intercept: 0, threads: threads))
  }

  /// What is made of an implant: the surface of the parts, and maps of their thickness and of the gap to bone.
  ///
  /// - Parameters:
  ///   - parts: the largest first, with the ways that they are put in by.
  ///   - bone: all bone.
  /// - Throws: `Diagnostic` where a picture cannot be encoded.
  /// - Complexity: O(log n) for each pixel; trees over the triangles of the parts and of the bone around them.
  package init(parts: [PartSheet.Part], bone: Mask, threads: Int) throws {
    let shown = parts.filter { !$0.mesh.isEmpty }
    guard !shown.isEmpty else { return }
    let together = TriangleMesh(joining: shown.map(\.mesh))
    meshes = [
      Mesh(
        name: shown.count == 1 ? "part" : "parts",
        bytes: try STL.encode(together.turnedToRAS).withUnsafeBytes {
          try Gzip.compress($0, level: 6, threads: threads)
        })
    ]
    for (number, part) in shown.prefix(PartSheet.most).enumerated() {
      let maps = PartSheet.legends(of: part, in: bone, width: Self.mapWidth, threads: threads)
      let index = shown.count == 1 ? nil : number + 1
      pictures += [
        try Picture(.thickness, part: index, maps.thickness),
        try Picture(.gap, part: index, maps.gap),
      ]
    }
  }

  /// The width of a map in pixels.
  package static let mapWidth = 640
}

extension Exhibit.Volume {
  /// A mask, cut to its box; of an empty one a single voxel of nothing, as viewers take no volume without voxels.
  ///
  /// - Parameter implant: what it is compared with; nil: nothing.
  /// - Throws: `Diagnostic` where the grids differ.
  package init(
    of mask: Mask, as role: Role, named name: String, gamma: Double? = nil,
    against implant: Mask? = nil, threads: Int
  ) throws {
    let measure = mask.measurement(threads: threads)
    let box =
      measure.boundingBox?.grown(by: 1, on: mask.geometry)
      ?? IndexBox(lower: .zero, upper: SIMD3(1, 1, 1))
    let piece: Mask = mask.cropped(to: box)
    self.init(
      role: role, name: name, gamma: gamma, dsc: try implant?.dice(with: mask, threads: threads),
      volumeMM3: measure.volume, centreLPS: measure.centroid,
      bytes: try VolumeFile.compressedNIfTI(AnyVolume(piece.asVolume), threads: threads))
  }
}

extension Exhibit.Picture {
  /// A picture that a file holds.
  ///
  /// - Throws: `Diagnostic` where the file is no PNG.
  package init(_ subject: Subject, png: [UInt8]) throws {
    let picture = try PNG.decode(png)
    self.init(subject: subject, width: picture.width, height: picture.height, png: png)
  }

  package init(_ subject: Subject, part: Int? = nil, _ picture: RGBImage) throws {
    self.init(
      subject: subject, part: part, width: picture.width, height: picture.height,
      png: try PNG.encode(picture))
  }
}

extension TriangleMesh {
  /// In RAS for what takes STL to be that; both axes are turned, so triangles still face outward.
  fileprivate var turnedToRAS: TriangleMesh {
    TriangleMesh(
      vertices: vertices.map { SIMD3(-$0.x, -$0.y, $0.z) }, triangles: triangles)
  }
}
