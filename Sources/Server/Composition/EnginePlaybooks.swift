internal import API
internal import Casebook
internal import Response
internal import StateStore

/// The response room as the API starts playbooks in it.
struct EnginePlaybooks: PlaybookStarter {
    let engine: ResponseEngine

    func start(_ playbook: PlaybookReference, on incident: IncidentID, by actor: JournalActor) async throws {
        try await refusing { _ = try await engine.start(playbook: playbook.name, on: incident, by: actor) }
    }

    func start(
        _ playbook: PlaybookReference, on entity: EntityID, of incident: IncidentID?, by actor: JournalActor
    ) async throws {
        try await refusing {
            _ = try await engine.start(playbook: playbook.name, on: entity, of: incident, by: actor)
        }
    }

    private func refusing(_ body: () async throws -> Void) async throws {
        do {
            try await body()
        } catch let error as ResponseError {
            throw PlaybookRefusal(
                error.code == .playbookNotFound || error.code == .notFound ? .unknown : .wrongTrigger, error.message)
        }
    }
}
