public import Chronology
public import Vocabulary

/// A question that is worth asking about every entity of a kind, as content declares it in `insights/`.
public struct EntityInsight: EntityQuestion, Hashable {
    public let id: String
    public let name: String
    public let description: String
    public let kind: EntityKind
    public let requiredIdentifiers: [[String]]
    /// The tables that it reads.
    public let tables: [String]
    /// KQL that answers with a table; an identifier stands there as `Account_Name`, empty where the entity has none.
    public let tableQuery: String?
    /// KQL that answers with a time and figures to draw.
    public let chartQuery: String?
    /// How much longer before the time asked for it looks where the asker leaves that to the insight.
    public let period: TimeSpan
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

/// The insights and activities that content declares.
public struct EntityInsights: Sendable {
    /// By kind of entity, then by name.
    public let all: [EntityInsight]
    /// What belongs on timelines, in the same order.
    public let activities: [EntityActivity]
    public let faults: [InsightFault]

    /// Reads YAML files, one insight or activity each; of a faulty file nothing is taken, and it is told of.
    public init(files: [(path: String, text: String)]) {
        var insights: [EntityInsight] = []
        var activities: [EntityActivity] = []
        var ids: Set<String> = []
        var faults: [InsightFault] = []
        for (path, text) in files {
            do throws(InsightFault) {
                let read = try InsightFile(yaml: text, file: path)
                guard ids.insert(read.id).inserted else {
                    throw InsightFault(file: path, line: 1, message: "another file has the id \(read.id) already")
                }
                switch read {
                case .insight(let insight): insights.append(insight)
                case .activity(let activity): activities.append(activity)
                }
            } catch {
                faults.append(error)
            }
        }
        all = insights.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        self.activities = activities.sorted { ($0.kind.rawValue, $0.name) < ($1.kind.rawValue, $1.name) }
        self.faults = faults
    }

    /// Those that can be asked about an entity.
    public func fitting(_ kind: EntityKind, _ identifiers: [String: String]) -> [EntityInsight] {
        all.filter { $0.fits(kind, identifiers) }
    }
}
