public import Dataflow

/// What a page shows of a case beside its figures: volumes and meshes for a viewer, and pictures; all compressed, as the
/// page holds them.
public struct Exhibit: StageValue {
  public static let kind = "exhibit"

  /// A volume for the viewer, cropped and coarse enough for a page.
  public struct Volume: Sendable {
    /// What it shows.
    public enum Role: Sendable, Hashable {
      /// Grey values of a CT, in HU.
      case scan
      /// The share of bone in each voxel, from 0 to 1.
      case bone
      /// The missing bone, 0 and 1.
      case implant
      /// The missing bone by another way: a completion model, or another γ.
      case alternative
    }

    public var role: Role
    /// What it is called on the page, such as `mirror`.
    public var name: String
    /// The amount of γ that it stands for; nil where it is none of a sweep.
    public var gamma: Double?
    /// The Dice coefficient with the implant; nil where it is the implant or both are empty.
    public var dsc: Double?
    /// The volume of what it adds, in mm³; nil for the scan and the bone.
    public var volumeMM3: Double?
    /// The middle of what is in it, in LPS mm; nil where nothing is.
    public var centreLPS: SIMD3<Double>?
    /// A NIfTI-1 file behind gzip.
    public var bytes: [UInt8]

    package init(
      role: Role, name: String, gamma: Double? = nil, dsc: Double? = nil,
      volumeMM3: Double? = nil, centreLPS: SIMD3<Double>? = nil, bytes: [UInt8]
    ) {
      (self.role, self.name, self.gamma, self.dsc) = (role, name, gamma, dsc)
      (self.volumeMM3, self.centreLPS, self.bytes) = (volumeMM3, centreLPS, bytes)
    }
  }

  /// The surface of the part, a binary STL behind gzip, in RAS mm as viewers read STL.
  public struct Mesh: Sendable {
    public var name: String
    public var bytes: [UInt8]
  }

  /// A picture as a PNG file.
  public struct Picture: Sendable {
    /// What it shows.
    public enum Subject: Sendable, Hashable { case overview, thickness, gap, disagreement }

    public var subject: Subject
    /// The number of the part, from 1; nil where there is one part, or it is of none.
    public var part: Int?
    /// In pixels.
    public var width, height: Int
    public var png: [UInt8]
  }

  public var volumes: [Volume] = []
  public var meshes: [Mesh] = []
  public var pictures: [Picture] = []

  public init() {}

  /// Takes in what another one shows.
  public mutating func add(_ other: Exhibit) {
    volumes += other.volumes
    meshes += other.meshes
    pictures += other.pictures
  }

  public var extent: Extent {
    Extent(
      bytes: volumes.reduce(0) { $0 + $1.bytes.count } + meshes.reduce(0) { $0 + $1.bytes.count }
        + pictures.reduce(0) { $0 + $1.png.count })
  }
}
