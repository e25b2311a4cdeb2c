public import Vocabulary

/// What logs tell about entities of a kind, for their timelines: rows that a query finds, as content declares it in
/// `insights/` or clients do as an entity query of kind `Activity`.
public struct EntityActivity: EntityQuestion, Hashable {
    /// What becomes of the rows.
    public enum Form: String, Sendable, Hashable, CaseIterable {
        /// Rows of the same words become one item for each part of the time.
        case activity = "Activity"
        /// Each row is an item, with the columns of the table `Anomalies`.
        case anomaly = "Anomaly"
    }

    public let id: String
    public let name: String
    public let description: String
    public let form: Form
    public let kind: EntityKind
    public let requiredIdentifiers: [[String]]
    /// KQL that gives rows with `TimeGenerated`; an identifier stands there as `Account_Name`.
    public let query: String
    /// What an item is called; `{{Column}}` stands for the row's value. Of anomalies their own name, where this is empty.
    public let title: String
    /// What an item says, in the same way.
    public let content: String

    public init(
        id: String, name: String, description: String, form: Form, kind: EntityKind, requiredIdentifiers: [[String]],
        query: String, title: String, content: String
    ) {
        self.id = id
        self.name = name
        self.description = description
        self.form = form
        self.kind = kind
        self.requiredIdentifiers = requiredIdentifiers
        self.query = query
        self.title = title
        self.content = content
    }
}

/// A text in which `{{Column}}` stands for the value of a row.
struct RowText {
    private enum Piece {
        case text(String)
        case value(of: String)
    }

    private let pieces: [Piece]

    init(_ template: String) {
        var pieces: [Piece] = []
        var rest = template[...]
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            pieces.append(.text(String(rest[..<open.lowerBound])))
            pieces.append(.value(of: rest[open.upperBound..<close.lowerBound].filter { $0 != " " }))
            rest = rest[close.upperBound...]
        }
        pieces.append(.text(String(rest)))
        self.pieces = pieces
    }

    func filled(_ value: (String) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .value(let name): value(name)
            }
        }.joined()
    }
}
