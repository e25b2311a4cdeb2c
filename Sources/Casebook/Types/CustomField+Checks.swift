internal import Chronology
internal import JSON

extension CustomField {
    /// A value in this field's form; null takes the value away.
    ///
    /// - Throws: `CasebookError` with code `invalidField` and the field `fields.name`.
    func checked(_ value: JSON) throws(CasebookError) -> JSON {
        if value == .null { return .null }
        switch form {
        case .text, .user: return .string(try text(value))
        case .number:
            guard let number = value.doubleValue ?? value.stringValue.flatMap(Double.init), number.isFinite else {
                throw fault("is no number")
            }
            if let whole = Int64(exactly: number) { return .int(whole) }
            return .double(number)
        case .date:
            let written = try text(value).trimmedBlanks
            guard let instant = Instant(iso8601: written) else {
                throw fault("is no date; write 2026-01-31 or 2026-01-31T12:00:00Z")
            }
            return .string(written.utf8.count == "2026-01-31".utf8.count ? written : instant.description)
        case .choice(let choices): return .string(try choice(try text(value), of: choices))
        case .multipleChoice(let choices):
            guard let values = value.arrayValue else { throw fault("is no list") }
            try FieldCheck.count(values.count, field: path, most: choices.count)
            var taken: [JSON] = []
            for value in values {
                let chosen = JSON.string(try choice(try text(value), of: choices))
                if !taken.contains(chosen) { taken.append(chosen) }
            }
            return .array(taken)
        case .boolean:
            if let flag = value.boolValue { return .bool(flag) }
            switch value.stringValue?.lowercased() {
            case "true": return .bool(true)
            case "false": return .bool(false)
            default: throw fault("is neither true nor false")
            }
        }
    }

    private var path: String { "fields.\(name)" }

    private func text(_ value: JSON) throws(CasebookError) -> String {
        guard let text = value.stringValue else { throw fault("is no text") }
        try FieldCheck.required(text, field: path, characters: CasebookLimits.descriptionCharacters)
        return text
    }

    private func choice(_ text: String, of choices: [String]) throws(CasebookError) -> String {
        guard let choice = choices.first(where: { $0.lowercased() == text.lowercased() }) else {
            throw fault("is '\(text.prefix(80))', which is none of \(choices.joined(separator: ", "))")
        }
        return choice
    }

    private func fault(_ reason: String) -> CasebookError {
        CasebookError(.invalidField, field: path, "the field '\(title)' \(reason)")
    }
}
