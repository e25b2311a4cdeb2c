internal import Access
internal import HTTPTypes
public import Hummingbird
internal import JSON
public import WebGate

/// What Elasticsearch's clients (Beats, Logstash, Vector, Fluent Bit, the language clients) ask before they send.
///
/// Templates and life-cycle policies are said to exist already, since tables come with their columns and retention here;
/// so no client tries to install its own. Ingest pipelines are not claimed: sources map records instead.
struct ElasticHandshake {
    /// The release whose behaviour is followed.
    private static let version = "9.0.0"
    private static let cluster = "tocsin"

    var endpoints: [Endpoint] {
        var endpoints = [
            ("_license", "License", Self.license), ("_xpack", "Features", Self.features),
            ("_cluster/health", "Health", Self.health), ("_cluster/health/{index}", "IndexHealth", Self.health),
            ("_nodes/http", "Nodes", Self.nodes),
        ].map { path, name, answer in
            Self.endpoint(.get, path, name) { _, _ in Response(json: answer) }
        }
        endpoints.append(
            Self.endpoint(.get, "_ilm/policy/{name}", "Policy") { _, context in
                Response(json: [try context.parameters.require("name"): ["version": 1, "policy": ["phases": [:]]]])
            })
        for kind in ["_index_template", "_component_template", "_template"] {
            endpoints.append(Self.endpoint(.get, "\(kind)/{name}", "Get\(kind)", template))
            endpoints.append(Self.endpoint(.head, "\(kind)/{name}", "Head\(kind)") { _, _ in Response(status: .ok) })
            endpoints.append(Self.endpoint(.put, "\(kind)/{name}", "Put\(kind)", Self.acknowledge))
        }
        endpoints.append(Self.endpoint(.put, "_ilm/policy/{name}", "PutPolicy", Self.acknowledge))
        return endpoints
    }

    private static func endpoint(
        _ method: HTTPRequest.Method, _ path: String, _ name: String, _ action: @escaping Endpoint.StreamAction
    ) -> Endpoint {
        Endpoint(
            method, path, id: "Elastic_\(name)", tag: .ingestion, "Answers what Elasticsearch's clients ask first",
            access: .permission(.ingestEvents), failure: ElasticError.schema,
            answers: [method == .head ? .done : .ok(.any)], handling: .stream(action))
    }

    @Sendable private static func acknowledge(
        _ request: Request, context: TocsinRequestContext
    ) async throws -> Response {
        Response(json: ["acknowledged": true])
    }

    @Sendable private func template(_ request: Request, context: TocsinRequestContext) async throws -> Response {
        let name = try context.parameters.require("name")
        let pattern = JSON.string("\(name)*")
        if request.uri.path.contains("/_template/") {
            return Response(json: [name: ["index_patterns": [pattern], "settings": [:], "mappings": [:]]])
        }
        let isComponent = request.uri.path.contains("/_component_template/")
        return Response(
            json: isComponent
                ? ["component_templates": [["name": .string(name), "component_template": ["template": [:]]]]]
                : [
                    "index_templates": [
                        ["name": .string(name), "index_template": ["index_patterns": [pattern], "data_stream": [:]]]
                    ]
                ])
    }

    /// The answer to `GET /`.
    static let greeting: JSON = [
        "name": .string(cluster), "cluster_name": .string(cluster), "cluster_uuid": "dG9jc2luLWV2ZW50LXN0b3Jl",
        "version": [
            "number": .string(version), "build_flavor": "default", "build_type": "tar", "build_hash": "tocsin",
            "build_date": "2025-04-08T00:00:00.000000000Z", "build_snapshot": false, "lucene_version": "10.1.0",
            "minimum_wire_compatibility_version": "8.18.0", "minimum_index_compatibility_version": "8.0.0",
        ],
        "tagline": "You Know, for Search",
    ]

    private static let license: JSON = [
        "license": [
            "status": "active", "uid": "00000000-0000-0000-0000-000000000001", "type": "basic",
            "issue_date": "2025-01-01T00:00:00.000Z", "issue_date_in_millis": 1_735_689_600_000, "max_nodes": 1000,
            "issued_to": .string(cluster), "issuer": .string(cluster), "start_date_in_millis": -1,
        ]
    ]

    private static let features: JSON = [
        "build": ["hash": "tocsin", "date": "2025-04-08T00:00:00.000Z"],
        "license": [
            "uid": "00000000-0000-0000-0000-000000000001", "type": "basic", "mode": "basic", "status": "active",
        ],
        "features": [
            "ilm": ["available": true, "enabled": true], "security": ["available": true, "enabled": true],
            "monitoring": ["available": false, "enabled": false],
        ],
        "tagline": "You know, for X",
    ]

    private static let health: JSON = [
        "cluster_name": .string(cluster), "status": "green", "timed_out": false, "number_of_nodes": 1,
        "number_of_data_nodes": 1, "active_primary_shards": 1, "active_shards": 1, "relocating_shards": 0,
        "initializing_shards": 0, "unassigned_shards": 0, "delayed_unassigned_shards": 0, "number_of_pending_tasks": 0,
        "number_of_in_flight_fetch": 0, "task_max_waiting_in_queue_millis": 0, "active_shards_percent_as_number": 100,
    ]

    private static let nodes: JSON = [
        "_nodes": ["total": 1, "successful": 1, "failed": 0], "cluster_name": .string(cluster),
        "nodes": [
            "tocsin": [
                "name": .string(cluster), "version": .string(version), "build_flavor": "default",
                "roles": ["data", "ingest", "master"],
            ]
        ],
    ]
}

/// Answers `GET /` and `HEAD /` of Elasticsearch's clients, where people find the portal.
///
/// A client is known by what it presents and no browser does: Basic or ApiKey credentials, or a media type or user agent
/// of Elastic's.
public struct ElasticGreeting: RouterMiddleware {
    private let gate: Gate

    /// - Parameter gate: takes the credentials that such clients present.
    public init(gate: Gate) {
        self.gate = gate
    }

    public func handle(
        _ request: Request, context: TocsinRequestContext,
        next: @concurrent (Request, TocsinRequestContext) async throws -> Response
    ) async throws -> Response {
        guard request.uri.path == "/" || request.uri.path.isEmpty, request.method == .get || request.method == .head,
            Self.isClient(request.headers)
        else { return try await next(request, context) }
        var response = try await ElasticRoutes.answers.handle(request, context: context) { request, context in
            try await gate.handle(request, context: context) { _, _ in Response(json: ElasticHandshake.greeting) }
        }
        if request.method == .head { response.body = ResponseBody() }
        ElasticProduct.mark(&response)
        return response
    }

    private static func isClient(_ headers: HTTPFields) -> Bool {
        if let authorization = headers[.authorization]?.lowercased() {
            return authorization.hasPrefix("basic ") || authorization.hasPrefix("apikey ")
        }
        let agent = headers[.userAgent]?.lowercased() ?? ""
        return headers[.accept]?.contains("vnd.elasticsearch") == true
            || [
                "elasticsearch", "elastic-", "filebeat", "winlogbeat", "metricbeat", "auditbeat", "packetbeat",
                "heartbeat", "logstash", "vector/", "fluent-bit",
            ].contains { agent.contains($0) }
    }
}
