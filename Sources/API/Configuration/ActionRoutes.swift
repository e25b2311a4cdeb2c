internal import Access
internal import Hummingbird
internal import JSON

/// `alertRules/{rule}/actions`: playbooks that run for each alert of a rule (classic alert automation).
struct ActionRoutes: Sendable {
    let rules: any ResourceDesk
    let actions: @Sendable (_ rule: String) -> any ResourceDesk
    let names: WorkspaceNames

    private static let schema = Schema.resource(
        "ActionRule",
        .object(.required("logicAppResourceId", .string(1...1_000)), .optional("triggerUri", .string)))

    var endpoints: [Endpoint] {
        let path = "alertRules/{rule}/actions"
        return [
            Endpoint(
                .get, path, id: "Actions_ListByAlertRule", tag: .rules, "Lists the actions of a rule",
                needs: .readContent, answers: [.ok(.page(of: Self.schema))], list),
            Endpoint(
                .get, "\(path)/{action}", id: "Actions_Get", tag: .rules, "Reads an action of a rule",
                needs: .readContent, answers: [.ok(Self.schema)], get),
            Endpoint(
                .put, "\(path)/{action}", id: "Actions_CreateOrUpdate", tag: .rules,
                "Lets a playbook run for each alert of a rule", needs: .changeContent, body: .json(Self.schema),
                answers: [.ok(Self.schema), .created(Self.schema), .conflict], put),
            Endpoint(
                .delete, "\(path)/{action}", id: "Actions_Delete", tag: .rules, "Deletes an action of a rule",
                needs: .changeContent, answers: [.done, .noContent], delete),
        ]
    }

    @Sendable private func list(_ call: EndpointCall) async throws -> Response {
        let rule = try await rule(call)
        let all = try await actions(rule).all()
        return Response(json: ["value": .array(all.map { json($0, of: rule) })])
    }

    @Sendable private func get(_ call: EndpointCall) async throws -> Response {
        let rule = try await rule(call)
        guard let action = try await actions(rule).find(call.name("action")) else {
            throw APIError(.notFound, "the rule has no action '\(call.name("action"))'", target: "action")
        }
        return Response(json: json(action, of: rule))
    }

    @Sendable private func put(_ call: EndpointCall) async throws -> Response {
        let rule = try await rule(call)
        do {
            let (action, isNew) = try await actions(rule).put(
                call.name("action"), kind: nil, properties: call.body["properties"] ?? .null,
                replacing: call.body["etag"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 })
            return Response(status: isNew ? .created : .ok, json: json(action, of: rule))
        } catch let refusal as ResourceRefusal {
            throw APIError(refusal.code == .conflict ? .conflict : .badRequest, "\(refusal)", target: refusal.target)
        }
    }

    @Sendable private func delete(_ call: EndpointCall) async throws -> Response {
        let rule = try await rule(call)
        return Response(status: try await actions(rule).delete(call.name("action")) ? .ok : .noContent)
    }

    private func rule(_ call: EndpointCall) async throws -> String {
        guard let rule = try await rules.find(call.name("rule")) else {
            throw APIError(.notFound, "there is no rule '\(call.name("rule"))'", target: "rule")
        }
        return rule.name
    }

    private func json(_ action: KeptResource, of rule: String) -> JSON {
        var properties = action.properties.objectValue ?? [:]
        // The address holds the playbook's secret and is only ever written.
        properties["triggerUri"] = nil
        let playbook = properties["logicAppResourceId"]?.stringValue ?? ""
        properties["workflowId"] = .string(playbook.split(separator: "/").last.map(String.init) ?? playbook)
        return Resource(
            id: "\(names.securityInsights)/alertRules/\(rule)/actions/\(action.name)", name: action.name,
            type: "Microsoft.SecurityInsights/alertRules/actions", etag: action.etag, properties: .object(properties)
        ).json
    }
}
