/// A small non-validating XML reader: elements, attributes, text, CDATA, comments; no DTD, so no entity bombs.
struct XMLParser {
    private static let maximumDepth = 100

    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func document() throws(XMLError) -> XMLElement {
        try skipProlog()
        let root = try element(depth: 0)
        try skipProlog()
        guard position == bytes.count else { throw fault("something follows the root element") }
        return root
    }

    private func fault(_ reason: String) -> XMLError { XMLError(reason: reason, offset: position) }

    private func looksAt(_ text: StaticString) -> Bool {
        let wanted = Array("\(text)".utf8)
        return position + wanted.count <= bytes.count
            && bytes[position..<(position + wanted.count)].elementsEqual(wanted)
    }

    private mutating func skip(past text: StaticString) throws(XMLError) {
        while position < bytes.count {
            if looksAt(text) {
                position += text.utf8CodeUnitCount
                return
            }
            position += 1
        }
        throw fault("'\(text)' is missing")
    }

    private mutating func skipBlanks() {
        while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
    }

    private mutating func skipProlog() throws(XMLError) {
        if looksAt("\u{FEFF}") { position += 3 }
        while true {
            skipBlanks()
            if looksAt("<?") {
                try skip(past: "?>")
            } else if looksAt("<!--") {
                try skip(past: "-->")
            } else if looksAt("<!DOCTYPE") {
                throw fault("document type declarations are not read")
            } else {
                return
            }
        }
    }

    private mutating func element(depth: Int) throws(XMLError) -> XMLElement {
        guard depth < Self.maximumDepth else { throw fault("more than \(Self.maximumDepth) levels of nesting") }
        guard looksAt("<") else { throw fault("'<' expected") }
        position += 1
        var element = XMLElement(name: try name())
        while true {
            skipBlanks()
            if looksAt("/>") {
                position += 2
                return element
            }
            if looksAt(">") {
                position += 1
                break
            }
            element.attributes.append(try attribute())
        }
        try content(of: &element, depth: depth)
        let closing = try name()
        guard closing == element.name else { throw fault("<\(element.name)> is closed by </\(closing)>") }
        skipBlanks()
        guard looksAt(">") else { throw fault("'>' expected") }
        position += 1
        return element
    }

    /// Reads up to and past the `</` of the closing tag.
    private mutating func content(of element: inout XMLElement, depth: Int) throws(XMLError) {
        while position < bytes.count {
            if looksAt("</") {
                position += 2
                return
            } else if looksAt("<!--") {
                try skip(past: "-->")
            } else if looksAt("<![CDATA[") {
                position += 9
                let start = position
                try skip(past: "]]>")
                element.children.append(.text(String(decoding: bytes[start..<(position - 3)], as: UTF8.self)))
            } else if looksAt("<?") {
                try skip(past: "?>")
            } else if looksAt("<") {
                element.children.append(.element(try self.element(depth: depth + 1)))
            } else {
                let start = position
                while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
                element.children.append(.text(try resolved(bytes[start..<position])))
            }
        }
        throw fault("<\(element.name)> is not closed")
    }

    private mutating func attribute() throws(XMLError) -> XMLAttribute {
        let name = try name()
        skipBlanks()
        guard looksAt("=") else { throw fault("'=' expected after attribute '\(name)'") }
        position += 1
        skipBlanks()
        guard position < bytes.count, [0x22, 0x27].contains(bytes[position]) else {
            throw fault("the value of '\(name)' must be quoted")
        }
        let quote = bytes[position]
        position += 1
        let start = position
        while position < bytes.count, bytes[position] != quote { position += 1 }
        guard position < bytes.count else { throw fault("the value of '\(name)' is not closed") }
        let value = try resolved(bytes[start..<position])
        position += 1
        return XMLAttribute(name: name, value: value)
    }

    private mutating func name() throws(XMLError) -> String {
        let start = position
        while position < bytes.count, !Array(" \t\r\n/>=<\"'".utf8).contains(bytes[position]) { position += 1 }
        guard position > start else { throw fault("a name expected") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Replaces the five predefined entities and character references.
    private func resolved(_ raw: ArraySlice<UInt8>) throws(XMLError) -> String {
        let text = String(decoding: raw, as: UTF8.self)
        guard text.contains("&") else { return text }
        var result = ""
        var rest = text[...]
        while let mark = rest.firstIndex(of: "&") {
            result += rest[..<mark]
            guard let end = rest[mark...].firstIndex(of: ";") else { throw fault("'&' without ';'") }
            let entity = rest[rest.index(after: mark)..<end]
            guard let character = XMLParser.character(of: entity) else { throw fault("unknown entity '&\(entity);'") }
            result.append(character)
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }

    private static func character(of entity: Substring) -> Character? {
        switch entity {
        case "amp": return "&"
        case "lt": return "<"
        case "gt": return ">"
        case "quot": return "\""
        case "apos": return "'"
        default:
            guard entity.hasPrefix("#") else { return nil }
            let digits = entity.dropFirst()
            let code = digits.first == "x" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return code.flatMap(Unicode.Scalar.init).map { Character($0) }
        }
    }
}
