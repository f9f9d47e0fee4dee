public import Completion
public import Dataflow

/// What a completion found in the skull is told to the account.
extension CompletionFindings: StageFact {}
