import Casebook
import Chronology
import Collection
import Foundation
import Investigation
import JSON
import KQLValues
import Preparation
import Prioritization
import StateStore
import TestSupport
import Testing
import Vocabulary

@testable import Portal

/// One page of each template in which nothing is empty, so that every name of the template is reached.
enum SamplePages {
    static let now = Instant(iso8601: "2026-11-21T12:00:00Z") ?? .unixEpoch

    static let frame = Frame(
        places: [.init(name: "Overview", path: "/", icon: "bell", isCurrent: true, badge: "3")], userName: "Ada",
        roleName: "Administrator", csrf: "token", notice: .init(text: "Saved.", isError: true))

    static let row = RunRow(
        RunOverview(
            id: "run", playbook: "Isolate host", status: .succeeded, trigger: "incident", started: now, actionCount: 3,
            incident: IncidentID("i")), incidentNumber: 7, now: now)

    /// All pages, those about incidents out of a real casebook.
    static func all() async throws -> [any Page] {
        let casebook = try await SampleCasebook.make()
        let page = try await casebook.incidents()
        let incident = try #require(page.incidents.first)
        return [
            overview(incident, try await casebook.counts()), incidents(page),
            try await self.incident(incident, casebook),
            SearchPage(
                frame: frame, text: "lsass", result: try await casebook.search("lsass"),
                entities: try await casebook.entities()), logs, rules, rule,
            playbooks, run, plans, sources, reference,
            SignInPage(next: "/", name: "ada", problem: "no"), WelcomePage(token: "t", name: "ada", problem: "no"),
            ProblemPage(heading: "Not found", message: "There is no such page."), deadLetters,
        ] + (try await SampleEntityPages.all(casebook)) + (try await SampleRulePages.all())
            + (try await SamplePriorityPages.all(incident))
            + (try await SampleWatchlistPages.all())
    }

    static var deadLetters: DeadLettersPage {
        DeadLettersPage(
            frame: frame,
            listing: DeadLetterListing(
                counts: [.init(source: "gate", reason: "no JSON", isRedrivable: true, count: 3, latest: now)],
                letters: [
                    .init(
                        time: now, source: "gate", format: "syslog", table: "Syslog", reason: "no JSON", line: 3,
                        raw: "{x")
                ]), filter: DeadLetterFilter(source: "gate"), mayRedrive: true, now: now)
    }

    static func overview(_ incident: Incident, _ counts: IncidentCounts) -> OverviewPage {
        let volume = EventVolume(
            tables: [.init(name: "SecurityEvent", count: 1234, latest: now)], hours: [(start: now, count: 1234)])
        return OverviewPage(
            frame: frame, counts: counts, queue: [incident], chips: chips([incident]), volume: volume,
            plans: planFolder.plans, now: now)
    }

    static func incidents(_ page: IncidentPage) -> IncidentsPage {
        let first = IncidentsPage(
            frame: frame, page: page, chips: chips(page.incidents), request: QueueRequest(text: "x"), mayChange: true,
            now: now)
        return IncidentsPage(
            frame: first.frame, text: first.text, statuses: first.statuses, severities: first.severities,
            sorts: first.sorts, heads: first.heads, count: first.count, incidents: first.incidents,
            nextPage: "/incidents?offset=50",
            canChange: true, classifications: first.classifications, searchPath: first.searchPath)
    }

    static func incident(_ incident: Incident, _ casebook: Casebook) async throws -> IncidentPageView {
        let file = IncidentFile(
            incident: incident, alerts: try await casebook.alerts(of: incident.id),
            comments: try await casebook.comments(of: incident.id), tasks: try await casebook.tasks(of: incident.id),
            activity: try await casebook.activity(of: incident.id), runs: [row],
            playbooks: [Choice(value: "p", name: "P", isSelected: false)],
            parts: try await CaseFile(of: incident, in: casebook, types: [SampleCasebook.type]),
            serviceLevel: ServiceLevelCard(timer, policy, now: now))
        return IncidentPageView(
            file, frame: frame, caller: SampleCasebook.ada, mayChange: true, mayRunPlaybooks: true, now: now)
    }

    static let policy = ServiceLevelPolicy(levels: [
        ServiceLevel(
            name: "Urgent", limits: [.acknowledge: .minutes(15), .close: .hours(8)],
            calendar: BusinessCalendar(zone: "UTC", week: [:]))
    ])

    /// A timer with one clock that was met and one that runs.
    static var timer: ServiceLevelTimer {
        var timer = ServiceLevelTimer(opened: now - .hours(1), severity: .high, policy)
        _ = timer.acknowledged(at: now - .minutes(30), policy)
        return timer
    }

    static func chips(_ incidents: [Incident]) -> [IncidentID: ServiceLevelChip] {
        var chips: [IncidentID: ServiceLevelChip] = [:]
        for incident in incidents {
            chips[incident.id] = ServiceLevelChip(
                ServiceLevelTimer(opened: now - .hours(1), severity: .high, openPolicy), openPolicy, now: now)
        }
        return chips
    }

    private static let openPolicy = ServiceLevelPolicy(levels: [
        ServiceLevel(name: "Urgent", limits: [.acknowledge: .minutes(15), .close: .hours(8)])
    ])

    static var logs: LogsPage {
        let schema = TableSchema([ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Count", .long)])
        let table = Table(
            schema: schema,
            rows: [[.datetime(now), .long(1)], [.datetime(now + .hours(1)), .long(2)]])
        let answer = QueryAnswer(
            tables: [table], visualization: nil, renderProperties: [:], partialReason: "cut", warnings: [],
            duration: .seconds(0.1))
        let shown = LogsPage(
            frame: frame, request: LogsRequest(query: "T", timespan: "P1D"), schemas: ["T": schema],
            outcome: .answer(answer))
        return LogsPage(
            frame: shown.frame, query: shown.query, timespan: "P1D", mayKeep: true, keepPath: shown.keepPath,
            timespans: shown.timespans, summary: shown.summary,
            tables: shown.tables, problems: [.init(place: "Line 1", message: "m", hint: "h")], notices: shown.notices,
            chart: shown.chart, result: shown.result)
    }

    static var rules: RulesPage {
        RulesPage(
            frame: frame, rules: [RuleRow(sampleRule(), now: now)],
            findings: [.init(place: "rule.yaml:3:1", message: "no name")])
    }

    static var rule: RulePage { RulePage(sampleRule(), frame: frame, now: now) }

    static var playbooks: PlaybooksPage {
        PlaybooksPage(
            frame: frame, runs: [row],
            playbooks: [.init(name: "P", description: "D", trigger: "incident", actionCount: 2)],
            automationRules: [
                .init(
                    order: 1, name: "A", trigger: "created", actions: "RunPlaybook", state: "Enabled",
                    stateClass: "good")
            ])
    }

    static var run: RunPage {
        let overview = RunOverview(
            id: "run", playbook: "P", status: .failed, trigger: "incident", started: now, actionCount: 1,
            incident: IncidentID("i"))
        let action = RunDetail.Action(
            name: "Http", type: "Http", status: .failed, started: now, error: "refused", inputs: "{}", outputs: "{}")
        return RunPage(
            RunDetail(overview: overview, error: "failed", actions: [action]), frame: frame, now: now)
    }

    static var reference: ReferencePage {
        ReferencePage(
            frame: frame,
            document: [
                "paths": [
                    "/api/things/{thing}": [
                        "put": [
                            "operationId": "Things_Put", "tags": ["Things"], "summary": "Keeps a thing",
                            "x-tocsin-permission": "changeContent",
                            "parameters": [
                                [
                                    "name": "thing", "in": "path", "required": true, "description": "Its name",
                                    "schema": ["type": "string"],
                                ]
                            ],
                            "requestBody": [
                                "content": ["application/json": ["schema": ["$ref": "#/components/schemas/Thing"]]]
                            ],
                            "responses": [
                                "200": [
                                    "description": "Done",
                                    "content": [
                                        "application/json": ["schema": ["$ref": "#/components/schemas/Thing"]]
                                    ],
                                ]
                            ],
                        ]
                    ]
                ],
                "components": [
                    "schemas": [
                        "Thing": [
                            "type": "object", "required": ["size"],
                            "properties": ["size": ["type": "integer"], "made": ["readOnly": true, "type": "string"]],
                        ]
                    ]
                ],
            ])
    }

    static var plans: PlansPage { PlansPage(frame: frame, folder: planFolder, now: now) }

    /// A feed with one sender, and everything else that can be on the page.
    static var sources: DataSourcesPage {
        let health = SourceHealth()
        var counts = SourceCounts()
        counts.events = 7
        counts.rejected = 2
        let key = SourceKey(origin: "syslog udp", source: "windows", table: "SecurityEvent", sender: "srv-01")
        health.ledger.note([SourceObservation(key: key, counts: counts, lastEvent: now)], at: now)
        health.connectors.report(
            ConnectorStatus(
                name: "syslog udp", kind: "Syslog", address: "0.0.0.0:514", state: .failing("in use"), since: now,
                connections: 3, refusedConnections: 1))
        health.sensors.hear(SensorStatus(name: "branch", version: "1", lastHeard: now, problem: "the hub is away"))
        return DataSourcesPage(frame: frame, health: health, feed: nil, now: now)
    }

    /// The shipped plan, and a broken one beside it.
    static let planFolder: PlanFolder = {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-plans-\(UUID())")
        let shipped = SharedFolder.checkout.appending(path: "content/plans/incident-response-plan.md")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try FileManager.default.copyItem(at: shipped, to: folder.appending(path: "plan.md"))
            try Data("no front matter".utf8).write(to: folder.appending(path: "broken.md"))
        } catch {
            Issue.record("the sample plans cannot be written: \(error)")
        }
        return PlanFolder(folder.path)
    }()

    private static func sampleRule() -> RuleOverview {
        var rule = RuleOverview(
            id: "r", name: "Rule", severity: .high, kind: "Scheduled", tactics: [.execution], techniques: ["T1059"],
            schedule: "every 1 h", state: .failing("no table"), lastRun: now, nextRun: now, alertCount: 2,
            description: "D", body: "T | take 1", isQuery: true, file: "rule.yaml:1:1")
        rule.reading = "incremental: 1 of 336 slices read"
        return rule
    }
}

/// A casebook in memory with one incident that has everything.
enum SampleCasebook {
    static let ada = JournalActor(kind: .user, id: "ada", name: "Ada")
    static let type = IncidentType(
        name: "intrusion", title: "Intrusion",
        fields: [CustomField(name: "scope", title: "Scope", form: .choice(["One host", "Many hosts"]))])

    static func make() async throws -> Casebook {
        let now = SamplePages.now
        let database = try StateDatabase.inMemory(rooms: [Casebook.migrations])
        let folder = FileManager.default.temporaryDirectory.appending(path: "portal-samples")
        let casebook = Casebook(database: database, time: .fixed(now), attachments: AttachmentFolder(folder))
        var alert = NewAlert(
            displayName: "Credentials dumped", severity: .high, startTime: now, endTime: now, generatedTime: now)
        alert.description = "LSASS memory was read."
        alert.tactics = [.credentialAccess]
        alert.techniques = ["T1003.001"]
        alert.entities = [Entity(kind: .host, identifiers: ["HostName": "srv-01", "DnsDomain": "example.org"])]
        alert.evidence = [["CommandLine": "procdump -ma lsass"]]
        let recorded = try await casebook.record(alert, by: ada)
        let id = try #require(recorded.incidentID)
        let reasons = [IncidentPriority.Reason(factor: "severity", points: 40, text: "High severity")]
        try await casebook.setPriority(IncidentPriority(score: 82, reasons: reasons), of: id, by: ada)
        _ = try await casebook.addComment("Looking into it.", to: id, by: ada)
        _ = try await casebook.addTask(title: "Isolate the host", description: "Ask the owner.", to: id, by: ada)
        var change = IncidentChange()
        change.description = "Seen on one server."
        change.labels = [IncidentLabel(name: "lsass")]
        change.owner = .assign(IncidentOwner(assignedTo: "Ada"))
        change.status = .closed
        change.classification = .truePositive
        change.classificationComment = "Confirmed."
        try await casebook.update(id, change, by: ada)
        try await addCase(to: id, casebook)
        return casebook
    }

    /// What people add to an incident, one of each.
    private static func addCase(to id: IncidentID, _ casebook: Casebook) async throws {
        var closed = NewIncident(title: "Another", severity: .low)
        closed.status = .closed
        closed.classification = .undetermined
        let other = try await casebook.create(closed, by: ada).id
        try await casebook.relate(id, to: .incident(other, .causedBy), by: ada)
        let merged = try await casebook.create(closed, by: ada).id
        try await casebook.merge([merged], into: id, by: ada)
        var mark = BookmarkContent(displayName: "Odd row", query: "T")
        mark.notes = "look"
        try await casebook.putBookmark(mark, in: id, by: ada)
        try await casebook.apply(type, to: id, by: ada)
        try await casebook.watch(id, by: ada)
        try await casebook.addTime(minutes: 75, to: id, by: ada)
        try await casebook.addAttachment(Data("note".utf8), named: "note.txt", to: id, by: ada)
        var team = NewIncidentTeam(name: "War room")
        team.channelURL = "https://chat.example.org/1"
        try await casebook.createTeam(team, for: id, by: ada)
    }
}
