internal import JSON

/// Why some text is not well-formed XML.
struct XMLError: Error, CustomStringConvertible {
    let reason: String
    let offset: Int

    var description: String { "no well-formed XML: \(reason) at byte \(offset + 1)" }
}

/// An XML element; namespaces are kept as prefixes of names.
struct XMLElement: Hashable, Sendable {
    var name: String
    var attributes: [XMLAttribute] = []
    var children: [XMLNode] = []

    /// All text inside, in order.
    var text: String {
        children.map { child in
            switch child {
            case .text(let text): text
            case .element(let element): element.text
            }
        }.joined()
    }

    var elements: [XMLElement] {
        children.compactMap { if case .element(let element) = $0 { element } else { nil } }
    }

    var localName: String { XMLElement.localName(of: name) }

    static func localName(of name: String) -> String {
        name.split(separator: ":").last.map(String.init) ?? name
    }
}

struct XMLAttribute: Hashable, Sendable {
    var name: String
    var value: String
}

enum XMLNode: Hashable, Sendable {
    case element(XMLElement)
    case text(String)
}

/// A document with one root element.
struct XMLDocument: Hashable, Sendable {
    var root: XMLElement

    init(parsing text: String) throws(XMLError) {
        var parser = XMLParser(Array(text.utf8))
        root = try parser.document()
    }

    /// The document as Json.NET turns XML into JSON: attributes as `@name`, text as `#text`, repeated elements as arrays.
    var json: JSON { .object([root.name: XMLDocument.json(of: root)]) }

    private static func json(of element: XMLElement) -> JSON {
        let elements = element.elements
        if element.attributes.isEmpty, elements.isEmpty {
            return element.children.isEmpty ? .null : .string(element.text)
        }
        var members = JSONObject()
        for attribute in element.attributes { members["@" + attribute.name] = .string(attribute.value) }
        for child in elements {
            let value = json(of: child)
            switch members[child.name] {
            case nil: members[child.name] = value
            case .array(let earlier) where earlier.count > 1: members[child.name] = .array(earlier + [value])
            case .some(let earlier): members[child.name] = .array([earlier, value])
            }
        }
        let text = element.children.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
        if !StringFunctions.trimmed(text).isEmpty { members["#text"] = .string(text) }
        return .object(members)
    }
}

extension XMLElement {
    /// The element as XML text.
    var markup: String {
        let start = name + attributes.map { " \($0.name)=\"\(XMLElement.escaped($0.value))\"" }.joined()
        guard !children.isEmpty else { return "<\(start) />" }
        let content = children.map { child in
            switch child {
            case .text(let text): XMLElement.escaped(text)
            case .element(let element): element.markup
            }
        }.joined()
        return "<\(start)>\(content)</\(name)>"
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;")
    }
}
