/// Which columns of `casebook_incident i` the fields of queries mean.
extension IncidentTimeField {
    var column: String {
        switch self {
        case .createdTime: "i.created"
        case .lastModifiedTime: "i.modified"
        case .firstActivityTime: "i.first_activity"
        case .lastActivityTime: "i.last_activity"
        case .closedTime: "i.closed"
        }
    }
}

extension IncidentTextField {
    var column: String {
        switch self {
        case .id: "i.id"
        case .title: "i.title"
        case .description: "i.description"
        case .providerName: "i.provider_name"
        case .classificationComment: "i.classification_comment"
        case .ownerName: "i.owner_name"
        case .ownerEmail: "i.owner_email"
        case .ownerObjectID: "i.owner_object_id"
        case .ownerPrincipalName: "i.owner_principal_name"
        }
    }
}

extension TextTest {
    /// The `LIKE` pattern, with `\` as escape.
    func pattern(_ text: String) -> String {
        var escaped = ""
        for character in text {
            if character == "%" || character == "_" || character == "\\" { escaped.append("\\") }
            escaped.append(character)
        }
        return switch self {
        case .equals: escaped
        case .contains: "%\(escaped)%"
        case .startsWith: "\(escaped)%"
        case .endsWith: "%\(escaped)"
        }
    }
}

extension IncidentOrder {
    var sql: String {
        switch self {
        case .queue: "i.is_open DESC, i.score DESC, i.number DESC"
        case .by(.number, let descending): "i.number \(descending ? "DESC" : "ASC")"
        case .by(let field, let descending): "\(field.column) \(descending ? "DESC" : "ASC"), i.number DESC"
        }
    }
}

extension IncidentOrder.Field {
    fileprivate var column: String {
        switch self {
        case .score: "i.score"
        case .severity: "i.severity"
        case .status: "CASE i.status WHEN 'New' THEN 0 WHEN 'Active' THEN 1 ELSE 2 END"
        case .title: "i.title COLLATE NOCASE"
        case .number: "i.number"
        case .createdTime: "i.created"
        case .lastModifiedTime: "i.modified"
        case .firstActivityTime: "i.first_activity"
        case .lastActivityTime: "i.last_activity"
        case .closedTime: "i.closed"
        }
    }
}
