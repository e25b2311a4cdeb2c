public import Vocabulary

/// What can be asked about every entity of a kind that has certain identifiers.
public protocol EntityQuestion: Sendable {
    /// A GUID, by which clients ask for it.
    var id: String { get }
    var kind: EntityKind { get }
    /// Sets of identifiers; an entity that has all of one set can be asked about.
    var requiredIdentifiers: [[String]] { get }
}

extension EntityQuestion {
    /// Whether an entity with these identifiers can be asked about.
    public func fits(_ kind: EntityKind, _ identifiers: [String: String]) -> Bool {
        kind == self.kind && requiredIdentifiers.contains { set in set.allSatisfy { identifiers[$0] != nil } }
    }

    /// All identifiers that its queries may name.
    public var identifiers: [String] { Set(requiredIdentifiers.joined()).sorted() }

    /// The values of its queries' parameters for an entity.
    func parameters(_ identifiers: [String: String]) -> [String: String] {
        Dictionary(
            self.identifiers.map { (parameter($0), identifiers[$0] ?? "") }, uniquingKeysWith: { first, _ in first })
    }

    /// A query with the declaration of its parameters before it, on the same line, so that lines keep their numbers.
    func asked(_ query: String) -> String {
        let names = identifiers.map { "\(parameter($0)): string" }.joined(separator: ", ")
        return "declare query_parameters(\(names)); \(query)"
    }

    private func parameter(_ identifier: String) -> String { "\(kind.rawValue)_\(identifier)" }
}
