internal import CSimdjson
internal import OrderedCollections

/// Why some text is not JSON.
public struct JSONError: Error, Sendable, CustomStringConvertible {
    /// What the scanner found wrong, in its own words.
    public let reason: String

    public var description: String { "not valid JSON: \(reason)" }
}

extension JSON {
    /// Reads one JSON document with simdjson.
    ///
    /// - Throws: `JSONError` for text that is no JSON, is nested deeper than 1,024 levels, or holds invalid UTF-8.
    public init(parsing text: String) throws(JSONError) {
        var copy = text
        let parsed = copy.withUTF8 { JSON.parse(UnsafeRawBufferPointer($0)) }
        self = try parsed.get()
    }

    /// Reads one JSON document out of bytes.
    public init(parsing bytes: some Collection<UInt8>) throws(JSONError) {
        let parsed =
            bytes.withContiguousStorageIfAvailable { JSON.parse(UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { JSON.parse($0) }
        self = try parsed.get()
    }

    private static func parse(_ bytes: UnsafeRawBufferPointer) -> Result<JSON, JSONError> {
        let parser = tocsin_json_parser_acquire()
        defer { tocsin_json_parser_release(parser) }
        var root = tocsin_json_element()
        let code = tocsin_json_parse(
            parser, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, &root)
        guard code == 0 else {
            return .failure(JSONError(reason: String(cString: tocsin_json_error_message(code))))
        }
        return .success(value(of: root))
    }

    private static func value(of element: tocsin_json_element) -> JSON {
        switch tocsin_json_type_of(element) {
        case TOCSIN_JSON_BOOL: .bool(tocsin_json_bool(element))
        case TOCSIN_JSON_INT: .int(tocsin_json_int(element))
        case TOCSIN_JSON_DOUBLE: .double(tocsin_json_double(element))
        case TOCSIN_JSON_STRING: .string(text(tocsin_json_string(element)))
        case TOCSIN_JSON_ARRAY: .array(elements(of: element))
        case TOCSIN_JSON_OBJECT: .object(members(of: element))
        default: .null
        }
    }

    private static func text(_ slice: tocsin_json_slice) -> String {
        let bytes = UnsafeRawBufferPointer(start: slice.data, count: slice.length)
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func elements(of array: tocsin_json_element) -> [JSON] {
        var result: [JSON] = []
        var cursor = tocsin_json_array_begin(array)
        var child = tocsin_json_element()
        while tocsin_json_array_next(&cursor, &child) { result.append(value(of: child)) }
        return result
    }

    private static func members(of object: tocsin_json_element) -> JSONObject {
        var result = JSONObject()
        var cursor = tocsin_json_object_begin(object)
        var key = tocsin_json_slice()
        var child = tocsin_json_element()
        while tocsin_json_object_next(&cursor, &key, &child) { result[text(key)] = value(of: child) }
        return result
    }
}

extension JSON: CustomStringConvertible {
    /// The value as compact JSON text: no blanks, members in their order, non-ASCII characters as they are.
    public var description: String {
        var text = ""
        write(to: &text)
        return text
    }

    /// Appends the compact JSON text of this value.
    public func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .int(let value): text += String(value)
        case .double(let value): text += JSON.text(of: value)
        case .string(let value): JSON.write(string: value, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += "," }
                element.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            var isFirst = true
            for (key, value) in members {
                if !isFirst { text += "," }
                isFirst = false
                JSON.write(string: key, to: &text)
                text += ":"
                value.write(to: &text)
            }
            text += "}"
        }
    }

    /// The shortest text that reads back as the same number; whole numbers keep `.0`, others as JSON strings, since
    /// JSON has no notation for them.
    private static func text(of double: Double) -> String {
        if double.isNaN { return "\"NaN\"" }
        if double.isInfinite { return double < 0 ? "\"-Infinity\"" : "\"Infinity\"" }
        return double.description
    }

    /// Appends `string` as a JSON string literal with its quotes.
    public static func write(string: String, to text: inout String) {
        text += "\""
        var clean = string.utf8.startIndex
        let utf8 = string.utf8
        for index in utf8.indices {
            let byte = utf8[index]
            guard byte < 0x20 || byte == 0x22 || byte == 0x5C else { continue }
            text += string[clean..<index]
            text += escape(byte)
            clean = utf8.index(after: index)
        }
        text += string[clean...]
        text += "\""
    }

    private static func escape(_ byte: UInt8) -> String {
        switch byte {
        case 0x22: "\\\""
        case 0x5C: "\\\\"
        case 0x08: "\\b"
        case 0x09: "\\t"
        case 0x0A: "\\n"
        case 0x0C: "\\f"
        case 0x0D: "\\r"
        default: "\\u00" + (byte < 0x10 ? "0" : "") + String(byte, radix: 16)
        }
    }
}
