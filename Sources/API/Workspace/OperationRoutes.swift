internal import Access
internal import Hummingbird
internal import JSON

/// `GET /providers/Microsoft.SecurityInsights/operations`: what the provider can do here.
struct OperationRoutes {
    /// The endpoints of the provider.
    let described: [Endpoint]

    var endpoint: Endpoint {
        let operation = Schema.object(
            .required("name", .string), .required("display", .map(.string)), .required("origin", .string),
            .required("isDataAction", .boolean))
        return Endpoint(
            .get, "operations", id: "Operations_List", tag: .workspace, "Lists what this provider can do",
            needs: .readContent, answers: [.ok(.page(of: operation))]
        ) { _ in Response(json: ["value": .array(described.map(Self.json))]) }
    }

    private static func json(_ endpoint: Endpoint) -> JSON {
        let resource = endpoint.path.split(separator: "/").filter { !$0.hasPrefix("{") }.joined(separator: "/")
        let verb =
            switch endpoint.method {
            case .get: "read"
            case .delete: "delete"
            case .post: "action"
            default: "write"
            }
        return [
            "name": .string("Microsoft.SecurityInsights/\(resource)/\(verb)"),
            "display": [
                "provider": "Microsoft Security Insights", "resource": .string(endpoint.tag.rawValue),
                "operation": .string(endpoint.summary), "description": .string(endpoint.summary),
            ],
            "origin": "user", "isDataAction": false,
        ]
    }
}
