internal import API
internal import Chronology
internal import Foundation
internal import JSON
internal import Response
internal import StateStore

/// Automation rules as resources: the files of those that clients write, which join those of the content folder.
actor AutomationRuleDesk: ResourceDesk {
    private let core: Core
    private let engine: ResponseEngine
    private let folder: ResourceFolder

    init(_ life: Life) {
        core = life.core
        engine = life.response
        folder = Responding.written(life.core.settings)
    }

    func all() -> [KeptResource] { kept { !$0.hasPrefix("action.") } }

    /// Those that are actions of analytics rules.
    var actions: [KeptResource] { kept { $0.hasPrefix("action.") } }

    private func kept(_ isWanted: (String) -> Bool) -> [KeptResource] {
        folder.names.filter(isWanted).compactMap { find($0) }
    }

    func find(_ name: String) -> KeptResource? {
        folder.resource(name).map { resource in
            var members = resource["properties"]?.objectValue ?? [:]
            let written = folder.modified(name).map { Instant(unixSeconds: $0.timeIntervalSince1970) }
            var kept = KeptResource(resource["name"]?.stringValue ?? name, kind: nil, .object(members))
            members["createdTimeUtc"] = resource["created"]
            members["lastModifiedTimeUtc"] = written.map { .string($0.description) }
            let client: JSON = ["name": "Tocsin", "email": .null, "objectId": .null, "userPrincipalName": .null]
            members["createdBy"] = client
            members["lastModifiedBy"] = client
            kept.properties = .object(members)
            kept.modified = written
            return kept
        }
    }

    func put(
        _ name: String, kind: String?, properties: JSON, replacing etag: String?
    ) throws -> (resource: KeptResource, isNew: Bool) {
        let known = find(name)
        if let etag, let known, known.etag.bareEtag != etag.bareEtag {
            throw ResourceRefusal(
                "the rule has been changed meanwhile; its etag is \(known.etag)", target: "etag", code: .conflict)
        }
        let written = Self.written(properties)
        let (_, problems) = AutomationRuleFile.read(["properties": written], id: name)
        if let problem = problems.first {
            throw ResourceRefusal(
                problem.message, target: problem.path.isEmpty ? "properties" : "properties.\(problem.path)")
        }
        let created = folder.resource(name)?["created"] ?? .string(core.time.now().description)
        try folder.write(name, ["name": .string(name), "created": created, "properties": written])
        engine.replace(rules: Responding.rules(core))
        guard let made = find(name) else {
            throw ResourceRefusal("the rule was written but cannot be read back", target: nil)
        }
        return (made, known == nil)
    }

    func delete(_ name: String) throws -> Bool {
        let wasThere = try folder.remove(name)
        if wasThere { engine.replace(rules: Responding.rules(core)) }
        return wasThere
    }

    /// What a client says, without what only answers say.
    private static func written(_ properties: JSON) -> JSON {
        var members = properties.objectValue ?? [:]
        for name in ["createdTimeUtc", "lastModifiedTimeUtc", "createdBy", "lastModifiedBy"] { members[name] = nil }
        return .object(members)
    }
}

/// The actions of an analytics rule: each is an automation rule that runs a playbook for every alert of the rule.
struct RuleActionDesk: ResourceDesk {
    let rule: String
    let automation: AutomationRuleDesk

    private var prefix: String { "action.\(rule)." }

    func all() async -> [KeptResource] {
        await automation.actions.filter { $0.name.hasPrefix(prefix) }.map(action)
    }

    func find(_ name: String) async -> KeptResource? { await automation.find(prefix + name).map(action) }

    func put(
        _ name: String, kind: String?, properties: JSON, replacing etag: String?
    ) async throws -> (resource: KeptResource, isNew: Bool) {
        guard let playbook = properties["logicAppResourceId"]?.stringValue else {
            throw ResourceRefusal("'logicAppResourceId' is required", target: "properties.logicAppResourceId")
        }
        let rule: JSON = [
            "displayName": .string("Action \(name) of rule \(self.rule)"), "order": 1,
            "triggeringLogic": [
                "isEnabled": true, "triggersOn": "Alerts", "triggersWhen": "Created",
                "conditions": [
                    [
                        "conditionType": "Property",
                        "conditionProperties": [
                            "propertyName": "AlertAnalyticRuleIds", "operator": "Equals",
                            "propertyValues": [.string(self.rule)],
                        ],
                    ]
                ],
            ],
            "actions": [
                [
                    "order": 1, "actionType": "RunPlaybook",
                    "actionConfiguration": ["logicAppResourceId": .string(playbook)],
                ]
            ],
        ]
        let (resource, isNew) = try await automation.put(
            prefix + name, kind: nil, properties: rule, replacing: etag)
        return (action(resource), isNew)
    }

    func delete(_ name: String) async throws -> Bool { try await automation.delete(prefix + name) }

    private func action(_ resource: KeptResource) -> KeptResource {
        var copy = resource
        copy.name = String(resource.name.dropFirst(prefix.count))
        copy.properties = [
            "logicAppResourceId": resource.properties["actions"]?[0]?["actionConfiguration"]?["logicAppResourceId"]
                ?? .null
        ]
        return copy
    }
}

/// The desks of the resources that say how the installation works.
enum Configuring {
    static func desks(_ life: Life) -> ConfigurationDesks {
        let automation = AutomationRuleDesk(life)
        return ConfigurationDesks(
            alertRules: AlertRuleDesk(life), alertRuleTemplates: AlertRuleTemplateDesk(library: life.library),
            automationRules: automation, actions: { RuleActionDesk(rule: $0, automation: automation) })
    }
}
