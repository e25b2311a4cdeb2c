internal import Foundation
public import JSON
public import Workflow

/// Runs a playbook's KQL.
public protocol PlaybookQueries: Sendable {
    /// The rows as objects, column by name.
    ///
    /// - Throws: `OperationFailure` for a query that is wrong or takes too long.
    func rows(of query: String) async throws(OperationFailure) -> [JSON]
}

/// The operations of the `azuremonitorlogs` connector, on this system's own tables.
public struct LogQueryConnector: Connector {
    private let queries: any PlaybookQueries

    public init(queries: any PlaybookQueries) {
        self.queries = queries
    }

    public func perform(
        _ call: ConnectorCall, context: ConnectorContext
    ) async throws(OperationFailure) -> WorkflowAnswer {
        guard let query = call.body.stringValue ?? call.body["query"]?.stringValue, !query.isEmpty else {
            return .refusal(400, code: "BadRequest", "the body is no query")
        }
        let rows: [JSON]
        do throws(OperationFailure) {
            rows = try await queries.rows(of: query)
        } catch {
            if error.isTransient { throw error }
            return .refusal(400, code: error.code, error.message)
        }
        switch call.path.lowercased() {
        case "/querydata", "/querydatav2": return .success(["value": .array(rows)])
        case "/visualizequery", "/visualizequeryv2":
            let html = LogQueryConnector.table(rows)
            let encoded = Data(html.utf8).base64EncodedString()
            return .success([
                "body": .string(encoded), "attachmentContent": .string(encoded), "attachmentName": "result.html",
            ])
        default:
            return .refusal(
                501, code: "OperationNotSupported", "\(call.path) is no operation of this connector that Tocsin knows")
        }
    }

    private static func table(_ rows: [JSON]) -> String {
        var columns: OrderedSet<String> = []
        for row in rows { columns.append(contentsOf: row.objectValue?.keys.map { $0 } ?? []) }
        let head = columns.map { "<th>\(escaped($0))</th>" }.joined()
        let body = rows.map { row in
            "<tr>\(columns.map { "<td>\(escaped(text(row[$0])))</td>" }.joined())</tr>"
        }.joined()
        return "<table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table>"
    }

    private static func text(_ value: JSON?) -> String {
        guard let value, !value.isNull else { return "" }
        return value.stringValue ?? value.description
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}

/// Takes a playbook's records in.
public protocol PlaybookUploads: Sendable {
    /// - Parameter table: a custom table's name, ending in `_CL`.
    func ingest(_ records: [JSON], into table: String) async throws(OperationFailure)
}

/// The operations of the `azureloganalyticsdatacollector` connector: records into a custom table.
public struct LogUploadConnector: Connector {
    private let uploads: any PlaybookUploads

    public init(uploads: any PlaybookUploads) {
        self.uploads = uploads
    }

    public func perform(
        _ call: ConnectorCall, context: ConnectorContext
    ) async throws(OperationFailure) -> WorkflowAnswer {
        let type = call.headers.first { $0.key.lowercased() == "log-type" }?.value.stringValue ?? ""
        guard call.path.lowercased() == "/api/logs", !type.isEmpty,
            type.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" })
        else {
            return .refusal(
                400, code: "BadRequest", "a POST of /api/logs needs the header 'Log-Type' with a table's name")
        }
        // The body is a JSON text, or already JSON.
        let body = call.body.stringValue.flatMap { try? JSON(parsing: $0) } ?? call.body
        guard let records = body.arrayValue ?? (body.objectValue == nil ? nil : [body]) else {
            return .refusal(400, code: "BadRequest", "the body is no JSON object or array")
        }
        try await uploads.ingest(records, into: type.hasSuffix("_CL") ? type : "\(type)_CL")
        return .success([:])
    }
}
