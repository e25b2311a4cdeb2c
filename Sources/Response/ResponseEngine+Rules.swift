internal import Casebook
internal import Chronology
internal import JSON
internal import Logging
internal import StateStore
internal import Vocabulary
internal import Workflow

// Applying the automation rules.
extension ResponseEngine {
    private static let loopWindow = TimeSpan.minutes(10)
    private static let maximumFirings = 10

    /// Applies the rules, one after another, to what waits of a subject. Doing it again has no further effect.
    func applyRules(to subject: String) async throws {
        let sequences = try await passes.sequences(of: subject)
        for entry in try await journal.entries(at: sequences) {
            if let occasion = RuleOccasion(entry) { try await apply(to: occasion) }
        }
        try await passes.finish(sequences)
    }

    private func apply(to occasion: RuleOccasion) async throws {
        let wanted = rules.filter { $0.isActive(at: time.now()) && occasion.concerns($0) }
        guard !wanted.isEmpty else { return }
        let firings = try await passes.firings(at: occasion.sequence)
        var facts = OccasionFacts(of: occasion, casebook)
        for (index, rule) in wanted.enumerated() {
            switch firings[rule.id] {
            case .done: continue
            case .begun: break
            case nil:
                guard try await facts.satisfy(rule.conditions), try await isFree(rule, of: occasion) else { continue }
                try await passes.begin(rule.id, at: occasion.sequence, on: occasion.subjectID, time: time.now())
            }
            try await apply(rule, to: occasion, isLast: index == wanted.count - 1)
            facts.forget()
        }
    }

    private func apply(_ rule: AutomationRule, to occasion: RuleOccasion, isLast: Bool) async throws {
        var faults: [String] = []
        for (index, action) in rule.actions.enumerated() {
            let key = "\(occasion.sequence)/\(rule.id)/\(index)"
            do {
                let isFinal = isLast && index == rule.actions.count - 1
                try await perform(action, of: rule, on: occasion, key: key, waits: !isFinal)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                faults.append("\(action.typeName): \(error)")
                logger.warning(
                    "an action of an automation rule failed: \(error)", metadata: ["rule": "\(rule.displayName)"])
            }
        }
        let error = faults.isEmpty ? nil : faults.joined(separator: "; ")
        try await passes.end(rule.id, at: occasion.sequence, error: error)
    }

    /// A rule is not set off by what it did itself, directly or through a playbook, and not without end.
    private func isFree(_ rule: AutomationRule, of occasion: RuleOccasion) async throws -> Bool {
        if occasion.actor.kind == .automationRule, occasion.actor.id == rule.id { return false }
        if occasion.actor.kind == .playbook,
            try await runner.store.hasRun(
                playbook: occasion.actor.id, incident: occasion.subjectID, rule: rule.id)
        {
            return false
        }
        let firings = try await passes.count(
            of: rule.id, on: occasion.subjectID, since: time.now() + -Self.loopWindow)
        if firings >= Self.maximumFirings {
            logger.warning(
                "an automation rule took effect \(firings) times in 10 minutes and is held back",
                metadata: ["rule": "\(rule.displayName)", "subject": "\(occasion.subjectID)"])
        }
        return firings < Self.maximumFirings
    }

    private func perform(
        _ action: RuleAction, of rule: AutomationRule, on occasion: RuleOccasion, key: String, waits: Bool
    ) async throws {
        let actor = JournalActor(kind: .automationRule, id: rule.id, name: rule.displayName)
        switch (action, occasion.subject) {
        case (.runPlaybook(let reference), _):
            let playbook = try playbook(reference)
            let id = SentinelConnector.identifier(for: key)
            let started = try await runner.start(
                try await request(playbook, id: id, for: occasion, rule: rule.id, by: actor))
            guard waits, options.playbookWait > .zero else { return }
            for run in started { _ = try await runner.end(of: run, within: options.playbookWait) }
        case (.modifyProperties(var change), .incidentCreated(let id)),
            (.modifyProperties(var change), .incidentUpdated(let id, _)):
            if change.status == .closed, change.classification == nil { change.classification = .undetermined }
            try await casebook.update(id, change, by: actor)
        case (.addTask(let title, let description), .incidentCreated(let id)),
            (.addTask(let title, let description), .incidentUpdated(let id, _)):
            _ = try await casebook.addTask(
                title: title, description: description, to: id, id: TaskID(SentinelConnector.identifier(for: key)),
                by: actor)
        case (.setType(let name), .incidentCreated(let id)), (.setType(let name), .incidentUpdated(let id, _)):
            guard let type = options.incidentTypes[name] else {
                let known = options.incidentTypes.all.map(\.name).sorted().joined(separator: ", ")
                throw ResponseError(
                    .notSupported,
                    "there is no type of incident '\(name)'; there are: \(known.isEmpty ? "none" : known)")
            }
            try await casebook.apply(type, to: id, by: actor)
        case (.modifyProperties, .alertCreated), (.addTask, .alertCreated), (.setType, .alertCreated):
            throw ResponseError(.notSupported, "a rule about alerts can only run playbooks")
        }
    }

    func playbook(_ reference: String) throws(ResponseError) -> Playbook {
        guard let playbook = shelf.library.playbook(reference) else {
            throw ResponseError(.playbookNotFound, "there is no playbook '\(reference)'")
        }
        return playbook
    }

    private func request(
        _ playbook: Playbook, id: String, for occasion: RuleOccasion, rule: String, by actor: JournalActor
    ) async throws -> RunRequest {
        switch occasion.subject {
        case .incidentCreated(let incident):
            try await request(playbook, id: id, on: incident, update: nil, rule: rule, by: actor)
        case .incidentUpdated(let incident, let update):
            try await request(playbook, id: id, on: incident, update: update, rule: rule, by: actor)
        case .alertCreated(let alert):
            try await request(playbook, id: id, onAlert: alert, rule: rule, by: actor)
        }
    }
}
