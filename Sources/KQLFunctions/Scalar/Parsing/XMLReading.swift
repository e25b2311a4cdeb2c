import Foundation
import JSON
import KQLValues

/// `parse_xml`.
let xmlFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "parse_xml", family: .parsing,
        summary:
            "An XML document as a bag: attributes as `@name`, text beside them as `#text`, repeated elements as arrays.",
        signatures: [.takes(.string("xml"), returns: .dynamic)],
        naming: .firstArgument,
        evaluate: each { (text: String) -> JSON? in XMLReader.read(text) })
}

/// Reads the XML that log records hold; no namespaces, entity declarations or external references.
struct XMLReader {
    private var rest: Substring.UTF8View
    private var depth = 0

    /// The document as a bag of its root element, nil when it is malformed or nested more than 200 levels deep.
    static func read(_ text: String) -> JSON? {
        var reader = XMLReader(rest: text[...].utf8)
        var prologue = JSONObject()
        guard reader.skipProlog(&prologue), let (name, value) = reader.element() else { return nil }
        prologue[name] = value
        return .object(prologue)
    }

    private init(rest: Substring.UTF8View) {
        self.rest = rest
    }

    private mutating func skipProlog(_ bag: inout JSONObject) -> Bool {
        while true {
            skipBlanks()
            if rest.starts(with: "<?".utf8) {
                guard let content = skip(through: "?>") else { return false }
                if content.hasPrefix("<?xml ") { bag["?xml"] = declaration(content) }
            } else if rest.starts(with: "<!--".utf8) {
                guard skip(through: "-->") != nil else { return false }
            } else if rest.starts(with: "<!DOCTYPE".utf8) {
                guard skip(through: ">") != nil else { return false }
            } else {
                return rest.first == UInt8(ascii: "<")
            }
        }
    }

    private func declaration(_ content: String) -> JSON {
        var inner = XMLReader(rest: content.dropFirst(5)[...].utf8)
        return .object(inner.attributes() ?? [:])
    }

    /// Reads `<name …>…</name>`.
    private mutating func element() -> (String, JSON)? {
        guard depth < 200, take("<"), let name = name(), var members = attributes() else { return nil }
        skipBlanks()
        if take("/") { return take(">") ? (name, members.isEmpty ? .null : .object(members)) : nil }
        guard take(">") else { return nil }
        depth += 1
        defer { depth -= 1 }
        var text = ""
        while true {
            if rest.starts(with: "</".utf8) {
                rest = rest.dropFirst(2)
                guard self.name() == name else { return nil }
                skipBlanks()
                return take(">") ? (name, XMLReader.value(of: members, text: text)) : nil
            }
            if rest.starts(with: "<!--".utf8) {
                guard skip(through: "-->") != nil else { return nil }
            } else if rest.starts(with: "<![CDATA[".utf8) {
                guard let section = skip(through: "]]>") else { return nil }
                text += section.dropFirst(9).dropLast(3)
            } else if rest.starts(with: "<?".utf8) {
                guard skip(through: "?>") != nil else { return nil }
            } else if rest.first == UInt8(ascii: "<") {
                guard let (child, value) = element() else { return nil }
                XMLReader.add(value, named: child, to: &members)
            } else {
                let run = rest.prefix { $0 != UInt8(ascii: "<") }
                guard !run.isEmpty else { return nil }
                text += XMLReader.unescaped(String(Substring(run)))
                rest = rest.dropFirst(run.count)
            }
        }
    }

    /// The second element of a name makes an array of both.
    private static func add(_ value: JSON, named name: String, to members: inout JSONObject) {
        guard let known = members[name] else {
            members[name] = value
            return
        }
        if case .array(let elements) = known {
            members[name] = .array(elements + [value])
        } else {
            members[name] = .array([known, value])
        }
    }

    private static func value(of members: JSONObject, text: String) -> JSON {
        let trimmed = String(Substring(text[...].utf8.trimmingBlanks))
        guard !members.isEmpty else { return trimmed.isEmpty ? .null : .string(text) }
        guard !trimmed.isEmpty else { return .object(members) }
        var all = members
        all["#text"] = .string(text)
        return .object(all)
    }

    private mutating func attributes() -> JSONObject? {
        var members = JSONObject()
        while true {
            skipBlanks()
            guard let next = rest.first, next != UInt8(ascii: ">"), next != UInt8(ascii: "/"), next != UInt8(ascii: "?")
            else {
                return members
            }
            guard let name = name() else { return nil }
            skipBlanks()
            guard take("=") else { return nil }
            skipBlanks()
            guard let quote = rest.first, quote == UInt8(ascii: "'") || quote == UInt8(ascii: "\"") else { return nil }
            let value = rest.dropFirst().prefix { $0 != quote }
            members["@" + name] = .string(XMLReader.unescaped(String(Substring(value))))
            rest = rest.dropFirst(value.count + 1)
            guard take(Unicode.Scalar(quote)) else { return nil }
        }
    }

    private mutating func name() -> String? {
        let name = rest.prefix { !(" \t\r\n=/><".utf8.contains($0)) }
        guard !name.isEmpty else { return nil }
        rest = rest.dropFirst(name.count)
        return String(Substring(name))
    }

    private mutating func skipBlanks() { rest = rest.drop { $0 == 0x20 || (0x09...0x0D).contains($0) } }

    private mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard rest.first == UInt8(ascii: mark) else { return false }
        rest = rest.dropFirst()
        return true
    }

    /// Skips up to and with `end`; gives what was skipped.
    private mutating func skip(through end: String) -> String? {
        let text = Substring(rest)
        guard let range = text.range(of: end) else { return nil }
        let skipped = String(text[..<range.upperBound])
        rest = text[range.upperBound...].utf8
        return skipped
    }

    private static func unescaped(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            rest = rest[mark...]
            guard let end = rest.prefix(12).firstIndex(of: ";"),
                let scalar = entity(rest[rest.index(after: mark)..<end])
            else {
                result += "&"
                rest = rest.dropFirst()
                continue
            }
            result.unicodeScalars.append(scalar)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func entity(_ name: Substring) -> Unicode.Scalar? {
        switch name {
        case "amp": "&"
        case "lt": "<"
        case "gt": ">"
        case "quot": "\""
        case "apos": "'"
        default:
            if name.hasPrefix("#x") {
                UInt32(name.dropFirst(2), radix: 16).flatMap { Unicode.Scalar($0) }
            } else if name.hasPrefix("#") {
                UInt32(name.dropFirst()).flatMap { Unicode.Scalar($0) }
            } else {
                nil
            }
        }
    }
}
