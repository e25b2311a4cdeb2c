internal import Access
internal import DataCollection
internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import KQLValues
internal import WebGate

/// Log Analytics' table management (`Microsoft.OperationalInsights/workspaces/tables`): columns, plan and retention.
struct LogTableRoutes {
    let tables: LogTables
    let names: WorkspaceNames

    static let maximumBody = 1 << 20

    func add(to group: RouterGroup<TocsinRequestContext>) {
        let readers = group.group("tables").add(middleware: Requires(.readContent))
        readers.get(use: list)
        readers.get(":table", use: get)
        let writers = group.group("tables").add(middleware: Requires(.changeContent))
        writers.put(":table", use: put)
        writers.patch(":table", use: patch)
        writers.delete(":table", use: delete)
    }

    @Sendable func list(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await answering {
            let all = try await tables.all()
            return Response(json: ["value": .array(all.map(json))])
        }
    }

    @Sendable func get(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        try await answering { Response(json: json(try await find(context))) }
    }

    /// Answers 200 also for a new table: Azure's clients wait for that of a long-running operation.
    @Sendable func put(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: Self.maximumBody)
        let name = try context.parameters.require("table")
        let actor = try context.requireCaller().actor
        return try await answering {
            Response(json: json(try await tables.save(name, body["properties"] ?? [:], by: actor).table))
        }
    }

    @Sendable func patch(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let body = try await JSONBody.read(request, upTo: Self.maximumBody)
        let actor = try context.requireCaller().actor
        return try await answering {
            let known = try await find(context)
            return Response(json: json(try await tables.save(known.name, body["properties"] ?? [:], by: actor).table))
        }
    }

    @Sendable func delete(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let name = try context.parameters.require("table")
        let actor = try context.requireCaller().actor
        return try await answering {
            Response(status: try await tables.delete(name, by: actor) ? .ok : .noContent)
        }
    }

    private func find(_ context: TocsinRequestContext) async throws -> LogTable {
        let name = try context.parameters.require("table")
        guard let known = try await tables.find(name) else {
            throw DataCollectionFault(.notFound, "there is no table '\(name)'")
        }
        return known
    }

    // MARK: Shape

    private func json(_ table: LogTable) -> JSON {
        let settings = table.settings
        let retention = settings.retentionDays
        let total = settings.totalRetentionDays ?? retention
        let columns = JSON.array(table.schema.columns.map(Self.json))
        var schema: JSONObject = [
            "name": .string(table.name), "tableType": .string(table.isCustom ? "CustomLog" : "Microsoft"),
            "tableSubType": .string(table.isCustom ? "DataCollectionRuleBased" : "Any"),
        ]
        schema["description"] = settings.summary.map(JSON.string)
        schema["columns"] = table.isCustom ? columns : []
        schema["standardColumns"] = table.isCustom ? [] : columns
        var properties: JSONObject = [
            "plan": .string(settings.plan.rawValue), "provisioningState": "Succeeded",
            "retentionInDaysAsDefault": .bool(retention == nil),
            "totalRetentionInDaysAsDefault": .bool(settings.totalRetentionDays == nil),
        ]
        properties["retentionInDays"] = retention.map { .int(Int64($0)) }
        properties["totalRetentionInDays"] = total.map { .int(Int64($0)) }
        if let retention, let total { properties["archiveRetentionInDays"] = .int(Int64(total - retention)) }
        properties["schema"] = .object(schema)
        return Resource(
            id: "\(names.workspacePath)/tables/\(table.name)", name: table.name,
            type: "Microsoft.OperationalInsights/workspaces/tables", properties: .object(properties)
        ).json
    }

    /// A column with its type as table management spells it.
    private static func json(_ column: ColumnSchema) -> JSON {
        let type =
            switch column.type {
            case .datetime: "dateTime"
            case .bool: "boolean"
            default: column.type.rawValue
            }
        return [
            "name": .string(column.name), "type": .string(type), "isDefaultDisplay": true, "isHidden": false,
        ]
    }
}
