import Volumes

extension PartDesign {
  /// Whether anything is laid onto the part or drilled into it.
  var hasFeatures: Bool { perforations != nil || tabs != nil }
}

/// What is laid onto a part and drilled into it once it has its shape: tabs first, then holes.
struct PartFeatures {
  /// Signed distances of bone and implant together, and of the bone.
  let complete, bone: Volume<Float>
  /// All bone, for the way beyond the grid.
  let far: FarBone?
  /// In mm.
  let gap: Float
  /// The way out.
  let way: SIMD3<Double>
  let design: PartDesign
  let threads: Int

  /// Adds them, and tells how many.
  func apply(to field: inout Volume<Float>, figures: inout DesignedPart.Figures) {
    let perforating = Perforating(sphere: PartSphere(of: field, way: way))
    if let tabs = design.tabs, tabs.count > 0 {
      let sites = TabSites(
        tabs: tabs,
        map: PartMap(
          of: field, on: PartSphere(viewing: field, along: way), threads: threads),
        complete: complete,
        bone: bone, far: far, gap: gap, way: design.undercuts == .remove ? way : nil)
      figures.tabs = add(sites, to: &field)
    }
    if let holes = design.perforations {
      let places = perforating.places(of: holes, in: field, bone: bone)
      field = perforating.drilled(field, at: places, diameter: holes.diameter)
      figures.holes = places.count
    }
  }

  /// Tabs with their screw holes; what would be too near to bone is taken off them.
  private func add(_ search: TabSites, to field: inout Volume<Float>) -> Int {
    let sites = search.sites()
    guard !sites.isEmpty else { return 0 }
    // Below the outer surface, where a bevel or a lower one left something to lie on.
    let (laid, barrier) = search.laid(
      onto: field, at: sites, sink: 1 + design.bevel + design.underContour, threads: threads)
    field = laid
    field.fillCavities(within: barrier, threads: threads)
    _ = field.keepParts(from: design.minPart, threads: threads)
    // Cutting them open would cut tabs off.
    _ = field.fillTunnels(
      field.tunnelCount(threads: threads), within: barrier, threads: threads)
    field = search.screwed(field, at: sites)
    return sites.count
  }
}
