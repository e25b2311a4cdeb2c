import Chronology
import Collection
import Foundation
import JSON
import KQL
import KQLFunctions
import KQLValues
import TestSupport
import Testing

/// The functions about the work on incidents, over rows whose figures are known.
@Suite struct IncidentFunctionTests {
    private static let start = "2026-05-04T08:00:00Z"

    /// A row of SecurityIncident, `minute` minutes after the start of the test.
    private static func row(
        _ number: Int, minute: Int, created: Int = 0, severity: String = "High", status: String, owner: String = "",
        closed: Int? = nil, labels: [String] = [], tactics: [String] = ["Execution"]
    ) -> JSON {
        func time(_ minute: Int) -> JSON {
            let start = Instant(iso8601: Self.start) ?? .unixEpoch
            return .string((start + .minutes(Int64(minute))).description)
        }
        return [
            "TimeGenerated": time(minute), "LastModifiedTime": time(minute), "CreatedTime": time(created),
            "FirstModifiedTime": minute > created ? time(minute) : .null, "IncidentNumber": .int(Int64(number)),
            "Title": .string("Incident \(number)"), "Severity": .string(severity), "Status": .string(status),
            "Owner": ["assignedTo": owner.isEmpty ? .null : .string(owner)],
            "Classification": .string(status == "Closed" ? "TruePositive" : ""),
            "ClosedTime": closed.map(time) ?? .null,
            "Labels": .array(labels.map { ["labelName": .string($0)] }),
            "AdditionalData": [
                "tactics": .array(tactics.map { .string($0) }), "alertProductNames": ["Tocsin"],
            ],
        ]
    }

    private static let rows: [JSON] = [
        // Acknowledged after 10, contained after 20, closed after 60 minutes.
        row(1, minute: 0, status: "New"), row(1, minute: 10, status: "Active", owner: "Ada"),
        row(1, minute: 20, status: "Active", owner: "Ada", labels: ["Contained"]),
        row(1, minute: 60, status: "Closed", owner: "Ada", closed: 60),
        // Closed after 30, reopened after 100, closed after 120 minutes.
        row(2, minute: 0, severity: "Low", status: "New", tactics: ["Execution", "Impact"]),
        row(2, minute: 30, severity: "Low", status: "Closed", closed: 30, tactics: ["Execution", "Impact"]),
        row(2, minute: 100, severity: "Low", status: "Active", tactics: ["Execution", "Impact"]),
        row(2, minute: 120, severity: "Low", status: "Closed", closed: 120, tactics: ["Execution", "Impact"]),
        // Open and untouched, created 90 minutes after the start.
        row(3, minute: 90, created: 90, status: "New", tactics: []),
    ]

    private func run(_ query: String) throws -> [String] {
        let environment = NormalizationTests.environment
        let schema = try #require(environment.tables.schema(of: "SecurityIncident"))
        let rows = Self.rows.map { row in
            schema.columns.map { NormalizationTests.value(row[$0.name], as: $0.type) }
        }
        let table = try KQLEngine.run(
            query, environment: environment,
            options: CompileOptions(
                now: (Instant(iso8601: Self.start) ?? .unixEpoch) + .minutes(180), seed: 1),
            tables: RowsInMemory(tables: ["SecurityIncident": Table(schema: schema, rows: rows)]), clock: { 0 }
        ).table
        return (0..<table.rowCount).map { row in table.row(row).map { "\($0.json)" }.joined(separator: " ") }
    }

    private static let range = "datetime(2026-05-04), datetime(2026-05-05)"

    @Test func `times are measured from the creation to the first change that counts`() throws {
        let rows = try run(
            """
            IncidentTimes(\(Self.range)) | sort by IncidentNumber asc
            | project IncidentNumber, Ack = TimeToAcknowledge / 1m, Contain = TimeToContain / 1m, Close = TimeToClose / 1m,
                Reopened
            """)
        #expect(rows == ["1 10.0 20.0 60.0 0", "2 30.0 30.0 120.0 1", "3 null null null 0"])
    }

    @Test(arguments: [
        ("", ["\"All\" 3 2 1 20.0 25.0 90.0 0.333"]),
        ("Severity", ["\"High\" 2 1 0 10.0 20.0 60.0 0.0", "\"Low\" 1 1 1 30.0 30.0 120.0 1.0"]),
        ("Owner", ["\"Unassigned\" 2 1 1 30.0 30.0 120.0 0.5", "\"Ada\" 1 1 0 10.0 20.0 60.0 0.0"]),
        (
            "Tactic",
            [
                "\"Execution\" 2 2 1 20.0 25.0 90.0 0.5", "\"Impact\" 1 1 1 30.0 30.0 120.0 1.0",
                "\"None\" 1 0 0 null null null 0.0",
            ]
        ),
    ])
    func `figures are told by whatever they are asked by`(by: String, expected: [String]) throws {
        let rows = try run(
            """
            IncidentMetrics(\(Self.range), "\(by)")
            | project Group, Created, Closed, Reopened, MeanToAcknowledge, MeanToContain, MeanToClose, ReopeningRate
            """)
        #expect(rows == expected)
    }

    @Test func `the backlog counts what was open at each step's end`() throws {
        let rows = try run(
            """
            IncidentBacklog(datetime(2026-05-04T08:00:00Z), datetime(2026-05-04T10:30:00Z), 30m)
            | project Created, Closed, Open
            """)
        // At 8:00 both, 8:30 one closed, 9:00 the other, 9:30 a new one and a reopened one, 10:00 the reopened one closed.
        #expect(rows == ["2 0 2", "0 1 1", "0 1 0", "1 0 2", "0 1 1"])
    }

    @Test func `an incident that is still open counts against its limit once its time is over`() throws {
        let rows = try run(
            """
            let Limits = datatable(Severity:string, Acknowledge:timespan, Contain:timespan, Close:timespan) [
                "High", 15m, 1h, 4h, "Low", 15m, 1h, 2h];
            IncidentServiceLevels(\(Self.range), Limits)
            """)
        #expect(
            rows == [
                "\"High\" \"acknowledge\" 2 1 0.5", "\"High\" \"close\" 1 1 1.0", "\"High\" \"contain\" 2 1 0.5",
                "\"Low\" \"acknowledge\" 1 0 0.0", "\"Low\" \"close\" 1 1 1.0", "\"Low\" \"contain\" 1 1 1.0",
            ])
    }
}
