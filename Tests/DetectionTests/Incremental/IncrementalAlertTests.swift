import Casebook
import Chronology
import Detection
import JSON
import KQL
import KQLValues
import StateStore
import Synchronization
import Testing
import Vocabulary

@Suite struct IncrementalAlertTests {
    /// Two rules over twelve hours, every hour: one alert for all results, and one for each.
    private static let rules = [EventGrouping.singleAlert, .alertPerResult].map { grouping in
        var rule = AnalyticsRule(
            id: "busy-\(grouping)", name: "Busy users", severity: .medium,
            query: """
                Signals | where Number > 10
                | summarize Count = count(), Hosts = array_sort_asc(make_set(Host)), Last = max(TimeGenerated) by User
                | where Count > 12 | sort by User asc
                """, timing: .scheduled(.init(frequency: .hours(1), period: .hours(12))))
        rule.eventGrouping = grouping
        rule.entityMappings = [
            EntityMapping(kind: .account, fields: [.init(identifier: "FullName", column: "User")])
        ]
        return rule
    }

    /// What a runner of one day found.
    private struct Findings: Equatable {
        struct Found: Equatable {
            var id: String
            var text: String
            var entities: [Entity]
        }

        var alerts: [Found]
        var results: [Int]
    }

    /// What runs said of how they read.
    private struct Told {
        var messages: [String]
        /// Of the rules, after a restart.
        var readings: [String?]
    }

    /// A day of events and runs.
    ///
    /// - Parameter queries: asked for anew for each hour, as after a restart.
    private static func findings(
        _ queries: (SlicedEvents, StateDatabase) -> StoreRuleQueries
    ) async throws -> (Findings, Told) {
        let events = try await SlicedEvents()
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations, DetectionTables.migrations])
        let casebook = Casebook(database: database, time: events.clock.source)
        let states = RuleStates(database)
        var generator = SeededGenerator(state: 11)
        var runner: RuleRunner?
        for hour in 0..<24 {
            // A schedule is kept from its first run on.
            if hour < 2, runner != nil {
                try await runner?.runDue()
            } else {
                let next = RuleRunner(
                    queries: queries(events, database), casebook: casebook, states: states, time: events.clock.source)
                try await next.replaceRules(Self.rules)
                try await next.runDue()
                runner = next
            }
            events.clock.advance(by: .hours(1))
            try await events.append(20, late: hour % 5 == 0 ? 4 : 0, to: "Signals", by: &generator)
        }
        let alerts = try await casebook.alerts(limit: 1_000).map { alert in
            let content = alert.content
            return Findings.Found(
                id: "\(alert.id)",
                text: "\(content.startTime) \(content.endTime) \(content.evidence.map(\.description))",
                entities: content.entities)
        }
        let health = try await states.health(limit: 1_000)
        let restarted = RuleRunner(
            queries: queries(events, database), casebook: casebook, states: states, time: events.clock.source)
        try await restarted.replaceRules(Self.rules)
        return (
            Findings(alerts: alerts.sorted { $0.id < $1.id }, results: health.map(\.results).sorted()),
            Told(messages: health.map(\.message), readings: await restarted.statuses().map(\.reading))
        )
    }

    @Test func `a day of runs raises the same alerts incrementally, restarted every hour, as by reading all`()
        async throws
    {
        let (whole, plain) = try await Self.findings { events, _ in events.whole }
        let (part, told) = try await Self.findings { events, database in
            StoreRuleQueries(
                store: events.store, environment: { events.environment.withLock { $0 } },
                slices: RuleSlices(database, time: events.clock.source, policy: .alwaysSlices))
        }
        #expect(part.alerts == whole.alerts)
        #expect(part.results == whole.results)
        #expect(part.alerts.count > 20)
        #expect(plain.messages.allSatisfy { !$0.contains("look-back") && !$0.contains("slices") })
        #expect(plain.readings == [nil, nil])
        #expect(told.messages.allSatisfy { $0.contains("; incremental: ") })
        #expect(told.messages.contains { $0.hasSuffix("; incremental: 1 of 12 slices read") })
        #expect(told.readings.allSatisfy { $0?.hasPrefix("incremental: ") == true })
    }
}
