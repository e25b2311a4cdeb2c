internal import JSON

/// The operations of the API by subject, made of its OpenAPI document, each with a form to try it.
struct ReferencePage: Page {
    let frame: Frame
    let sections: [Section]

    var template: TemplateName { .reference }

    struct Section: Sendable {
        let name: String
        /// Its name without blanks, for links.
        let anchor: String
        let operations: [Operation]
    }

    struct Operation: Sendable {
        let id: String
        let method: String
        let path: String
        let summary: String
        let permission: String?
        let parameters: [Parameter]
        let body: Body?
        let answers: [Answer]
    }

    struct Parameter: Sendable {
        let name: String
        let place: String
        let type: String
        let description: String
        let isRequired: Bool
    }

    struct Body: Sendable {
        let type: String
        let form: String
    }

    struct Answer: Sendable {
        let status: String
        let description: String
        let form: String?
    }

    /// - Parameter document: An OpenAPI 3.1 document.
    init(frame: Frame, document: JSON) {
        self.frame = frame
        var found: [String: [Operation]] = [:]
        for (path, item) in document["paths"]?.objectValue ?? [:] {
            for (method, operation) in item.objectValue ?? [:] {
                let name = operation["tags"]?[0]?.stringValue ?? ""
                found[name, default: []].append(Operation(method, path, operation, in: document))
            }
        }
        sections = found.sorted { $0.key < $1.key }.map { name, operations in
            Section(name: name, anchor: name.replacing(" ", with: "-"), operations: operations)
        }
    }
}

extension ReferencePage.Operation {
    fileprivate init(_ method: String, _ path: String, _ json: JSON, in document: JSON) {
        func text(_ value: JSON?) -> String { value?.stringValue ?? "" }
        id = text(json["operationId"])
        self.method = method.uppercased()
        self.path = path
        summary = text(json["summary"])
        permission = json["x-tocsin-permission"]?.stringValue
        parameters = (json["parameters"]?.arrayValue ?? []).map { parameter in
            ReferencePage.Parameter(
                name: text(parameter["name"]), place: text(parameter["in"]),
                type: SchemaWords.words(parameter["schema"] ?? .null), description: text(parameter["description"]),
                isRequired: parameter["required"]?.boolValue ?? false)
        }
        body = json["requestBody"]?["content"]?.objectValue?.elements.first.map { type, content in
            ReferencePage.Body(type: type, form: SchemaWords(document).text(of: content["schema"] ?? .null))
        }
        answers = (json["responses"]?.objectValue ?? [:]).map { status, answer in
            let content = answer["content"]?.objectValue?.elements.first?.value["schema"]
            return ReferencePage.Answer(
                status: status, description: text(answer["description"]),
                form: status.hasPrefix("2") ? content.map { SchemaWords(document).text(of: $0) } : nil)
        }
    }
}

/// Shows a JSON Schema as the shape that it describes.
struct SchemaWords {
    private let components: JSON
    private static let deepest = 6

    init(_ document: JSON) {
        components = document["components"]?["schemas"] ?? .null
    }

    /// Over several lines, such as `{ "title": string (required) }`.
    func text(of schema: JSON, level: Int = 0) -> String {
        guard level < Self.deepest else { return "…" }
        if let reference = schema["$ref"]?.stringValue, let name = reference.split(separator: "/").last {
            return text(of: components[String(name)] ?? .null, level: level)
        }
        if let first = schema["anyOf"]?[0] { return text(of: first, level: level) }
        if let element = schema["items"] { return "[ " + text(of: element, level: level) + " ]" }
        if let value = schema["additionalProperties"] { return "{ *: " + text(of: value, level: level) + " }" }
        guard let properties = schema["properties"]?.objectValue, !properties.isEmpty else {
            return Self.words(schema)
        }
        let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
        let blanks = String(repeating: "  ", count: level + 1)
        let lines = properties.map { name, member in
            let marks = [required.contains(name) ? "required" : nil, member["readOnly"] == true ? "read-only" : nil]
            let note = marks.compactMap(\.self).joined(separator: ", ")
            return "\(blanks)\(name): \(text(of: member, level: level + 1))\(note.isEmpty ? "" : " (\(note))")"
        }
        return "{\n" + lines.joined(separator: "\n") + "\n" + blanks.dropLast(2) + "}"
    }

    /// The type in a few words.
    static func words(_ schema: JSON) -> String {
        if let values = schema["enum"]?.arrayValue { return values.compactMap(\.stringValue).joined(separator: " | ") }
        let types = schema["type"]?.arrayValue?.compactMap(\.stringValue).filter { $0 != "null" }
        let type = schema["type"]?.stringValue ?? types?.first ?? "any"
        return schema["format"]?.stringValue ?? type
    }
}
