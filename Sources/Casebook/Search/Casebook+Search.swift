internal import Foundation
internal import GRDB
internal import Vocabulary

extension Casebook {
    /// Looks for words in everything that incidents hold: titles, descriptions, comments, tasks, bookmarks, custom fields,
    /// alerts with their entities and details, labels, numbers.
    ///
    /// All words must stand in one text. `"several words"` are found together, `begin*` finds longer words, `-word`
    /// leaves texts with it out. Letter case and accents do not count. Any text may be given: there is no wrong one.
    ///
    /// - Parameter limit: At most 200.
    /// - Returns: One hit for each incident, the best first; among very many matches the newest are looked at.
    public func search(_ text: String, limit: Int = 50) async throws(CasebookError) -> SearchResult {
        let query = SearchText(text)
        let limit = min(max(limit, 1), 200)
        return try await reading { try SearchRun(database: $0, query: query).run(limit: limit) }
    }
}

/// One search in one consistent state.
struct SearchRun {
    let database: Database
    let query: SearchText

    /// So many of the newest matches of each index are looked at.
    static let newest = 1_000

    /// Where words stand counts; then how many texts of an incident have them, then the newest.
    private enum Rank: Int {
        /// The whole text is the number or a label.
        case exact
        /// All words are in the incident's title.
        case title
        /// All words are in the name of an alert, task or bookmark.
        case heading
        case text
    }

    /// A match, and what it belongs to.
    private struct Match {
        let place: SearchHit.Place
        let incident: String?
        let rank: Rank
        let heading: String
        let text: String

        /// What people read of it: of an alert's content not its form.
        var shownText: String {
            if case .alert = place { return AlertContent.readableText(text) }
            return text.contains { !$0.isWhitespace } ? text : heading
        }
    }

    func run(limit: Int) throws -> SearchResult {
        var matches = try exactMatches()
        var isCutOff = false
        if let expression = query.expression {
            let cases = try found("casebook_search", expression)
            let alerts = try found("casebook_alert_search", expression)
            isCutOff = cases.count == Self.newest || alerts.count == Self.newest
            for kind in SearchedKind.allCases {
                matches += try self.matches(kind, cases.filter { $0 % 8 == kind.rawValue }.map { $0 / 8 })
            }
            matches += try alertMatches(alerts)
        }
        return SearchResult(hits: try hits(matches, limit: limit), isCutOff: isCutOff)
    }

    /// The newest matches. Ranking them by `bm25` would count every word in the whole index.
    private func found(_ table: String, _ expression: String) throws -> [Int64] {
        let statement = try database.cachedStatement(
            sql: "SELECT rowid FROM \(table) WHERE \(table) MATCH ? ORDER BY rowid DESC LIMIT \(Self.newest)")
        return try Int64.fetchAll(statement, arguments: [expression])
    }

    /// The incident of the number, and those with the label, that the whole text is.
    private func exactMatches() throws -> [Match] {
        var matches: [Match] = []
        if let number = query.number {
            let statement = try database.cachedStatement(
                sql: "SELECT id, title, description FROM casebook_incident WHERE number = ?")
            matches += try Row.fetchAll(statement, arguments: [number]).map {
                Match(
                    place: .incident, incident: $0["id"], rank: .exact, heading: $0["title"],
                    text: $0["description"])
            }
        }
        guard query.words.count == 1, let word = query.words.first else { return matches }
        let statement = try database.cachedStatement(
            sql: """
                SELECT i.id, i.title, l.name FROM casebook_label l JOIN casebook_incident i ON i.id = l.incident
                WHERE l.name = ? COLLATE NOCASE ORDER BY i.number DESC LIMIT \(Self.newest)
                """)
        return try matches
            + Row.fetchAll(statement, arguments: [word]).map {
                Match(place: .incident, incident: $0["id"], rank: .exact, heading: $0["title"], text: $0["name"])
            }
    }

    private func matches(_ kind: SearchedKind, _ numbers: [Int64]) throws -> [Match] {
        let (sql, isIncident) = kind.selection
        return try rows(sql, numbers).map { row in
            let heading: String = row["heading"]
            let isTitle = kind != .comment && isNamed(in: heading)
            return Match(
                place: SearchHit.Place(kind, id: row["id"]), incident: isIncident ? row["id"] : row["incident"],
                rank: isTitle ? (isIncident ? .title : .heading) : .text, heading: heading, text: row["text"])
        }
    }

    private func alertMatches(_ numbers: [Int64]) throws -> [Match] {
        let sql = """
            SELECT a.seq AS number, a.id AS id, a.incident AS incident, a.display_name AS heading, c.content AS text
            FROM casebook_alert a JOIN casebook_alert_content c ON c.alert = a.seq WHERE a.seq IN
            """
        return try rows(sql, numbers).map { row in
            let heading: String = row["heading"]
            return Match(
                place: .alert(AlertID(row["id"] as String)), incident: row["incident"],
                rank: isNamed(in: heading) ? .heading : .text, heading: heading, text: row["text"])
        }
    }

    private func isNamed(in heading: String) -> Bool {
        query.words.allSatisfy { heading.range(of: $0, options: [.caseInsensitive, .diacriticInsensitive]) != nil }
    }

    private func rows(_ sql: String, _ numbers: [Int64]) throws -> [Row] {
        guard !numbers.isEmpty else { return [] }
        return try Row.fetchAll(database, sql: "\(sql) (\(numbers.map(String.init).joined(separator: ",")))")
    }

    /// The best matches, one for each incident.
    private func hits(_ matches: [Match], limit: Int) throws -> [SearchHit] {
        var best: [String: (match: Match, count: Int)] = [:]
        for match in matches {
            let key = match.incident ?? "\(match.place)"
            if let known = best[key] {
                best[key] = (match.rank.rawValue < known.match.rank.rawValue ? match : known.match, known.count + 1)
            } else {
                best[key] = (match, 1)
            }
        }
        let incidents = try incidents(best.values.compactMap(\.match.incident))
        let ordered = best.values.sorted { left, right in
            func number(_ match: Match) -> Int { incidents[match.incident ?? ""]?.number ?? 0 }
            return (left.match.rank.rawValue, -left.count, -number(left.match), left.match.heading)
                < (right.match.rank.rawValue, -right.count, -number(right.match), right.match.heading)
        }
        return ordered.prefix(limit).map { match, count in
            SearchHit(
                incident: match.incident.flatMap { incidents[$0] }, place: match.place, heading: match.heading,
                snippet: SearchHit.Piece.snippet(of: match.shownText, words: query.words), matchCount: count)
        }
    }

    private func incidents(_ ids: [String]) throws -> [String: SearchHit.FoundIncident] {
        guard !ids.isEmpty else { return [:] }
        let sql = "SELECT id, number, title, severity, status FROM casebook_incident WHERE id IN \(ids.sqlMarks)"
        let rows = try Row.fetchAll(database, sql: sql, arguments: StatementArguments(ids))
        return Dictionary(
            rows.map { row -> (String, SearchHit.FoundIncident) in
                let id: String = row["id"]
                return (
                    id,
                    SearchHit.FoundIncident(
                        id: IncidentID(id), number: row["number"], title: row["title"],
                        severity: Severity(rank: row["severity"]),
                        status: IncidentStatus(rawValue: row["status"]) ?? .new)
                )
            }, uniquingKeysWith: { first, _ in first })
    }
}
