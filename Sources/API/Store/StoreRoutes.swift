internal import Access
internal import Chronology
internal import EventStore
internal import Foundation
internal import Hummingbird
internal import JSON
internal import WebGate

/// `/api/store`: statistics, retention, compaction, back-up.
struct StoreRoutes {
    let store: any StoreDesk

    var endpoints: [Endpoint] {
        let retention = Schema.object(
            .required("retentionInDays", .integer), .optional("totalRetentionInDays", .integer))
        return [
            Endpoint(
                .get, "store/tables", id: "Store_ListTables", tag: .store, "Lists what each table holds",
                needs: .readContent, answers: [.ok(.page(of: .any))], tables),
            Endpoint(
                .put, "store/tables/{table}/retention", id: "Store_SetRetention", tag: .store,
                "Sets how long a table's rows are kept", needs: .administer, body: .json(retention, upTo: 1 << 16),
                answers: [.ok(.object())], setRetention),
            Endpoint(
                .delete, "store/tables/{table}/retention", id: "Store_ResetRetention", tag: .store,
                "Keeps a table's rows as long as configured", needs: .administer, answers: [.ok(.object())],
                removeRetention),
            Endpoint(
                .post, "store/retention", id: "Store_ApplyRetention", tag: .store,
                "Archives and drops what is old enough now", needs: .administer,
                answers: [.ok(.object(.required("archived", .strings), .required("dropped", .strings))), .outOfSpace],
                applyRetention),
            Endpoint(
                .post, "store/compact", id: "Store_Compact", tag: .store,
                "Gives room that deleted rows left back to new ones", needs: .administer,
                answers: [.ok(.object()), .outOfSpace], compact),
            Endpoint(
                .post, "store/backup", id: "Store_BackUp", tag: .store,
                "Copies the installation into a folder of the server's machine", needs: .administer,
                body: .json(
                    .object(.required("folder", .string), .optional("keys", .boolean)), upTo: 1 << 16),
                answers: [.ok(.object(.required("files", .integer), .required("bytes", .integer))), .outOfSpace],
                backUp),
        ]
    }

    @Sendable func tables(_ call: EndpointCall) async throws -> Response {
        Response(json: ["value": .array(try await store.statistics().map(\.json))])
    }

    @Sendable func setRetention(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        guard let days = body["retentionInDays"]?.intValue.map(Int.init),
            let retention = TableRetention(
                interactiveDays: days, totalDays: body["totalRetentionInDays"]?.intValue.map(Int.init))
        else {
            throw APIError.badRequest(
                "'retentionInDays' and 'totalRetentionInDays' are \(TableRetention.leastDays) to "
                    + "\(TableRetention.mostDays) days, and the total is no less", target: "retentionInDays")
        }
        return try await change(call, to: retention)
    }

    @Sendable func removeRetention(_ call: EndpointCall) async throws -> Response {
        try await change(call, to: nil)
    }

    private func change(_ call: EndpointCall, to retention: TableRetention?) async throws -> Response {
        let table = call.name("table")
        do {
            try await store.setRetention(retention, of: table)
        } catch let error as EventStoreError where error.code == .unknownTable {
            throw APIError(.notFound, error.message, target: "table")
        }
        return Response(json: [:])
    }

    @Sendable func applyRetention(_ call: EndpointCall) async throws -> Response {
        let report = try await store.applyRetention()
        return Response(json: [
            "archived": .array(report.archived.map { .string($0) }),
            "dropped": .array(report.dropped.map { .string($0) }),
        ])
    }

    @Sendable func compact(_ call: EndpointCall) async throws -> Response {
        try await store.compact()
        return Response(json: [:])
    }

    @Sendable func backUp(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        guard let folder = body["folder"]?.stringValue, folder.hasPrefix("/") else {
            throw APIError.badRequest("'folder' must be an absolute path on the server's machine", target: "folder")
        }
        let (files, bytes) = try await store.backUp(to: folder, withKeys: body["keys"]?.boolValue ?? false)
        return Response(json: ["files": .int(Int64(files)), "bytes": .int(Int64(bytes))])
    }
}

extension TableStatistics {
    fileprivate var json: JSON {
        [
            "table": .string(table), "rows": .int(Int64(rows)), "bytes": .int(Int64(bytes)),
            "first": first.map { .string("\($0)") } ?? .null, "last": last.map { .string("\($0)") } ?? .null,
            "retentionInDays": .int(Int64(retention.interactiveDays)),
            "totalRetentionInDays": .int(Int64(retention.totalDays)),
            "segments": .array(
                segments.map { segment in
                    [
                        "partition": .string(segment.partition), "archived": .bool(segment.isArchived),
                        "rows": .int(Int64(segment.rows)), "bytes": .int(Int64(segment.bytes)),
                        "first": segment.first.map { .string("\($0)") } ?? .null,
                        "last": segment.last.map { .string("\($0)") } ?? .null,
                    ]
                }),
        ]
    }
}
