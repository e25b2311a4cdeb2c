internal import Access
internal import Chronology
internal import Foundation
internal import Hummingbird
internal import JSON

/// What Sentinel's clients ask about many indicators at `threatIntelligence/main`: lists with conditions, page by page, and
/// counts.
struct IndicatorQueries: Sendable {
    let desk: any IndicatorDesk
    let names: WorkspaceNames
    let address: RequestAddress
    /// What begins addresses of next pages.
    let place: String

    private static let largestPage = 1_000

    var endpoints: [Endpoint] {
        [
            Endpoint(
                .get, "\(place)/indicators", id: "ThreatIntelligenceIndicators_List", tag: .indicators,
                "Lists indicators", needs: .readContent, parameters: .odata, answers: [.ok(.page(of: .any))], list),
            Endpoint(
                .post, "\(place)/queryIndicators", id: "ThreatIntelligenceIndicators_QueryIndicators",
                tag: .indicators, "Searches indicators", needs: .readContent,
                body: .json(Self.criteria, upTo: 1 << 16), answers: [.ok(.page(of: .any))], query),
            Endpoint(
                .get, "\(place)/queryIndicators", id: "ThreatIntelligenceIndicators_QueryNextPage",
                tag: .indicators, "Gives a further page of a search", needs: .readContent,
                parameters: [
                    EndpointParameter("$skipToken", "Out of the nextLink before", .string, isRequired: true)
                ], answers: [.ok(.page(of: .any))], next),
            Endpoint(
                .get, "\(place)/metrics", id: "ThreatIntelligenceIndicatorMetrics_List", tag: .indicators,
                "Counts indicators by threat, kind and source", needs: .readContent,
                answers: [.ok(.object(.required("value", .array(.any))))], metrics),
        ]
    }

    private static let criteria = Schema.object(
        .optional("pageSize", .integer), .optional("minConfidence", .integer(0...100)),
        .optional("maxConfidence", .integer(0...100)), .optional("minValidUntil", .dateTime),
        .optional("maxValidUntil", .dateTime), .optional("includeDisabled", .boolean),
        .optional("sortBy", .array(.object(.optional("itemKey", .string), .optional("sortOrder", .string)))),
        .optional("sources", .strings), .optional("patternTypes", .strings), .optional("threatTypes", .strings),
        .optional("ids", .strings), .optional("keywords", .oneOf(.strings, .string)),
        .optional("skipToken", .string)
    ).named("ThreatIntelligenceFilteringCriteria")

    @Sendable private func list(_ call: EndpointCall) async throws -> Response {
        if let token = call.query("$skipToken") { return try await page(try Self.opened(token), call) }
        let order = (call.query("$orderby") ?? "").split(separator: " ").map(String.init)
        var criteria: JSONObject = ["pageSize": .int(Int64(call.number("$top") ?? 100)), "includeDisabled": true]
        if let key = order.first {
            let direction = order.count > 1 && order[1].lowercased() == "desc" ? "descending" : "ascending"
            criteria["sortBy"] = [
                [
                    "itemKey": .string(key.split(separator: "/").last.map(String.init) ?? key),
                    "sortOrder": .string(direction),
                ]
            ]
        }
        return try await page((.object(criteria), 0), call)
    }

    @Sendable private func query(_ call: EndpointCall) async throws -> Response {
        if let token = call.body["skipToken"]?.stringValue, !token.isEmpty {
            return try await page(try Self.opened(token), call)
        }
        return try await page((call.body, 0), call)
    }

    @Sendable private func next(_ call: EndpointCall) async throws -> Response {
        try await page(try Self.opened(call.query("$skipToken") ?? ""), call)
    }

    private func page(_ asked: (criteria: JSON, offset: Int), _ call: EndpointCall) async throws -> Response {
        let size = min(max(asked.criteria["pageSize"]?.intValue.map(Int.init) ?? 100, 1), Self.largestPage)
        let found = try await desk.query(asked.criteria, limit: size + 1, offset: asked.offset)
        var answer: JSONObject = ["value": .array(found.prefix(size).map { $0.resource(names) })]
        if found.count > size {
            let token = Self.token(asked.criteria, offset: asked.offset + size)
            answer["nextLink"] = .string(NextLink.make(call.request, address, skipToken: token))
        }
        return Response(json: .object(answer))
    }

    /// A page's place as text: the criteria and how many came before.
    private static func token(_ criteria: JSON, offset: Int) -> String {
        let text = JSON.array([.int(Int64(offset)), criteria]).description
        return Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
            .replacing("=", with: "")
    }

    private static func opened(_ token: String) throws -> (criteria: JSON, offset: Int) {
        var text = token.replacing("-", with: "+").replacing("_", with: "/")
        text += String(repeating: "=", count: (4 - text.count % 4) % 4)
        // Whatever is no token of ours is refused in one way.
        guard let data = Data(base64Encoded: text),
            let parts = try? JSON(parsing: String(decoding: data, as: UTF8.self)),
            let offset = parts[0]?.intValue, (0...1_000_000_000).contains(offset), let criteria = parts[1]
        else { throw APIError.badRequest("this is no $skipToken of this list", target: "$skipToken") }
        return (criteria, Int(offset))
    }

    @Sendable private func metrics(_ call: EndpointCall) async throws -> Response {
        let metrics = try await desk.metrics()
        func list(_ counts: [(name: String, count: Int)]) -> JSON {
            .array(counts.map { ["metricName": .string($0.name), "metricValue": .int(Int64($0.count))] })
        }
        return Response(json: [
            "value": [
                [
                    "properties": [
                        "lastUpdatedTimeUtc": .string(metrics.time.description),
                        "threatTypeMetrics": list(metrics.threats), "patternTypeMetrics": list(metrics.kinds),
                        "sourceMetrics": list(metrics.sources),
                    ]
                ]
            ]
        ])
    }
}
