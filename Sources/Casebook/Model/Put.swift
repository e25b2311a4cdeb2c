/// What a write under a chosen name left behind, and whether it made it.
public struct Put<Value: Sendable>: Sendable {
    public let value: Value
    /// False when there was one of this name, which was replaced or was the same already.
    public let isNew: Bool
}
