/// Something that a stage reports for the account as a typed value, such as a file that it wrote
/// or the files that it read. The graph passes facts on without looking into them.
public protocol StageFact: Sendable {}
