internal import Chronology
internal import Foundation
internal import JSON
internal import KQLValues
internal import Sigma

/// Reads the values that tests write in YAML.
enum TestValue {
    /// As JSON: a bare number, truth or null is one, all else is text. `{n}` in a text becomes `number`.
    static func json(_ value: YAMLValue, number: Int) -> JSON {
        switch value.content {
        case .null: .null
        case .sequence(let values): .array(values.map { json($0, number: number) })
        case .mapping(let mapping):
            .object(
                JSONObject(mapping.members.map { ($0.key, json($0.value, number: number)) }) { _, last in last })
        case .scalar(let text): value.isQuoted || value.isBlock ? .string(filled(text, number)) : bare(text, number)
        }
    }

    /// As a column's value; nil when it is none of that type.
    static func value(_ value: YAMLValue, as type: KQLType, number: Int) -> Value? {
        if case .null = value.content { return .missing(type) }
        if type == .dynamic { return .dynamic(dynamic(value, number)) }
        guard let text = value.text.map({ filled($0, number) }) else { return nil }
        switch type {
        case .string: return .string(text)
        case .bool: return truth(text).map { .bool($0) }
        case .int: return Int32(text).map { .int($0) }
        case .long: return integer(text).map { .long($0) }
        case .real: return Double(text).map { .real($0) }
        case .decimal: return Decimal(string: text, locale: Locale(identifier: "en_US_POSIX")).map { .decimal($0) }
        case .datetime: return Instant(iso8601: text).map { .datetime($0) }
        case .timespan: return DurationText.read(text).map { .timespan($0) }
        case .guid: return UUID(uuidString: text).map { .guid($0) }
        case .dynamic: return nil
        }
    }

    /// The type that a column has when only this value tells of it.
    static func type(of value: YAMLValue) -> KQLType {
        switch json(value, number: 1) {
        case .bool: .bool
        case .int: .long
        case .double: .real
        case .array, .object: .dynamic
        case .string(let text): text.contains("T") && Instant(iso8601: text) != nil ? .datetime : .string
        default: .string
        }
    }

    static func filled(_ text: String, _ number: Int) -> String {
        text.contains("{n}") ? text.replacing("{n}", with: String(number)) : text
    }

    /// Text that is JSON of an object or array counts as that.
    private static func dynamic(_ value: YAMLValue, _ number: Int) -> JSON {
        let json = json(value, number: number)
        guard let text = json.stringValue, text.hasPrefix("{") || text.hasPrefix("[") else { return json }
        // Text that only begins like JSON stays text.
        return (try? JSON(parsing: text)) ?? json
    }

    private static func bare(_ text: String, _ number: Int) -> JSON {
        if let truth = truth(text) { return .bool(truth) }
        let digits = text.drop { $0 == "-" }
        let isNumber = digits.first?.isASCII == true && digits.first?.isNumber == true
        let hasLeadingZero = digits.count > 1 && digits.hasPrefix("0") && !digits.hasPrefix("0.")
        guard isNumber, !hasLeadingZero else { return .string(filled(text, number)) }
        if let integer = Int64(text) { return .int(integer) }
        return Double(text).map { .double($0) } ?? .string(filled(text, number))
    }

    private static func truth(_ text: String) -> Bool? {
        switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    private static func integer(_ text: String) -> Int64? {
        text.hasPrefix("0x") ? Int64(text.dropFirst(2), radix: 16) : Int64(text)
    }
}
