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

    func add(to group: RouterGroup<TocsinRequestContext>) {
        let routes = group.group("store")
        routes.group("tables").add(middleware: Requires(.readContent)).get(use: tables)
        let changes = routes.group().add(middleware: Requires(.administer))
        changes.put("tables/:table/retention", use: setRetention)
        changes.delete("tables/:table/retention", use: removeRetention)
        changes.post("retention", use: applyRetention)
        changes.post("compact", use: compact)
        changes.post("backup", use: backUp)
    }

    @Sendable func tables(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        Response(json: ["value": .array(try await store.statistics().map(\.json))])
    }

    @Sendable func setRetention(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: 1 << 16)
        guard let days = body["retentionInDays"]?.intValue.map(Int.init),
            let retention = TableRetention(
                interactiveDays: days, totalDays: body["totalRetentionInDays"]?.intValue.map(Int.init))
        else {
            throw APIError.badRequest(
                "'retentionInDays' and 'totalRetentionInDays' are \(TableRetention.leastDays) to "
                    + "\(TableRetention.mostDays) days, and the total is no less", target: "retentionInDays")
        }
        return try await change(context, to: retention)
    }

    @Sendable func removeRetention(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await change(context, to: nil)
    }

    private func change(_ context: TocsinRequestContext, to retention: TableRetention?) async throws -> Response {
        let table = try context.parameters.require("table")
        do {
            try await store.setRetention(retention, of: table.removingPercentEncoding ?? table)
        } catch let error as EventStoreError where error.code == .unknownTable {
            throw APIError(.notFound, error.message, target: "table")
        }
        return Response(json: [:])
    }

    @Sendable func applyRetention(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let report = try await store.applyRetention()
        return Response(json: [
            "archived": .array(report.archived.map { .string($0) }),
            "dropped": .array(report.dropped.map { .string($0) }),
        ])
    }

    @Sendable func compact(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await store.compact()
        return Response(json: [:])
    }

    @Sendable func backUp(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: 1 << 16)
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
