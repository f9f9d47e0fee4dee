public import Completion
public import Errors

/// The posteriors of many shapes, as `latent encode` makes from a folder.
public struct LatentTable: Hashable, Sendable {
  /// The posterior of one case.
  public struct Row: Hashable, Sendable {
    /// The name of the case, such as `defective_skull/prism/007`.
    public var name: String
    /// The class, or empty where it is not known.
    public var className: String
    /// μ of the posterior, one number per dimension.
    public var mean: [Float]
    /// σ of the posterior, one number per dimension.
    public var sigma: [Float]

    /// A row; the arrays have as many numbers as a latent has dimensions.
    public init(name: String, className: String, mean: [Float], sigma: [Float]) {
      self.name = name
      self.className = className
      self.mean = mean
      self.sigma = sigma
    }
  }

  /// The number of dimensions of a latent, the same in every row.
  public let latentSize: Int
  /// The rows, all of this size.
  public private(set) var rows: [Row] = []

  /// A table of rows.
  ///
  /// - Throws: ``Diagnostic`` where a row has another size, or a number that cannot be.
  public init(latentSize: Int, rows: [Row] = []) throws(Diagnostic) {
    self.latentSize = latentSize
    for row in rows {
      guard row.mean.count == latentSize, row.sigma.count == latentSize else {
        throw Diagnostic(
          .badData, field: "row \(row.name)", expected: counted(latentSize, "dimension"),
          found: "\(row.mean.count)", remedy: "encode all volumes with one model")
      }
      guard row.mean.allSatisfy(\.isFinite),
        row.sigma.allSatisfy({ $0.isFinite && $0 >= 0 })
      else {
        throw Diagnostic(
          .badData, field: "row \(row.name)",
          expected: "finite means, and standard deviations of at least 0", found: "other numbers",
          remedy: "encode the volume again")
      }
    }
    self.rows = rows
  }

  /// The classes in the order in which they come first, shapes without one left out.
  public var classNames: [String] {
    var names: [String] = []
    for row in rows where !row.className.isEmpty && !names.contains(row.className) {
      names.append(row.className)
    }
    return names
  }

  /// What is known of each class, for a model whose latents are of a mode.
  ///
  /// - Throws: ``Diagnostic`` for a name that no class may have.
  public func classes(mode: LatentMode) throws(Diagnostic) -> [LatentClass] {
    for name in classNames where !LatentClass.isName(name) {
      throw Diagnostic(
        .badData, field: "class", expected: "small letters, digits, - and _", found: name,
        remedy: "rename the class in the table")
    }
    return classNames.map { name in
      let members = rows.filter { $0.className == name }
      return LatentClass(
        name: name, means: members.flatMap(\.mean),
        logVariances: members.flatMap { $0.sigma.map(logVariance(ofStandardDeviation:)) },
        latentSize: latentSize,
        mode: mode)
    }
  }

  /// The vector from one class's centroid to another's; see ``LatentShapeModel/deviation(from:to:)``.
  ///
  /// - Throws: ``Diagnostic`` that lists the classes.
  public func deviation(
    from: String, to: String, mode: LatentMode
  ) throws(Diagnostic) -> [Float] {
    let classes = try classes(mode: mode)
    func centroid(_ name: String) throws(Diagnostic) -> [Float] {
      try classes.named(name, of: "table", ifNone: "fill the column `class`").centroid
    }
    return LatentClass.deviation(from: try centroid(from), to: try centroid(to))
  }
}
