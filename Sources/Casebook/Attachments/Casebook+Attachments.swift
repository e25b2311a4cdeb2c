internal import Chronology
public import Foundation
internal import GRDB
public import StateStore

extension Casebook {
    /// Adds a file.
    ///
    /// - Parameter name: Folders in it are left out.
    /// - Throws: `CasebookError` with code `notFound`, `invalidField` for a bad name or an empty file, or `limitReached`
    ///   beyond 25 MiB or 50 files.
    @discardableResult
    public func addAttachment(
        _ bytes: Data,
        named name: String,
        to id: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Attachment {
        let folder = try requireFolder()
        let name = String(name.split(whereSeparator: { $0 == "/" || $0 == "\\" }).last ?? "")
        try FieldCheck.identifier(name, field: "name")
        guard !bytes.isEmpty else { throw CasebookError(.invalidField, field: "content", "the file is empty") }
        try FieldCheck.count(bytes.count, field: "bytes", most: CasebookLimits.attachmentBytes)
        let digest = AttachmentFolder.digest(of: bytes)
        guard try await incident(id) != nil else { throw CasebookError(.notFound, "there is no incident \(id)") }
        try folder.keep(bytes, digest: digest)
        let size = bytes.count
        let mediaType = MediaType.sniffed(bytes)
        return try await change(by: actor) { transaction in
            var stored = try transaction.storedIncident(id)
            try transaction.requireRoom(
                in: "casebook_attachment", of: stored.incident, limit: CasebookLimits.attachmentsPerIncident,
                field: "attachments")
            let attachment = Attachment(
                id: AttachmentID(transaction.identifiers.next()), incidentID: id, name: name, byteCount: size,
                digest: digest, mediaType: mediaType, addedBy: actor, addedTime: transaction.now)
            try transaction.execute(
                """
                INSERT INTO casebook_attachment
                    (id, incident, name, bytes, digest, media_type, author_kind, author_id, author_name, added)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    attachment.id.rawValue, id.rawValue, name, size, digest, mediaType, actor.kind.rawValue, actor.id,
                    actor.name, transaction.now.ticks,
                ])
            try transaction.touch(&stored)
            try transaction.note(
                .attachment(id, .added(attachment.id, name: name, digest: digest, bytes: size)))
            return attachment
        }
    }

    /// Takes a file off an incident; its bytes stay in the folder, as the journal's entry names them.
    ///
    /// - Returns: False when there is none.
    @discardableResult
    public func deleteAttachment(
        _ attachmentID: AttachmentID,
        of id: IncidentID,
        by actor: JournalActor
    ) async throws(CasebookError) -> Bool {
        try await change(by: actor) { transaction in
            guard let known = try Attachment.fetch(attachmentID, of: id, in: transaction.database) else { return false }
            try transaction.execute(
                "DELETE FROM casebook_attachment WHERE incident = ? AND id = ?", [id.rawValue, attachmentID.rawValue])
            try transaction.touch(id)
            try transaction.note(
                .attachment(
                    id,
                    .deleted(known.id, name: known.name, digest: known.digest, bytes: known.byteCount)))
            return true
        }
    }

    /// In the order in which they were added.
    public func attachments(of id: IncidentID) async throws(CasebookError) -> [Attachment] {
        try await reading { database in
            try Row.fetchAll(
                database, sql: "SELECT * FROM casebook_attachment WHERE incident = ? ORDER BY seq",
                arguments: [id.rawValue]
            ).map(Attachment.init(row:))
        }
    }

    /// A file with its bytes, which are checked against their digest; nil when there is none.
    ///
    /// - Throws: `CasebookError` with code `storage` when the bytes are lost or changed.
    public func attachment(
        _ attachmentID: AttachmentID,
        of id: IncidentID
    ) async throws(CasebookError) -> (attachment: Attachment, bytes: Data)? {
        let known = try await reading { try Attachment.fetch(attachmentID, of: id, in: $0) }
        guard let known else { return nil }
        return (known, try requireFolder().bytes(digest: known.digest))
    }

    private func requireFolder() throws(CasebookError) -> AttachmentFolder {
        guard let attachmentFolder else {
            throw .storage("this casebook keeps no attachments; it was opened without a folder for them")
        }
        return attachmentFolder
    }
}

extension Attachment {
    fileprivate static func fetch(
        _ id: AttachmentID, of incident: IncidentID, in database: Database
    ) throws -> Attachment? {
        let statement = try database.cachedStatement(
            sql: "SELECT * FROM casebook_attachment WHERE incident = ? AND id = ?")
        return try Row.fetchOne(statement, arguments: [incident.rawValue, id.rawValue]).map(Attachment.init(row:))
    }

    fileprivate init(row: Row) {
        self.init(
            id: AttachmentID(row["id"] as String), incidentID: IncidentID(row["incident"] as String),
            name: row["name"], byteCount: row["bytes"], digest: row["digest"], mediaType: row["media_type"],
            addedBy: JournalActor(row: row, prefix: "author"), addedTime: Instant(ticks: row["added"]))
    }
}
