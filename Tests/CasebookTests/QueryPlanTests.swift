import Casebook
import GRDB
import StateStore
import Synchronization
import Testing
import Vocabulary

@Suite struct QueryPlanTests {
    /// The statements that some work runs, each once.
    private func statements(
        _ fixture: CasebookFixture, _ work: (Casebook) async throws -> Void
    ) async throws -> Set<String> {
        let seen = StatementLog()
        try await fixture.database.write { database in
            database.trace { event in
                if case .statement(let statement) = event { seen.append(statement.sql) }
            }
        }
        try await work(fixture.casebook)
        try await fixture.database.write { $0.trace(options: [], nil) }
        return seen.statements
    }

    /// The steps of a statement that read a whole table.
    private func scans(_ sql: String, in database: StateDatabase) async throws -> [String] {
        try await database.read { connection in
            let statement = try connection.makeStatement(sql: "EXPLAIN QUERY PLAN \(sql)")
            statement.setUncheckedArguments(StatementArguments())
            return try Row.fetchAll(statement).map { $0["detail"] as String }
                .filter {
                    $0.hasPrefix("SCAN") && $0 != "SCAN CONSTANT ROW" && !$0.hasPrefix("SCAN wanted VIRTUAL TABLE")
                }
        }
    }

    @Test func `recording and changing read no table as a whole`() async throws {
        let fixture = try CasebookFixture()
        let groupings: [AlertGrouping] = [
            .separate, .sharedEntities(), .rule(GroupingConfiguration(matchingMethod: .allEntities)),
        ]
        let statements = try await statements(fixture) { casebook in
            for (index, grouping) in groupings.enumerated() {
                for repeated in 0..<2 {
                    let recorded = try await casebook.record(
                        .sample("a\(index)\(repeated)", entities: [.host("ws1.corp"), .account("CORP\\alice")]),
                        grouping: grouping, by: CasebookFixture.detection)
                    let id = try #require(recorded.incidentID)
                    try await casebook.addComment("c", to: id, by: CasebookFixture.ada)
                    try await casebook.addTask(title: "t", to: id, by: CasebookFixture.ada)
                    try await casebook.setPriority(
                        IncidentPriority(score: index, reasons: []), of: id, by: CasebookFixture.ada)
                    var change = IncidentChange()
                    change.title = "t\(index)\(repeated)"
                    change.labels = [IncidentLabel(name: "l")]
                    try await casebook.update(id, change, by: CasebookFixture.ada)
                }
            }
        }
        #expect(statements.count > 20)
        let careless = "SELECT a.id FROM casebook_alert a WHERE a.display_name = ?"
        #expect(try await scans(careless, in: fixture.database) == ["SCAN a"])
        // FTS5 reads its own settings, a few rows, whenever a connection first uses an index.
        for sql in statements
        where ["SELECT", "UPDATE", "DELETE"].contains(where: sql.hasPrefix) && !sql.contains("_search_config'") {
            #expect(try await scans(sql, in: fixture.database) == [], "\(sql)")
        }
    }

    @Test func `the queue and an incident's page read no table as a whole`() async throws {
        let fixture = try CasebookFixture()
        let recorded = try await fixture.casebook.record(
            .sample("a", entities: [.host("ws1")]), by: CasebookFixture.detection)
        let id = try #require(recorded.incidentID)
        let statements = try await statements(fixture) { casebook in
            _ = try await casebook.incident(id)
            _ = try await casebook.alerts(of: id)
            _ = try await casebook.comments(of: id)
            _ = try await casebook.tasks(of: id)
            let entity = try #require(try await casebook.incident(id)?.entities.first)
            _ = try await casebook.incidents(ofEntity: entity.id)
            _ = try await casebook.alerts(ofEntity: entity.id)
            _ = try await casebook.incidents(IncidentQuery(.alert(AlertID("a"))))
            _ = try await casebook.alerts()
        }
        for sql in statements where sql.hasPrefix("SELECT") && !sql.contains("ORDER BY a.seq DESC") {
            #expect(try await scans(sql, in: fixture.database) == [], "\(sql)")
        }
    }
}

/// SQL texts that were seen, each once.
private final class StatementLog: Sendable {
    private let seen = Mutex<Set<String>>([])

    var statements: Set<String> { seen.withLock { $0 } }

    func append(_ sql: String) {
        _ = seen.withLock { $0.insert(sql) }
    }
}
