/// What a stage tells whoever keeps the account of a run, in a type of its own: a file that it wrote, the
/// files that it read. The graph carries facts and does not look into them.
public protocol StageFact: Sendable {}
