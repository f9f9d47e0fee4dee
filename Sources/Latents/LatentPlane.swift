import Accounts
internal import Completion
import Errors
import Files

/// Latents in the plane, or along a few directions, in which they differ most: `pca.csv`, `pca.json`.
public struct LatentPlane: Sendable {
  public let table: LatentTable
  /// The components of the posterior means.
  public let components: PrincipalComponents

  /// The components of a table's means.
  ///
  /// - Throws: `Diagnostic` for fewer than two rows, or more components than dimensions.
  public init(_ table: LatentTable, count: Int = 2) throws {
    self.table = table
    components = try PrincipalComponents(of: table.rows.map(\.mean), count: count)
  }

  private struct Account: Encodable {
    var formatVersion = 1
    var mean: [Double]
    var components: [[Double]]
    var variances: [Double]
    var explained: [Double]
    var centroids: [String: [Double]]
    var deviations: [String: [Double]]
  }

  /// Writes the table `case,class,pc1,pc2,…` and what it takes to draw and to reproduce it: mean,
  /// components, explained variance, the centroids of the classes and the vectors from each of them
  /// to `complete`.
  ///
  /// - Returns: the files.
  /// - Throws: `Diagnostic` where one cannot be written.
  public func write(into folder: String) throws -> [String] {
    try Folders.make(folder)
    let count = components.components.count
    var csv = (["case", "class"] + (1...count).map { "pc\($0)" }).joined(separator: ",") + "\n"
    var sums: [String: (sum: [Double], count: Int)] = [:]
    for row in table.rows {
      let place = components.project(row.mean)
      let fields =
        [CSVText.quoted(row.name.onOneLine), CSVText.quoted(row.className.onOneLine)]
        + place.map { "\($0)" }
      csv += fields.joined(separator: ",") + "\n"
      guard !row.className.isEmpty else { continue }
      var sum = sums[row.className] ?? (Array(repeating: 0, count: count), 0)
      for i in 0..<count { sum.sum[i] += place[i] }
      sum.count += 1
      sums[row.className] = sum
    }
    let centroids = sums.mapValues { sum in sum.sum.map { $0 / Double(sum.count) } }
    var deviations: [String: [Double]] = [:]
    if let complete = centroids["complete"] {
      for (name, centroid) in centroids where name != "complete" {
        deviations[name] = LatentClass.deviation(from: centroid, to: complete)
      }
    }
    let files = ["\(folder)/pca.csv", "\(folder)/pca.json"]
    try AtomicFile.write(Array(csv.utf8), to: files[0])
    try JSONFile.write(
      Account(
        mean: components.mean, components: components.components, variances: components.variances,
        explained: components.explained, centroids: centroids, deviations: deviations),
      to: files[1])
    return files
  }
}
