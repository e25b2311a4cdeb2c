internal import Chronology
internal import GRDB
internal import JSON
public import StateStore

/// What becomes of a list's items when a content is uploaded.
public enum UploadMode: String, Sendable, Hashable {
    /// They stay; lines that equal an item in every property are left out.
    case append
    /// They go, once the content has been read.
    case replace
}

/// What an upload led to.
public struct UploadReport: Sendable, Hashable {
    public let list: Watchlist
    public let isNew: Bool
    public let added: Int
    /// Lines that equalled an item.
    public let repeated: Int
    /// Lines that were left out, the first of them one by one.
    public let findings: [UploadFinding]
    public let findingCount: Int
}

extension Watchlists {
    /// Makes a list of a content, or uploads one to a list; of any size, in bounded memory.
    ///
    /// The items are seen, all at once, when the whole content has been read; until then nothing of the list changes but
    /// its state. Lines that are no items are left out and told.
    ///
    /// - Parameter content: separated values with a header, as the draft's facts say.
    /// - Throws: `invalid` for a header that does not fit; `conflict` when somebody else uploads to the list; what
    ///   `content` throws. Nothing is changed then.
    public func upload(
        _ draft: WatchlistDraft, content: some AsyncSequence<[UInt8], any Error> & Sendable,
        mode: UploadMode = .append, by actor: JournalActor
    ) async throws -> UploadReport {
        try draft.check()
        guard uploads.begin(draft.alias) else {
            throw WatchlistFault(.conflict, "items are being uploaded to the watchlist '\(draft.alias)' already")
        }
        defer { uploads.end(draft.alias) }
        var upload: Upload?
        do {
            var reader = ContentReader(draft.facts, limits)
            for try await bytes in content {
                let rows = try reader.feed(bytes)
                if rows.isEmpty { continue }
                try await add(rows, to: &upload, draft, mode, by: actor)
            }
            let rest = try reader.finish()
            try await add(rest, to: &upload, draft, mode, by: actor)
            guard let finished = upload else { throw WatchlistFault(.storage, "the upload did not begin") }
            try await finish(finished, reader, draft, by: actor)
            guard let list = try await list(draft.alias) else {
                throw WatchlistFault(.notFound, "the watchlist '\(draft.alias)' was deleted meanwhile")
            }
            return UploadReport(
                list: list, isNew: finished.isNew, added: finished.added, repeated: finished.repeated,
                findings: reader.findings, findingCount: reader.findingCount)
        } catch {
            // A task that was cancelled cannot clean up; whoever keeps the tables does it then.
            changes.ring()
            if upload != nil, let list = try await list(draft.alias) { try await abandon(list) }
            throw error
        }
    }

    /// The upload of a content that is in memory.
    public func upload(
        _ draft: WatchlistDraft, text: String, mode: UploadMode = .append, by actor: JournalActor
    ) async throws -> UploadReport {
        let bytes = Array(text.utf8)
        let chunks = AsyncThrowingStream<[UInt8], any Error> { sender in
            for start in stride(from: 0, to: bytes.count, by: 1 << 20) {
                sender.yield(Array(bytes[start..<min(start + 1 << 20, bytes.count)]))
            }
            sender.finish()
        }
        return try await upload(draft, content: chunks, mode: mode, by: actor)
    }

    /// What is known of an upload while it goes on.
    private struct Upload: Sendable {
        let list: Watchlist
        let isNew: Bool
        let party: Int64
        let expires: Instant?
        /// Items from here on may equal a line.
        let comparedAfter: Int64
        var added = 0
        var repeated = 0
    }

    private static var lot: Int { 2_000 }

    private func add(
        _ rows: [ContentReader.Row], to upload: inout Upload?, _ draft: WatchlistDraft, _ mode: UploadMode,
        by actor: JournalActor
    ) async throws(WatchlistFault) {
        if upload == nil { upload = try await begin(draft, mode, by: actor) }
        guard var current = upload else { return }
        // In lots, so that other writers get their turn.
        for start in stride(from: 0, to: rows.count, by: Self.lot) {
            let items = rows[start..<min(start + Self.lot, rows.count)].map { row in
                (row: ItemRow(row, expires: current.expires), id: identifiers.next())
            }
            let present = mode == .append ? current.list.itemCount : 0
            guard present + current.added + items.count <= limits.items else {
                throw WatchlistFault(
                    .limit, target: "rawContent", "a watchlist has at most \(limits.items) items; the content has more")
            }
            let added = try await room.change { [current] transaction in
                var added = 0
                for (item, id) in items where try !transaction.holds(item, current.list, after: current.comparedAfter) {
                    try transaction.add(item, id: id, to: current.list, by: current.party)
                    added += 1
                }
                return added
            }
            current.added += added
            current.repeated += items.count - added
        }
        upload = current
    }

    private func begin(
        _ draft: WatchlistDraft, _ mode: UploadMode, by actor: JournalActor
    ) async throws(WatchlistFault) -> Upload {
        // What an earlier upload left when its process ended.
        if let list = try await list(draft.alias), list.state == .uploading { try await abandon(list) }
        let id = draft.id ?? identifiers.next()
        return try await room.change { transaction in
            let known = try Watchlist.find(draft.alias, in: transaction.database)
            try known?.mayChange(version: draft.version)
            if mode == .append { try known.map { try draft.checkKey(of: $0) } }
            if known == nil { try transaction.insert(draft, id: id, version: 0, by: actor) }
            try transaction.execute(
                "UPDATE watchlists_list SET state = ? WHERE alias = ? AND is_deleted = 0",
                [Watchlist.State.uploading.rawValue, draft.alias])
            let list = try Watchlist.known(draft.alias, in: transaction.database)
            let last = try Int64.fetchOne(transaction.database, sql: "SELECT MAX(number) FROM watchlists_item") ?? 0
            return Upload(
                list: list, isNew: known == nil,
                party: try WatchlistSQL.number(of: actor, in: transaction.database),
                expires: ItemRow.defaultExpiry(of: draft.facts, now: transaction.now),
                comparedAfter: mode == .append ? list.range.after : max(last, list.range.through))
        }
    }

    private func finish(
        _ upload: Upload, _ reader: ContentReader, _ draft: WatchlistDraft, by actor: JournalActor
    ) async throws(WatchlistFault) {
        let isReplacing = upload.comparedAfter > upload.list.range.after
        let columns = reader.columns
        let findings = reader.findingCount
        let limits = limits
        try await room.change { transaction in
            var list = try Watchlist.known(draft.alias, in: transaction.database)
            let last = try Int64.fetchOne(
                transaction.database, sql: "SELECT MAX(number) FROM watchlists_item WHERE list = ?",
                arguments: [list.number])
            let through = max(last ?? 0, list.range.through)
            if isReplacing || upload.isNew { list.columns = [] }
            try transaction.execute(
                "UPDATE watchlists_list SET state = ?, facts = ?, after = ?, through = ?, item_count = ? WHERE number = ?",
                [
                    Watchlist.State.succeeded.rawValue, draft.facts.stored.description,
                    isReplacing ? upload.comparedAfter : list.range.after, max(through, upload.comparedAfter),
                    isReplacing ? 0 : list.itemCount, list.number,
                ])
            try transaction.touch(list, columns: columns, added: upload.added, by: upload.party, limits)
            try transaction.queue(list, upload.isNew ? .create : .update)
            try transaction.note(
                upload.isNew ? .watchlistCreated : .watchlistUploaded, subject: list.id, by: actor,
                .object([
                    "alias": .string(list.alias), "facts": draft.facts.stored,
                    "mode": .string((isReplacing ? UploadMode.replace : .append).rawValue),
                    "added": .int(Int64(upload.added)), "repeated": .int(Int64(upload.repeated)),
                    "leftOut": .int(Int64(findings)),
                ]))
        }
        try await changed(draft.alias)
    }

    /// Removes what uploads have left that nobody carries on.
    public func removeAbandoned() async throws(WatchlistFault) {
        for list in try await lists() where list.state == .uploading && !uploads.contains(list.alias) {
            try await abandon(list)
        }
    }

    /// Removes what an upload that did not end has left.
    private func abandon(_ list: Watchlist) async throws(WatchlistFault) {
        while true {
            let removed = try await room.change { transaction in
                try transaction.execute(
                    """
                    DELETE FROM watchlists_item WHERE number IN
                        (SELECT number FROM watchlists_item WHERE list = ? AND number > ? LIMIT 10000)
                    """, [list.number, list.range.through])
                return transaction.database.changesCount
            }
            if removed == 0 { break }
        }
        try await room.change { transaction in
            // A list that the upload made has version 0, and is told of nowhere else.
            try transaction.execute(
                "DELETE FROM watchlists_list WHERE number = ? AND state = ? AND version = 0",
                [list.number, Watchlist.State.uploading.rawValue])
            try transaction.execute(
                "UPDATE watchlists_list SET state = ? WHERE number = ?",
                [Watchlist.State.succeeded.rawValue, list.number])
        }
    }
}

extension RoomTransaction {
    /// Whether the list has an item of the same values.
    fileprivate func holds(_ item: ItemRow, _ list: Watchlist, after: Int64) throws -> Bool {
        try row(
            "SELECT 1 FROM watchlists_item WHERE list = ? AND digest = ? AND number > ? AND value = ? LIMIT 1",
            [list.number, ItemDigest.of(item.text), after, item.text]) != nil
    }

    fileprivate func add(_ item: ItemRow, id: String, to list: Watchlist, by party: Int64) throws {
        try execute(
            """
            INSERT INTO watchlists_item (list, id, key, digest, value, created, updated, created_by, updated_by, expires,
                version) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6, ?7, ?7, ?8, 1)
            """,
            [
                list.number, id, item.key, ItemDigest.of(item.text), item.text, now.ticks, party, item.expires?.ticks,
            ])
    }
}
