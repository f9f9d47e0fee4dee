import Errors

/// The cases that are found in a tree of folders with a given layout.
struct DataSetFindings {
  /// The cases below one folder of defective skulls.
  struct Part {
    /// A folder that distinguishes this part from others.
    var folder: String
    var cases: [Case]
  }

  struct Case {
    /// The path below the folder of defective skulls.
    var below: String
    /// The path below the root.
    var place: String
    /// The kind of defect, or empty.
    var kind: String
    var truth: DataSet.Truth?
  }

  var parts: [Part] = [] {
    didSet { if parts.isEmpty { places = [:] } }
  }
  /// The indices of parts by their folders.
  private var places: [String: Int] = [:]
  /// Volumes that are not cases and do not belong to one, by their paths below the root.
  var leftOut: [String] = []
  /// Warnings, one sentence each.
  var warnings: [String] = []

  var count: Int { parts.reduce(0) { $0 + $1.cases.count } }

  /// The cases of a tree with this layout; none if it does not fit.
  ///
  /// - Parameters:
  ///   - own: the name of the tree's root.
  ///   - isForced: the user chose the layout; folders then need not have its names.
  init(_ layout: DataSetLayout, in tree: VolumeTree, own: String, isForced: Bool) {
    switch layout {
    case .skullbreak, .skullfix:
      self.init(skulls: tree, withKinds: layout == .skullbreak, own: own, isForced: isForced)
    case .skullvae: self.init(pairs: tree, own: own)
    case .mug500: self.init(numbered: tree, isForced: isForced)
    case .task2: self.init(clinical: tree, isForced: isForced)
    case .plain: self.init(plain: tree)
    }
  }

  /// SkullFix and SkullBreak: folders of roles, and flat test folders.
  private init(skulls tree: VolumeTree, withKinds: Bool, own: String, isForced: Bool) {
    var roles = RoleFolders(of: tree, cases: "defective_skull", implant: "implant")
    let hasKinds = { (part: Part) in part.cases.contains { !$0.kind.isEmpty } }
    // If a folder holds both sets, both are kept, unless the user asked for SkullFix.
    guard withKinds ? roles.parts.contains(where: hasKinds) : true else { return }
    if !withKinds {
      guard isForced || !roles.parts.contains(where: hasKinds) else { return }
      roles.leaveOut(where: hasKinds)
    }
    for part in roles.parts { add(part.cases, to: part.folder) }
    var taken = roles.folders
    for (index, folder) in tree.folders.enumerated()
    where !taken.contains(index) && !folder.names.isEmpty {
      let place = folder.components.lastIndex { $0.contains("test_set") }
      let isAlone =
        tree.count == folder.names.count && !folder.roles.contains("defective_skull")
      guard place != nil || (isAlone && (isForced || own.contains("test_set"))) else { continue }
      let depth = place.map { $0 + 1 } ?? folder.components.count
      taken.insert(index)
      add(
        folder.names.map {
          Case(
            below: (folder.components[depth...] + [$0]).joined(separator: "/"),
            place: folder.path(of: $0), kind: "", truth: nil)
        }, to: folder.components[..<depth].joined(separator: "/"))
    }
    if withKinds, !parts.contains(where: hasKinds) { parts = [] }
    warnings = roles.warnings
    leftOut = tree.volumes(outside: taken)
  }

  /// The set of skullVAE: the kind of a case follows from the third of the sorted names that it is in.
  private init(pairs tree: VolumeTree, own: String) {
    var roles = RoleFolders(of: tree, cases: "input", implant: nil, complete: "gt")
    let isTrain = { (part: Part) in
      part.folder.split(separator: "/").last == "train"
        || (part.folder == "input" && own == "train")
    }
    roles.leaveOut { !isTrain($0) && !$0.cases.contains { $0.truth != nil } }
    let isAlone = roles.parts.count == 1
    parts = roles.parts.map { part in
      var part = part
      guard isTrain(part) || isAlone else { return part }
      part.cases.sort { VolumeNames.precedes($0.below, $1.below) }
      for index in part.cases.indices {
        part.cases[index].kind = ["cranial", "facial", "complete"][index * 3 / part.cases.count]
      }
      return part
    }
    warnings = roles.warnings
    for part in parts where !part.cases.count.isMultiple(of: 3) && part.cases[0].kind != "" {
      warnings.append(
        "\(part.folder): each third of the sorted names is taken as one kind, but "
          + "\(counted(part.cases.count, "case")) cannot be divided by 3; kinds at the borders "
          + "may be wrong")
    }
    leftOut = tree.volumes(outside: roles.folders)
  }

  /// MUG500+: skulls after craniotomies, or where there are none the complete ones.
  private init(numbered tree: VolumeTree, isForced: Bool) {
    let defective = "craniotomy_skull"
    var (operated, complete, flat): ([Case], [Case], [Case]) = ([], [], [])
    for folder in tree.folders {
      let place = folder.roles.lastIndex(of: defective)
      for name in folder.names {
        let stem = VolumeNames.stem(of: name) ?? name
        func found(_ depth: Int) -> Case {
          Case(
            below: (folder.components[depth...] + [name]).joined(separator: "/"),
            place: folder.path(of: name), kind: "", truth: nil)
        }
        if let place {
          operated.append(found(place + 1))
        } else if folder.components.last == stem, Self.isNumbered(stem, after: "B") {
          flat.append(found(folder.components.count - 1))
        } else if folder.components.last == stem, Self.isNumbered(stem, after: "A") {
          complete.append(found(folder.components.count - 1))
        } else {
          leftOut.append(folder.path(of: name))
        }
      }
    }
    // One scan of such a name may lie anywhere. If the folder's name says nothing, most must have it.
    guard isForced || !operated.isEmpty || leftOut.count < flat.count + complete.count else {
      return
    }
    if operated.isEmpty { operated = flat } else { leftOut += flat.map(\.place) }
    if operated.isEmpty {
      add(complete, to: "")
    } else {
      add(operated, to: defective)
      if let first = complete.first {
        warnings.append(
          "\(counted(complete.count, "complete skull")) without a defect, such as "
            + "\(first.place), \(complete.count == 1 ? "is" : "are") left out")
      }
    }
  }

  private static func isNumbered(_ name: String, after prefix: String) -> Bool {
    name.hasPrefix(prefix) && name.utf8.count > prefix.utf8.count
      && name.utf8.dropFirst(prefix.utf8.count).allSatisfy {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
      }
  }

  /// Task 2: scans of one folder that are named as subjects.
  private init(clinical tree: VolumeTree, isForced: Bool) {
    let holding = tree.folders.filter { !$0.names.isEmpty }
    for folder in holding {
      var cases: [Case] = []
      for name in folder.names {
        if Self.isNumbered(VolumeNames.stem(of: name) ?? "", after: "sub") {
          cases.append(Case(below: name, place: folder.path(of: name), kind: "", truth: nil))
        } else {
          leftOut.append(folder.path(of: name))
        }
      }
      if !cases.isEmpty { add(cases, to: folder.path) }
    }
    if !isForced, !leftOut.isEmpty || holding.count > 1 { parts = [] }
  }

  /// Any tree: each volume is a case, except those beside defective skulls.
  private init(plain tree: VolumeTree) {
    let skulls = Set(
      tree.folders.filter { $0.roles.last == "defective_skull" }.map {
        $0.roles.dropLast().joined(separator: "/")
      })
    let beside: Set<String> = ["complete_skull", "implant", "mesh", "preview"]
    var found: [(folder: VolumeTree.Folder, name: String)] = []
    var accompanying = 0
    for folder in tree.folders {
      let names = folder.roles
      let isBeside = names.indices.contains { index in
        beside.contains(names[index])
          && skulls.contains(names[..<index].joined(separator: "/"))
      }
      if isBeside {
        accompanying += folder.names.count
      } else {
        found += folder.names.map { (folder, $0) }
      }
    }
    // If every scan has its own folder, the folders are not kinds.
    let apart = Set(found.map(\.folder.path)).count == found.count
    add(
      found.map { folder, name in
        var kind = folder.components
        if apart || kind.last == VolumeNames.stem(of: name) { _ = kind.popLast() }
        let place = folder.path(of: name)
        return Case(below: place, place: place, kind: kind.joined(separator: "/"), truth: nil)
      }, to: "")
    if accompanying > 0 {
      warnings.append(
        "\(counted(accompanying, "volume")) beside the defective skulls "
          + "(complete skulls, implants) \(accompanying == 1 ? "is not a case" : "are not cases")")
    }
  }

  private mutating func add(_ cases: [Case], to folder: String) {
    guard !cases.isEmpty else { return }
    if let index = places[folder] {
      parts[index].cases += cases
    } else {
      places[folder] = parts.count
      parts.append(Part(folder: folder, cases: cases))
    }
  }
}

extension VolumeTree {
  /// The volumes in all other folders.
  fileprivate func volumes(outside taken: Set<Int>) -> [String] {
    folders.enumerated().filter { !taken.contains($0.offset) }.flatMap { _, folder in
      folder.names.map(folder.path(of:))
    }
  }
}
