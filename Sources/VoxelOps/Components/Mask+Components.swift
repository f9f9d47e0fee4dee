public import Volumes

extension Mask {
  /// Finds the connected components.
  ///
  /// The same at any `threads`.
  /// - Complexity: one pass over the mask and O(r α(r)) for its r runs along x; see
  ///   ``ConnectedComponents`` for the bytes.
  /// - Precondition: fewer than 2³² voxels along x and 2³² runs.
  public func components(
    connectivity: Connectivity = .corners26, threads: Int = 1
  ) -> ConnectedComponents {
    ConnectedComponents(self, connectivity: connectivity, threads: threads)
  }

  /// The largest connected component, of equal ones the one whose first voxel comes first in
  /// memory; empty where this mask is.
  ///
  /// - Complexity: as ``components(connectivity:threads:)``, and one new mask.
  public func largestComponent(
    connectivity: Connectivity = .corners26, threads: Int = 1
  ) -> Mask {
    largestComponents(1, connectivity: connectivity, threads: threads)
  }

  /// The `count` largest connected components together, ties as in
  /// ``largestComponent(connectivity:threads:)``; all where there are fewer.
  ///
  /// - Complexity: as ``components(connectivity:threads:)``, and one new mask.
  public func largestComponents(
    _ count: Int, connectivity: Connectivity = .corners26, threads: Int = 1
  ) -> Mask {
    let found = components(connectivity: connectivity, threads: threads)
    return found.mask(of: found.largest(count), threads: threads)
  }

  /// The largest connected component with those of at least `minFraction` of its voxels, if below 1, or of at least
  /// `voxels`; ties as in ``largestComponent(connectivity:threads:)``.
  ///
  /// - Complexity: as ``components(connectivity:threads:)``, and one new mask.
  public func largestComponents(
    minFraction: Double, orVoxels voxels: Double = .infinity,
    connectivity: Connectivity = .corners26, threads: Int = 1
  ) -> Mask {
    let found = components(connectivity: connectivity, threads: threads)
    guard let largest = found.largest else { return self }
    let fraction = minFraction < 1 ? minFraction * Double(found.size(of: largest)) : .infinity
    let least = min(fraction, voxels)
    return found.mask(threads: threads) { $0 == largest || Double(found.size(of: $0)) >= least }
  }

  /// The mask without its connected components of fewer than `voxels` voxels.
  ///
  /// - Complexity: as ``components(connectivity:threads:)``, and one new mask.
  public func removingComponents(
    smallerThan voxels: Int, connectivity: Connectivity = .corners26, threads: Int = 1
  ) -> Mask {
    let found = components(connectivity: connectivity, threads: threads)
    return found.mask(threads: threads) { found.size(of: $0) >= voxels }
  }
}
