internal import Chronology
internal import Foundation
internal import JSON

/// Where a value departs from its schema, and how.
struct SchemaMisfit: Sendable, Hashable {
    /// Such as `properties.labels[0].labelName`; empty for the value itself.
    var path: String
    /// Continues a sentence that begins with the path: `is missing`.
    let reason: String

    func within(_ outer: String) -> SchemaMisfit {
        let joint = path.isEmpty || path.hasPrefix("[") ? "" : "."
        return SchemaMisfit(path: outer + joint + path, reason: reason)
    }
}

extension Schema {
    /// The first place at which a body does not have the form; nil when it has.
    func misfit(in value: JSON) -> SchemaMisfit? {
        if isReadOnly || (isNullable && value.isNull) { return nil }
        func not(_ what: String) -> SchemaMisfit { SchemaMisfit(path: "", reason: "must be \(what)") }
        switch kind {
        case .any: return nil
        case .boolean: return value.boolValue == nil ? not("true or false") : nil
        case .integer(let range):
            guard case .int(let number) = value else { return not("a whole number") }
            return range.map { $0.contains(number) } ?? true ? nil : not("a whole number \(Schema.words(range))")
        case .number(let range):
            guard let number = value.doubleValue else { return not("a number") }
            return range.map { $0.contains(number) } ?? true ? nil : not("a number \(Schema.words(range))")
        case .string(let rules):
            guard let text = value.stringValue else { return not("a text") }
            return rules.misfit(in: text)
        case .array(let element, let most):
            guard let elements = value.arrayValue else { return not("a list") }
            if let most, elements.count > most { return not("a list of at most \(most)") }
            for (index, item) in elements.enumerated() {
                if let misfit = element.misfit(in: item) { return misfit.within("[\(index)]") }
            }
            return nil
        case .object(let members):
            guard let object = value.objectValue else { return not("an object") }
            return Schema.misfit(of: object, members)
        case .map(let form):
            guard let object = value.objectValue else { return not("an object") }
            for (name, item) in object {
                if let misfit = form.misfit(in: item) { return misfit.within(name) }
            }
            return nil
        case .component(_, let form): return form.misfit(in: value)
        case .oneOf(let forms):
            let misfits = forms.map { $0.misfit(in: value) }
            return misfits.contains { $0 == nil }
                ? nil : misfits.compactMap(\.self).max { $0.path.count < $1.path.count }
        }
    }

    private static func misfit(of object: JSONObject, _ members: [Member]) -> SchemaMisfit? {
        for member in members {
            guard let item = object[member.name] else {
                if member.isRequired { return SchemaMisfit(path: member.name, reason: "is missing") }
                continue
            }
            if let misfit = member.schema.misfit(in: item) { return misfit.within(member.name) }
        }
        return nil
    }

    /// The same for the text of a parameter, which a number or truth is read out of.
    func misfit(inText text: String) -> SchemaMisfit? {
        switch kind {
        case .integer: return misfit(in: Int64(text).map(JSON.int) ?? .string(text))
        case .number: return misfit(in: Double(text).map(JSON.double) ?? .string(text))
        case .boolean:
            let truth: JSON? = ["true": true, "false": false][text.lowercased()]
            return misfit(in: truth ?? .string(text))
        default: return misfit(in: .string(text))
        }
    }

    private static func words<Number: Comparable>(_ range: ClosedRange<Number>?) -> String {
        range.map { "from \($0.lowerBound) to \($0.upperBound)" } ?? ""
    }
}

extension Schema.StringRules {
    func misfit(in text: String) -> SchemaMisfit? {
        func not(_ what: String) -> SchemaMisfit { SchemaMisfit(path: "", reason: "must be \(what)") }
        if !values.isEmpty, !values.contains(where: { $0.caseInsensitiveCompare(text) == .orderedSame }) {
            return not("one of \(values.joined(separator: ", "))")
        }
        if least > 0, text.count < least { return not(least == 1 ? "not empty" : "at least \(least) characters long") }
        if let most, text.count > most { return not("at most \(most) characters long, not \(text.count)") }
        switch format {
        case "date-time": return Instant(iso8601: text) == nil ? not("a time by ISO 8601") : nil
        case "uuid": return UUID(uuidString: text) == nil ? not("a GUID") : nil
        default: return nil
        }
    }
}
