extension IncidentChange {
    /// - Throws: `CasebookError` with code `invalidField`.
    func check() throws(CasebookError) {
        if let title { try FieldCheck.title(title) }
        if let description { try FieldCheck.description(description) }
        if let classificationComment { try FieldCheck.classificationComment(classificationComment) }
        if case .assign(let owner)? = owner { try FieldCheck.owner(owner) }
        if let labels { try FieldCheck.labelCount(labels) }
        try FieldCheck.labelCount(addedLabels)
        for label in (labels ?? []) + addedLabels { try FieldCheck.label(label) }
    }
}

extension NewIncident {
    /// - Throws: `CasebookError` with code `invalidField`.
    func check() throws(CasebookError) {
        if let id { try FieldCheck.identifier(id.rawValue, field: "name") }
        try FieldCheck.title(title)
        try FieldCheck.description(description)
        try FieldCheck.classificationComment(classificationComment)
        if let owner { try FieldCheck.owner(owner) }
        try FieldCheck.bounded(providerName, field: "providerName", characters: CasebookLimits.labelCharacters)
        try FieldCheck.labelCount(labels)
        for label in labels { try FieldCheck.label(label) }
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

    static func classificationComment(_ comment: String) throws(CasebookError) {
        try bounded(comment, field: "classificationComment", characters: CasebookLimits.commentCharacters)
    }

    static func owner(_ owner: IncidentOwner) throws(CasebookError) {
        let parts = [
            ("owner.objectId", owner.objectID), ("owner.userPrincipalName", owner.userPrincipalName),
            ("owner.email", owner.email), ("owner.assignedTo", owner.assignedTo),
        ]
        for (field, text) in parts { try bounded(text, field: field, characters: CasebookLimits.titleCharacters) }
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
        try bounded(text, field: field, characters: characters)
        guard text.contains(where: { !$0.isWhitespace }) else {
            throw CasebookError(.invalidField, field: field, "\(field) cannot be empty")
        }
    }

    static func bounded(_ text: String, field: String, characters: Int) throws(CasebookError) {
        let count = text.utf16.count
        guard count <= characters else {
            throw CasebookError(
                .invalidField, field: field, "\(field) has \(count) characters; at most \(characters) are allowed")
        }
        // SQLite's text ends at a NUL, and so would what people read.
        guard !text.utf8.contains(0) else {
            throw CasebookError(
                .invalidField, field: field, "\(field) contains a NUL character (U+0000); take it out")
        }
    }

    /// The name of a resource, as a client chose it.
    static func identifier(_ text: String, field: String) throws(CasebookError) {
        try required(text, field: field, characters: CasebookLimits.identifierCharacters)
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else {
            throw CasebookError(.invalidField, field: field, "\(field) contains control characters; take them out")
        }
    }

    static func count(_ count: Int, field: String, most: Int) throws(CasebookError) {
        guard count <= most else {
            throw CasebookError(
                .limitReached, field: field, "\(count) \(field) were given; at most \(most) are allowed")
        }
    }
}
