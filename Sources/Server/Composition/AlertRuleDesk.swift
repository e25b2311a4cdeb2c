internal import API
internal import Chronology
internal import Crypto
internal import Detection
internal import EventStore
internal import Foundation
internal import JSON
internal import KQL
internal import StateStore
internal import Watchlists

/// Analytics rules as resources: those in force, and the files of those that clients write.
actor AlertRuleDesk: ResourceDesk {
    private let core: Core
    private let library: RuleLibrary
    private let stages: RuleStages
    private let folder: ResourceFolder

    init(_ life: Life) {
        core = life.core
        library = life.library
        stages = life.proving.desk.stages
        folder = Rules.written(life.core.settings)
    }

    func all() -> [KeptResource] { library.current.resources.map(stamped) }

    func find(_ name: String) -> KeptResource? {
        library.current.resources.first { $0.name == name.lowercased() }.map(stamped)
    }

    func put(
        _ name: String, kind: String?, properties: JSON, replacing etag: String?
    ) async throws -> (resource: KeptResource, isNew: Bool) {
        let name = name.lowercased()
        let known = find(name)
        if let etag, let known, known.etag.bareEtag != etag.bareEtag {
            throw ResourceRefusal(
                "the rule has been changed meanwhile; its etag is \(known.etag)", target: "etag", code: .conflict)
        }
        let kind = kind ?? ""
        if let known, known.kind?.lowercased() != kind.lowercased() {
            throw ResourceRefusal(
                "the rule is of kind \(known.kind ?? ""); delete it to give it another", target: "kind", code: .conflict
            )
        }
        try folder.write(name, try checked(name, kind: kind, properties))
        try await library.refresh(
            tables: core.events.schemas, watchlists: core.watchlists.changes.position)
        try await promote(name, properties)
        guard let made = find(name) else {
            throw ResourceRefusal("the rule was written but is not in force; the server's log says why", target: nil)
        }
        return (made, known == nil)
    }

    func delete(_ name: String) async throws -> Bool {
        let name = name.lowercased()
        guard find(name) != nil else { return false }
        _ = try folder.remove(name)
        if library.current.templates.contains(where: { $0.id == name }) { try folder.mark(name) }
        try await library.refresh(
            tables: core.events.schemas, watchlists: core.watchlists.changes.position)
        return true
    }

    /// Who writes that a rule's alerts become incidents has decided about it: it needs no trial.
    private func promote(_ name: String, _ properties: JSON) async throws {
        guard properties["incidentConfiguration"]?["createIncident"]?.boolValue == true,
            let rule = library.current.analytics.first(where: { $0.id == name })
        else { return }
        try await stages.set(
            .active, of: KnownRule(.analytics(rule)), reason: "written with incidents",
            by: JournalActor(kind: .system, id: "api", name: "API"))
    }

    /// What is to be kept of the rule.
    private func checked(_ name: String, kind: String, _ properties: JSON) throws -> JSON {
        let environment = library.environment
        do {
            return try RuleSubmission(id: name, kind: kind, properties: properties) { query in
                var environment = environment
                environment.tables = core.events.layout
                return QueryCheck(query, environment: environment)
            }.resource
        } catch {
            throw ResourceRefusal(error.description, target: error.target)
        }
    }

    /// With the time of the last change, for what was written.
    private func stamped(_ resource: KeptResource) -> KeptResource {
        guard let date = folder.modified(resource.name), var members = resource.properties.objectValue else {
            return resource
        }
        var copy = resource
        let time = Instant(unixSeconds: date.timeIntervalSince1970)
        copy.modified = time
        members["lastModifiedUtc"] = .string(time.description)
        copy.properties = .object(members)
        return copy
    }
}

/// The rules that ship with Tocsin, as templates.
struct AlertRuleTemplateDesk: ResourceDesk {
    let library: RuleLibrary

    func all() -> [KeptResource] { library.current.templateResources }

    func find(_ name: String) -> KeptResource? { all().first { $0.name == name.lowercased() } }

    func put(
        _ name: String, kind: String?, properties: JSON, replacing etag: String?
    ) throws -> (resource: KeptResource, isNew: Bool) {
        throw ResourceRefusal("templates ship with Tocsin and cannot be written", target: "name")
    }

    func delete(_ name: String) throws -> Bool { false }
}

extension Rules {
    /// All rules but Sigma's in the shape of the API.
    var resources: [KeptResource] {
        analytics.map { KeptResource($0.id, kind: $0.timing.kind, $0.properties) }
            + incidentCreation.map { KeptResource($0.id, kind: IncidentCreationRule.kind, $0.properties) }
            + engines.map { KeptResource($0.id, kind: $0.engine.rawValue, $0.properties) }
    }

    /// The rules that ship as templates.
    var templateResources: [KeptResource] {
        templates.map { rule in
            var members = rule.properties.objectValue ?? [:]
            for name in ["enabled", "alertRuleTemplateName", "templateVersion"] { members[name] = nil }
            members["status"] = "Available"
            members["alertRulesCreatedByTemplateCount"] = .int(
                Int64(analytics.count { $0.templateID == rule.id }))
            members["requiredDataConnectors"] = rule.requiredDataConnectors
            members["version"] = .string(rule.version)
            return KeptResource(rule.id, kind: rule.timing.kind, .object(members))
        }
    }
}

extension KeptResource {
    /// A resource whose etag is made of its content.
    init(_ name: String, kind: String?, _ properties: JSON) {
        let digest = SHA256.hash(data: Data("\(name) \(kind ?? "") \(properties)".utf8)).prefix(16)
        let digits = digest.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
        self.init(name: name, kind: kind, properties: properties, modified: nil, etag: "\"\(digits)\"")
    }
}

extension String {
    /// An etag without its quotes and the mark of weak ones.
    var bareEtag: String { replacing("W/", with: "").filter { $0 != "\"" } }
}
