internal import Access
internal import Chronology
internal import Hummingbird
internal import JSON
internal import StateStore
internal import Suppression
internal import WebGate

/// Suppression rules of Microsoft.Security (version 2019-01-01-preview).
struct SuppressionRoutes {
    let rules: SuppressionRules
    let names: WorkspaceNames
    let address: RequestAddress
    let now: @Sendable () -> Instant

    private static let schema = Schema.resource(
        "AlertsSuppressionRule",
        .object(
            .required("alertType", .string), .required("reason", .string),
            .required("state", .word(SuppressionRule.State.self)), .optional("comment", .string),
            .optional("expirationDateUtc", .dateTime), .readOnly("lastModifiedUtc", .any),
            .optional(
                "suppressionAlertsScope",
                .object(
                    .required(
                        "allOf",
                        .array(
                            .object(
                                .required("field", .string), .optional("in", .strings),
                                .optional("contains", .string))))))))

    var endpoints: [Endpoint] {
        let one = "alertsSuppressionRules/{rule}"
        return [
            Endpoint(
                .get, "alertsSuppressionRules", id: "AlertsSuppressionRules_List", tag: .security,
                "Lists suppression rules", needs: .readContent,
                parameters: .paging + [EndpointParameter("AlertType", "Of alerts of this kind only", .string)],
                answers: [.ok(.page(of: Self.schema))], list),
            Endpoint(
                .get, one, id: "AlertsSuppressionRules_Get", tag: .security, "Reads a suppression rule",
                needs: .readContent, answers: [.ok(Self.schema)], get),
            Endpoint(
                .put, one, id: "AlertsSuppressionRules_Update", tag: .security,
                "Creates or replaces a suppression rule", needs: .changeContent, body: .json(Self.schema),
                answers: [.ok(Self.schema)], put),
            Endpoint(
                .delete, one, id: "AlertsSuppressionRules_Delete", tag: .security, "Deletes a suppression rule",
                needs: .changeContent, answers: [.noContent], delete),
        ]
    }

    @Sendable private func list(_ call: EndpointCall) async throws -> Response {
        let type = call.query("AlertType")?.lowercased()
        let values = try await rules.all().filter { type == nil || $0.alertType.lowercased() == type }.map(json)
        return try ListRequest(call, address: address, size: ListRequest.most).answer(all: values)
    }

    @Sendable private func get(_ call: EndpointCall) async throws -> Response {
        guard let rule = try await rules.rule(call.name("rule")) else {
            throw APIError(.notFound, "there is no suppression rule '\(call.name("rule"))'")
        }
        return Response(json: json(rule))
    }

    @Sendable private func put(_ call: EndpointCall) async throws -> Response {
        let properties = call.body["properties"] ?? .null
        func text(_ name: String) -> String { properties[name]?.stringValue ?? "" }
        let state = SuppressionRule.State.allCases.first { $0.rawValue.lowercased() == text("state").lowercased() }
        let conditions = try (properties["suppressionAlertsScope"]?["allOf"]?.arrayValue ?? []).enumerated().map {
            try Self.condition($0.element, at: $0.offset)
        }
        let rule = SuppressionRule(
            name: call.name("rule"), alertType: text("alertType"), reason: text("reason"), comment: text("comment"),
            state: state ?? .disabled, expires: Instant(iso8601: text("expirationDateUtc")), conditions: conditions)
        do {
            return Response(json: json(try await rules.save(rule, by: try call.actor)))
        } catch let fault as SuppressionFault {
            throw APIError(
                fault.code == .invalid ? .badRequest : .internalError, fault.message,
                target: fault.target.map { $0 == "name" ? $0 : "properties.\($0)" })
        }
    }

    private static func condition(_ json: JSON, at place: Int) throws(APIError) -> SuppressionRule.Condition {
        let field = json["field"]?.stringValue ?? ""
        if let texts = json["in"]?.arrayValue {
            return SuppressionRule.Condition(field: field, test: .isOne(of: texts.compactMap(\.stringValue)))
        }
        guard let text = json["contains"]?.stringValue, !text.isEmpty else {
            throw APIError.badRequest(
                "a condition has 'in' or 'contains'", target: "properties.suppressionAlertsScope.allOf[\(place)]")
        }
        return SuppressionRule.Condition(field: field, test: .contains(text))
    }

    @Sendable private func delete(_ call: EndpointCall) async throws -> Response {
        _ = try await rules.delete(call.name("rule"), by: try call.actor)
        return Response(status: .noContent)
    }

    private func json(_ rule: SuppressionRule) -> JSON {
        let conditions = rule.conditions.map { condition -> JSON in
            switch condition.test {
            case .isOne(let texts): ["field": .string(condition.field), "in": .array(texts.map { .string($0) })]
            case .contains(let text): ["field": .string(condition.field), "contains": .string(text)]
            }
        }
        return Resource(
            id:
                "/subscriptions/\(names.subscriptionID)/providers/Microsoft.Security/alertsSuppressionRules/\(rule.name)",
            name: rule.name, type: "Microsoft.Security/alertsSuppressionRules",
            properties: [
                "alertType": .string(rule.alertType), "reason": .string(rule.reason),
                "state": .string(rule.state(at: now()).rawValue), "comment": .string(rule.comment),
                "lastModifiedUtc": .string(rule.modified.description),
                "expirationDateUtc": rule.expires.map { .string($0.description) } ?? .null,
                "suppressionAlertsScope": conditions.isEmpty ? .null : ["allOf": .array(conditions)],
            ]
        ).json
    }
}
