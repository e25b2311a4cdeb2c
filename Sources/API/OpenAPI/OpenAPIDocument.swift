internal import Access
internal import Foundation
internal import HTTPTypes
internal import JSON

/// The OpenAPI 3.1 document of a set of endpoints.
struct OpenAPIDocument: Sendable {
    private let places: [EndpointPlace]

    /// - Parameter lists: All endpoints with their places; an endpoint's first place gives its operation the plain id.
    init(_ lists: [EndpointList]) {
        var seen: [String: Int] = [:]
        var places: [EndpointPlace] = []
        for (mount, endpoint) in lists.flatMap(\.places) {
            places.append(EndpointPlace(endpoint, mount: mount, number: seen[endpoint.id, default: 0]))
            seen[endpoint.id, default: 0] += 1
        }
        self.places = places
    }

    var json: JSON {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Tocsin", "version": "1",
                "description": .string(
                    "Each operation answers at a short path, and many at the path of Azure's API too. Paths disregard letter "
                        + "case. A parameter `api-version` is taken and disregarded."),
            ],
            "servers": [["url": "/"]],
            "tags": .array(tags.map { ["name": .string($0)] }),
            "paths": paths,
            "components": ["schemas": components, "securitySchemes": Self.securitySchemes],
        ]
    }

    private var tags: [String] { Set(places.map(\.endpoint.tag.rawValue)).sorted() }

    private var paths: JSON {
        var paths = JSONObject()
        for place in places.sorted(by: { $0.template < $1.template }) {
            var item = paths[place.template]?.objectValue ?? [:]
            item[place.endpoint.method.rawValue.lowercased()] = place.json
            paths[place.template] = .object(item)
        }
        return .object(paths)
    }

    private var components: JSON {
        var found: [String: Schema] = [:]
        for endpoint in places.map(\.endpoint) {
            endpoint.body?.schema.collectComponents(into: &found)
            for answer in endpoint.allAnswers { answer.schema?.collectComponents(into: &found) }
            for parameter in endpoint.parameters { parameter.schema.collectComponents(into: &found) }
        }
        return .object(JSONObject(found.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }) { $1 })
    }

    private static let securitySchemes: JSON = [
        "token": [
            "type": "http", "scheme": "bearer",
            "description": "A token of this installation, or an access token that its authority gave for one",
        ],
        "sharedKey": [
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "SharedKey WORKSPACE:SIGNATURE, as the HTTP Data Collector API signs",
        ],
    ]

    // MARK: For people

    /// The endpoints as Markdown tables, section by section.
    var markdown: String {
        let intro = """
            # API reference

            Made by `make generate` from the endpoints that route the requests. `{SI}` stands for the path of
            Microsoft.SecurityInsights in this installation's workspace. What requests and answers hold stands in
            `/api/openapi.json` of a running installation, and for people at `/reference` of its portal; what they mean
            in [api.md](api.md).

            """
        let sections = tags.map { tag -> String in
            let rows = places.filter { $0.endpoint.tag.rawValue == tag && $0.number == 0 }.map { place -> String in
                let others = places.filter { $0.endpoint.id == place.endpoint.id && $0.number > 0 }
                let also = others.isEmpty ? "" : " ¹"
                let codes = place.endpoint.allAnswers.map { "\($0.status.code)" }.joined(separator: " ")
                return
                    "| `\(place.endpoint.method.rawValue) \(place.shortTemplate)`\(also) | \(place.endpoint.summary) | "
                    + "\(place.endpoint.access.words) | \(codes) |"
            }
            return """

                ## \(tag)

                | method and path | | permission | answers |
                | --- | --- | --- | --- |
                \(rows.joined(separator: "\n"))

                """
        }
        return intro + sections.joined() + "\n¹ Also at the path of Azure's API.\n"
    }
}

extension EndpointAccess {
    fileprivate var words: String {
        switch self {
        case .permission(let permission): "`\(permission.rawValue)`"
        case .anybody: "none"
        case .sharedKey: "a shared key"
        }
    }
}

/// An endpoint at one of its places, as an operation.
private struct EndpointPlace {
    let endpoint: Endpoint
    /// Where among the endpoint's places, from 0.
    let number: Int
    let template: String

    init(_ endpoint: Endpoint, mount: String, number: Int) {
        self.endpoint = endpoint
        self.number = number
        template = "/" + (mount + "/" + endpoint.path).split(separator: "/").joined(separator: "/")
    }

    /// The template with the long ARM path cut short.
    var shortTemplate: String {
        guard let place = template.range(of: "/providers/Microsoft.SecurityInsights") else { return template }
        return template.hasPrefix("/subscriptions/") ? "{SI}" + template[place.upperBound...] : template
    }

    private var names: [String] {
        template.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }

    var json: JSON {
        var members: JSONObject = [
            "operationId": .string(number == 0 ? endpoint.id : "Azure\(number == 1 ? "" : "\(number)")_\(endpoint.id)"),
            "tags": [.string(endpoint.tag.rawValue)], "summary": .string(endpoint.summary),
        ]
        switch endpoint.access {
        case .permission(let permission):
            members["description"] = .string("Needs the permission `\(permission.rawValue)`.")
            members["security"] = [["token": []]]
            members["x-tocsin-permission"] = .string(permission.rawValue)
        case .sharedKey: members["security"] = [["sharedKey": []]]
        case .anybody: members["security"] = []
        }
        let parameters = names.map(Self.pathParameter) + endpoint.parameters.map(\.json)
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        members["requestBody"] = endpoint.body?.json
        members["responses"] = .object(
            JSONObject(
                endpoint.allAnswers.map { ("\($0.status.code)", $0.json(endpoint.answerTypes)) },
                uniquingKeysWith: { $1 }))
        return .object(members)
    }

    private static func pathParameter(_ name: String) -> JSON {
        ["name": .string(name), "in": "path", "required": true, "schema": ["type": "string", "minLength": 1]]
    }
}

extension EndpointParameter {
    fileprivate var json: JSON {
        [
            "name": .string(name), "in": .string(place.rawValue), "required": .bool(isRequired),
            "description": .string(summary), "schema": schema.json,
        ]
    }
}

extension EndpointBody {
    fileprivate var json: JSON {
        var content = JSONObject()
        for type in contentTypes { content[type] = ["schema": schema.json] }
        return ["required": .bool(isRequired), "content": .object(content)]
    }
}

extension EndpointAnswer {
    fileprivate func json(_ types: [String]) -> JSON {
        var members: JSONObject = ["description": .string(summary)]
        if let schema {
            var content = JSONObject()
            for type in contentType.map({ [$0] }) ?? types { content[type] = ["schema": schema.json] }
            members["content"] = .object(content)
        }
        return .object(members)
    }
}
