public import Chronology
public import Vocabulary

/// A question that is worth asking about every entity of a kind, as content declares it in `insights/`.
public struct EntityInsight: Sendable, Hashable {
    /// A GUID, by which clients ask for it.
    public let id: String
    public let name: String
    public let description: String
    public let kind: EntityKind
    /// Sets of identifiers; an entity that has all of one set can be asked about.
    public let requiredIdentifiers: [[String]]
    /// The tables that it reads.
    public let tables: [String]
    /// KQL that answers with a table; an identifier stands there as `Account_Name`, empty where the entity has none.
    public let tableQuery: String?
    /// KQL that answers with a time and figures to draw.
    public let chartQuery: String?
    /// How much longer before the time asked for it looks where the asker leaves that to the insight.
    public let period: TimeSpan

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

/// A place in a file of insights that cannot be used, and what to do.
public struct InsightFault: Error, Sendable, Hashable, CustomStringConvertible {
    public let file: String
    /// From 1.
    public let line: Int
    public let message: String

    /// `host-logons.yaml:3: …`
    public var description: String { "\(file):\(line): \(message)" }
}

/// The insights that content declares.
public struct EntityInsights: Sendable {
    /// By kind of entity, then by name.
    public let all: [EntityInsight]
    public let faults: [InsightFault]

    /// Reads YAML files, one insight each; of a faulty file nothing is taken, and it is told of.
    public init(files: [(path: String, text: String)]) {
        var insights: [String: EntityInsight] = [:]
        var faults: [InsightFault] = []
        for (path, text) in files {
            do throws(InsightFault) {
                let insight = try EntityInsight(yaml: text, file: path)
                guard insights[insight.id] == nil else {
                    throw InsightFault(file: path, line: 1, message: "another file has the id \(insight.id) already")
                }
                insights[insight.id] = insight
            } catch {
                faults.append(error)
            }
        }
        all = insights.values.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        self.faults = faults
    }

    /// Those that can be asked about an entity.
    public func fitting(_ kind: EntityKind, _ identifiers: [String: String]) -> [EntityInsight] {
        all.filter { $0.fits(kind, identifiers) }
    }
}
