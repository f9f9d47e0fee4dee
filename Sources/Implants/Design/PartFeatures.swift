import Volumes

extension PartDesign {
  /// Whether anything is laid onto the part or drilled into it.
  package var hasFeatures: Bool {
    perforations != nil || tabs != nil || sutures != nil || label != nil
  }
}

/// What is laid onto a part and drilled into it once it has its shape: tabs, a row of suture holes, a
/// label, and perforations where nothing else is.
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

  /// From what was placed before, in mm.
  private static let play = 1.0

  /// Adds them, and tells how many. Places are chosen on the part as it is, before anything is added.
  func apply(to field: inout Volume<Float>, figures: inout DesignedPart.Figures) {
    let perforating = Perforating(sphere: PartSphere(of: field, way: way))
    let map = PartMap(of: field, on: PartSphere(viewing: field, along: way), threads: threads)
    let tabs = design.tabs.map { tabs in
      TabSites(
        tabs: tabs, map: map, complete: complete, bone: bone, far: far, gap: gap,
        way: design.undercuts == .remove ? way : nil)
    }
    let sites = tabs?.sites() ?? []
    func isOffTabs(_ point: SIMD3<Double>, _ distance: Double) -> Bool {
      sites.allSatisfy { site in
        site.distance(from: site.frame.place(of: point).place).distance
          > (design.tabs?.width ?? 0) / 2 + distance
      }
    }
    let sutures = design.sutures.map { holes in
      perforating.points(
        of: holes, in: field, on: map, bone: bone, clear: Double(gap) + design.wall
      ) { isOffTabs($0, holes.diameter / 2 + Self.play) }
    }
    func isOffHoles(_ point: SIMD3<Double>, _ distance: Double) -> Bool {
      let least = (design.sutures?.diameter ?? 0) / 2 + distance
      return sutures?.allSatisfy { ($0 - point).length > least } ?? true
    }
    let label = design.label.flatMap { label in
      LabelSearch(label: label, map: map, wall: design.wall) {
        isOffTabs($0, $1) && isOffHoles($0, $1)
      }.site()
    }
    let perforations = design.perforations.map { holes in
      perforating.places(of: holes, in: field, bone: bone).filter { place in
        let point =
          perforating.sphere.centre
          + perforating.sphere.radius * perforating.sphere.direction(place)
        let distance = holes.diameter / 2 + Self.play
        return isOffTabs(point, distance) && isOffHoles(point, distance + design.wall)
          && label?.isFree(point, distance) ?? true
      }
    }

    if let tabs { figures.tabs = add(tabs, at: sites, to: &field) }
    if let holes = design.sutures, let sutures {
      field = perforating.drilled(
        field, at: sutures.map { perforating.sphere.place(of: $0).place },
        diameter: holes.diameter)
      figures.sutures = sutures.count
    }
    if let text = design.label, let label {
      field = label.written(into: field, of: map, as: text, bone: bone, gap: gap)
      figures.labelHeight = label.text.height
    }
    if let holes = design.perforations, let perforations {
      field = perforating.drilled(field, at: perforations, diameter: holes.diameter)
      figures.holes = perforations.count
    }
  }

  /// Tabs with their screw holes; what would be too near to bone is taken off them.
  private func add(_ search: TabSites, at sites: [TabSite], to field: inout Volume<Float>) -> Int {
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
