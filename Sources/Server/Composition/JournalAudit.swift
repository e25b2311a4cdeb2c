internal import API
internal import JSON
internal import Logging
internal import StateStore

/// Keeps calls that change something in the journal, whence they become rows of `SentinelAudit`.
struct JournalAudit: EndpointAudit {
    let core: Core

    func note(_ record: AuditRecord) async {
        let draft = JournalDraft(
            time: core.time.now(), kind: .endpointCalled, subject: record.path, actor: record.actor,
            payload: record.json)
        do {
            try await core.database.write { [journal = core.database.journal] database in
                _ = try journal.append(draft, in: database)
            }
        } catch {
            core.logger.error(
                "a call is missing in the audit",
                metadata: ["operation": "\(record.operation)", "path": "\(record.path)", "reason": "\(error)"])
        }
    }
}
