import KQL

extension Plan {
    /// Whether a stored table is read somewhere below.
    var readsStore: Bool {
        if case .scan = self { return true }
        return inputs.contains { $0.readsStore }
    }
}
