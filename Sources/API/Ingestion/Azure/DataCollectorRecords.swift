internal import Chronology
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import KQLValues

/// The records of a request to the HTTP Data Collector API as rows: each property becomes a column named after the type of
/// its value (`_s` text, `_b` Boolean, `_d` number, `_t` time, `_g` GUID).
struct DataCollectorRecords {
    private(set) var columns: [ColumnSchema] = [ColumnSchema("TimeGenerated", .datetime)]
    /// One JSON object per line.
    private(set) var lines: [UInt8] = []
    private(set) var count = 0
    private let timeField: String?

    /// - Parameters:
    ///   - json: An object or an array of objects.
    ///   - timeField: The property that tells an event's time.
    /// - Throws: `DataCollectorError.invalidDataFormat`.
    init(_ json: JSON, timeField: String?) throws(DataCollectorError) {
        self.timeField = timeField
        for record in json.arrayValue ?? [json] {
            guard let members = record.objectValue else {
                throw DataCollectorError(.invalidDataFormat, "the body must be a JSON object or an array of objects")
            }
            add(members)
        }
    }

    private mutating func add(_ members: JSONObject) {
        var row = JSONObject()
        for (name, value) in members {
            if name == timeField, let time = value.stringValue.flatMap({ Instant(iso8601: $0) }) {
                row["TimeGenerated"] = .string(time.description)
            }
            guard let (suffix, type, content) = Self.typed(value) else { continue }
            let column = Self.columnName(name) + suffix
            if row[column] == nil, !columns.contains(where: { $0.name == column }) {
                columns.append(ColumnSchema(column, type))
            }
            row[column] = content
        }
        lines.append(contentsOf: JSON.object(row).description.utf8)
        lines.append(UInt8(ascii: "\n"))
        count += 1
    }

    /// Nil for null, which leaves a column empty.
    private static func typed(_ value: JSON) -> (suffix: String, type: KQLType, content: JSON)? {
        switch value {
        case .null: nil
        case .bool: ("_b", .bool, value)
        case .int, .double: ("_d", .real, value)
        case .string(let text):
            if text.utf8.count == 36, UUID(uuidString: text) != nil {
                ("_g", .guid, value)
            } else if text.utf8.count >= 19, text.utf8.count <= 40, let time = Instant(iso8601: text) {
                ("_t", .datetime, .string(time.description))
            } else {
                ("_s", .string, value)
            }
        case .array, .object: ("_s", .string, .string(value.description))
        }
    }

    /// Letters, digits and `_`; other characters become `_`.
    private static func columnName(_ name: String) -> String {
        let word = String(
            name.unicodeScalars.map {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil) ? Character($0) : "_"
            }.prefix(200))
        return word.first.map { $0.isNumber } ?? true ? "_" + word : word
    }
}

/// An error of the HTTP Data Collector API with its documented code.
struct DataCollectorError: ProtocolFault, Sendable {
    enum Code: String, Sendable {
        case inactiveCustomer = "InactiveCustomer"
        case invalidApiVersion = "InvalidApiVersion"
        case invalidCustomerID = "InvalidCustomerId"
        case invalidDataFormat = "InvalidDataFormat"
        case invalidLogType = "InvalidLogType"
        case missingApiVersion = "MissingApiVersion"
        case missingContentType = "MissingContentType"
        case missingLogType = "MissingLogType"
        case unsupportedContentType = "UnsupportedContentType"
        case invalidAuthorization = "InvalidAuthorization"
    }

    let code: Code
    let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    var response: Response {
        DataCollectorRoutes.answer(
            code.rawValue, message, code == .invalidAuthorization ? .forbidden : .badRequest)
    }
}
