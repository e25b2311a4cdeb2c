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

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "tables", id: "Tables_ListByWorkspace", tag: .collection, "Lists tables", needs: .readContent,
                answers: [.ok(.page(of: .any))], list),
            Endpoint(
                .get, "tables/{table}", id: "Tables_Get", tag: .collection, "Reads a table", needs: .readContent,
                answers: [.ok(.any)], get),
            Endpoint(
                .put, "tables/{table}", id: "Tables_CreateOrUpdate", tag: .collection, "Creates or changes a table",
                needs: .changeContent, body: .json(.any, upTo: Self.maximumBody), answers: [.ok(.any)], put),
            Endpoint(
                .patch, "tables/{table}", id: "Tables_Update", tag: .collection, "Changes a table",
                needs: .changeContent, body: .json(.any, upTo: Self.maximumBody), answers: [.ok(.any)], patch),
            Endpoint(
                .delete, "tables/{table}", id: "Tables_Delete", tag: .collection,
                "Deletes a table of one's own with its rows", needs: .changeContent, answers: [.done, .noContent],
                delete),
        ]
    }

    @Sendable func list(_ call: EndpointCall) async throws -> Response {
        try await answering {
            let all = try await tables.all()
            return Response(json: ["value": .array(all.map(json))])
        }
    }

    @Sendable func get(_ call: EndpointCall) async throws -> Response {
        try await answering { Response(json: json(try await find(call))) }
    }

    /// Answers 200 also for a new table: Azure's clients wait for that of a long-running operation.
    @Sendable func put(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        let name = call.name("table")
        let actor = try call.caller.actor
        return try await answering {
            Response(json: json(try await tables.save(name, body["properties"] ?? [:], by: actor).table))
        }
    }

    @Sendable func patch(_ call: EndpointCall) async throws -> Response {
        let body = call.body
        let actor = try call.caller.actor
        return try await answering {
            let known = try await find(call)
            return Response(json: json(try await tables.save(known.name, body["properties"] ?? [:], by: actor).table))
        }
    }

    @Sendable func delete(_ call: EndpointCall) async throws -> Response {
        let name = call.name("table")
        let actor = try call.caller.actor
        return try await answering {
            Response(status: try await tables.delete(name, by: actor) ? .ok : .noContent)
        }
    }

    private func find(_ call: EndpointCall) async throws -> LogTable {
        let name = call.name("table")
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
