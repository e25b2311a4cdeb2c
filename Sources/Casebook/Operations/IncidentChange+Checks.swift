extension IncidentChange {
    /// - Throws: `CasebookError` with code `invalidField`.
    func check() throws(CasebookError) {
        if let title { try FieldCheck.title(title) }
        if let description { try FieldCheck.description(description) }
        for label in (labels ?? []) + addedLabels { try FieldCheck.label(label) }
        if let labels { try FieldCheck.labelCount(labels) }
    }
}

extension NewIncident {
    /// - Throws: `CasebookError` with code `invalidField`.
    func check() throws(CasebookError) {
        if let id, id.rawValue.isEmpty {
            throw CasebookError(.invalidField, field: "name", "an incident's identifier cannot be empty")
        }
        try FieldCheck.title(title)
        try FieldCheck.description(description)
        for label in labels { try FieldCheck.label(label) }
        try FieldCheck.labelCount(labels)
    }
}

/// The bounds of texts.
enum FieldCheck {
    static func title(_ title: String) throws(CasebookError) {
        try required(title, field: "title", characters: CasebookLimits.titleCharacters)
    }

    static func description(_ description: String) throws(CasebookError) {
        try bounded(description, field: "description", characters: CasebookLimits.descriptionCharacters)
    }

    static func label(_ label: IncidentLabel) throws(CasebookError) {
        try required(label.name, field: "labels", characters: CasebookLimits.labelCharacters)
    }

    static func labelCount(_ labels: [IncidentLabel]) throws(CasebookError) {
        guard labels.count <= CasebookLimits.labelsPerIncident else {
            throw CasebookError(
                .limitReached, field: "labels", "an incident has at most \(CasebookLimits.labelsPerIncident) labels")
        }
    }

    static func required(_ text: String, field: String, characters: Int) throws(CasebookError) {
        guard !text.trimmedBlanks.isEmpty else {
            throw CasebookError(.invalidField, field: field, "\(field) cannot be empty")
        }
        try bounded(text, field: field, characters: characters)
    }

    static func bounded(_ text: String, field: String, characters: Int) throws(CasebookError) {
        guard text.count <= characters else {
            throw CasebookError(
                .invalidField, field: field, "\(field) has \(text.count) characters; at most \(characters) are allowed")
        }
    }
}
