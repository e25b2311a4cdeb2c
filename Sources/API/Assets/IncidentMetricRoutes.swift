internal import Access
internal import Casebook
internal import Chronology
internal import Foundation
internal import Hummingbird
internal import Investigation
internal import JSON
internal import KQLValues
internal import Prioritization
internal import Vocabulary

/// Figures about the work on incidents, out of the shipped functions `IncidentMetrics` and `IncidentBacklog`, and posture
/// findings by how much they matter.
struct IncidentMetricRoutes {
    let queries: QueryService
    let inventory: @Sendable () -> AssetInventory
    let now: @Sendable () -> Instant

    /// What figures can be told by.
    private enum Group: String, CaseIterable {
        case all, severity, owner, tactic, product, classification
    }

    var endpoints: [Endpoint] {
        let range = [
            EndpointParameter("from", "From this time; else 30 days before `to`", .string),
            EndpointParameter("to", "To this time; else now", .string),
        ]
        return [
            Endpoint(
                .get, "metrics/incidents", id: "Metrics_Incidents", tag: .priorities,
                "Tells how long incidents took, and how many were reopened", needs: .readIncidents,
                parameters: range + [EndpointParameter("by", "What the figures are told by", .word(Group.self))],
                answers: [.ok(.page(of: .any))], incidents),
            Endpoint(
                .get, "metrics/backlog", id: "Metrics_Backlog", tag: .priorities,
                "Tells how many incidents were created, closed and open over time", needs: .readIncidents,
                parameters: range + [EndpointParameter("hours", "The length of a step", .integer(1...8_760))],
                answers: [.ok(.page(of: .any))], backlog),
            Endpoint(
                .get, "recommendations", id: "Recommendations_List", tag: .assets,
                "Lists open posture findings by severity times sensitivity", needs: .readIncidents,
                answers: [.ok(.page(of: .any))], recommendations),
        ]
    }

    @Sendable func incidents(_ call: EndpointCall) async throws -> Response {
        let (from, to) = try range(call)
        let group = call.query("by").flatMap(Group.init) ?? .all
        let by = group == .all ? "" : group.rawValue.capitalized
        return try await answer("IncidentMetrics(datetime(\(from)), datetime(\(to)), '\(by)')")
    }

    @Sendable func backlog(_ call: EndpointCall) async throws -> Response {
        let (from, to) = try range(call)
        let hours = call.number("hours") ?? 24
        guard (to - from).seconds / 3_600 / Double(hours) <= 2_000 else {
            throw APIError.badRequest("that is more than 2,000 steps; ask for longer ones", target: "hours")
        }
        return try await answer("IncidentBacklog(datetime(\(from)), datetime(\(to)), \(hours)h)")
    }

    @Sendable func recommendations(_ call: EndpointCall) async throws -> Response {
        let rows = try await rows(
            "SecurityRecommendation | summarize arg_max(TimeGenerated, *) by RecommendationId, AssessedResourceId "
                + "| take 10000")
        let reading = RecommendationReading(JSON.array(rows).description, file: "SecurityRecommendation")
        return Response(json: [
            "value": .array(
                inventory().ranked(reading.recommendations).map { ranked in
                    [
                        "id": .string(ranked.recommendation.id), "name": .string(ranked.recommendation.name),
                        "severity": .string(ranked.recommendation.severity.rawValue),
                        "resource": .string(ranked.recommendation.resource),
                        "sensitivity": ranked.sensitivity.map { .string($0.rawValue) } ?? .null,
                        "explanation": .string(ranked.explanation), "weight": .int(Int64(ranked.weight)),
                        "link": .string(ranked.recommendation.link),
                    ]
                })
        ])
    }

    private func range(_ call: EndpointCall) throws -> (from: Instant, to: Instant) {
        func time(_ name: String) throws -> Instant? {
            guard let text = call.query(name), !text.isEmpty else { return nil }
            guard let instant = Instant(iso8601: text) else {
                throw APIError.badRequest("'\(name)' is a time such as 2026-11-01T00:00:00Z", target: name)
            }
            return instant
        }
        let to = try time("to") ?? now()
        let from = try time("from") ?? to - .days(30)
        guard from < to else { throw APIError.badRequest("'from' is before 'to'", target: "from") }
        return (from, to)
    }

    private func answer(_ query: String) async throws -> Response {
        Response(json: ["value": .array(try await rows(query))])
    }

    private func rows(_ query: String) async throws -> [JSON] {
        let table = try await queries.table(query)
        return (0..<table.rowCount).map { row in
            var members: JSONObject = [:]
            for (column, schema) in table.schema.columns.enumerated() {
                members[schema.name] = table.columns[column][row].json
            }
            return .object(members)
        }
    }
}
