internal import Chronology
internal import KQLValues
internal import Records

/// Rows of `SecurityEvent`: event data in columns of their names, and the columns Azure derives from them.
struct SecurityEventTable {
    private let definition: WindowsDefinition
    private let columnsByName: [String: String]
    private var row: WindowsRow
    /// The builder's column for the data of a name, -1 when there is none.
    private var dataColumns: [String: Int] = [:]

    init(_ table: TableDefinition, _ definition: WindowsDefinition, _ batch: RecordBatch) {
        self.definition = definition
        row = WindowsRow(table, batch)
        var columns: [String: String] = [:]
        for column in table.schema.columns where !SecurityEventTable.reserved.contains(column.name) {
            columns[column.name.lowercased()] = column.name
        }
        columnsByName = columns
    }

    /// Columns that are not event data even when some data is called so.
    private static let reserved: Set<String> = [
        "TimeGenerated", "TenantId", "SourceSystem", "Account", "AccountType", "Computer", "EventSourceName", "Channel",
        "Task", "Level", "EventData", "EventID", "Activity", "Type", "_AdditionalFields", "_ResourceId",
        "_SubscriptionId", "_IsBillable", "_BilledSize", "EventLevelName", "Version", "Opcode", "Keywords",
        "Correlation", "SystemProcessId", "SystemThreadId", "EventRecordId", "SystemUserId",
    ]

    /// What the derived columns are made of.
    private struct Parts {
        var subjectUser: String?
        var subjectDomain: String?
        var targetUser: String?
        var targetDomain: String?
        var newProcess: String?
        var process: String?
        var logonType: Int64?
        var hasAccount: Bool { subjectUser != nil || targetUser != nil }
    }

    mutating func add(_ event: WindowsEventView, time: Instant, record: Int) {
        row.begin(time: time)
        row.set("EventID", event[.eventID], record: record)
        row.set("Computer", event[.computer], record: record)
        row.set("EventSourceName", event[.provider], record: record)
        row.set("Channel", text: "Security")
        row.set("Task", number: event.number(.task))
        // The log's events all have level 0; shippers' own severities say whether an audit was a failure.
        let level = event.number(.level).map { (0...5).contains($0) ? $0 : 0 } ?? 0
        row.set("Level", text: String(level))
        row.set("EventLevelName", text: WindowsLevel.name(level))
        row.set("Version", number: event.number(.version))
        row.set("Opcode", event[.opcode], record: record)
        row.set("Keywords", text: WindowsKeywords.text(event))
        row.set("Correlation", event[.activityID], record: record)
        row.set("SystemProcessId", number: event.number(.processID))
        row.set("SystemThreadId", number: event.number(.threadID))
        row.set("SystemUserId", event[.userID], record: record)
        row.set("EventRecordId", event[.recordID], record: record)
        var parts = Parts()
        var isComplete = true
        for datum in event.data {
            note(datum, of: event, in: &parts)
            let column = column(of: datum.name)
            guard column >= 0 else {
                isComplete = false
                continue
            }
            row.set(column: column, datum, of: event, record: record)
        }
        row.set("AccountName", event[.userName], record: record)
        if !isComplete { row.set("EventData", utf8: EventDataText.element(event)) }
        derive(from: parts, event)
        row.end(record: record)
    }

    private mutating func column(of name: String) -> Int {
        if let known = dataColumns[name] { return known }
        let found = columnsByName[name.lowercased()].flatMap { row.column($0) } ?? -1
        dataColumns[name] = found
        return found
    }

    private func note(_ datum: WindowsEventView.Datum, of event: WindowsEventView, in parts: inout Parts) {
        switch datum.name {
        case "SubjectUserName": parts.subjectUser = event.text(datum)
        case "SubjectDomainName": parts.subjectDomain = event.text(datum)
        case "TargetUserName": parts.targetUser = event.text(datum)
        case "TargetDomainName": parts.targetDomain = event.text(datum)
        case "NewProcessName": parts.newProcess = event.text(datum)
        case "ProcessName": parts.process = event.text(datum)
        case "LogonType": parts.logonType = event.withUTF8(datum) { NumberText.integer($0) }
        default: break
        }
    }

    private mutating func derive(from parts: Parts, _ event: WindowsEventView) {
        let id = event.number(.eventID)
        row.set("Activity", text: activity(id, event))
        if let type = parts.logonType { row.set("LogonTypeName", text: definition.logonTypes[type]) }
        let process = parts.newProcess ?? parts.process
        row.set("Process", text: process?.split(separator: "\\").last.map(String.init))
        guard parts.hasAccount else { return }
        let subject = account(parts.subjectDomain, parts.subjectUser)
        let target = account(parts.targetDomain, parts.targetUser)
        row.set("SubjectAccount", text: subject)
        row.set("TargetAccount", text: target)
        let isTarget = id.map { definition.targetAccountEvents.contains($0) } ?? false
        row.set("Account", text: (isTarget ? target : subject) ?? subject ?? target)
        let user = (isTarget ? parts.targetUser : parts.subjectUser) ?? parts.subjectUser ?? parts.targetUser
        row.set("AccountType", text: user?.hasSuffix("$") == true ? "Machine" : "User")
    }

    private func account(_ domain: String?, _ user: String?) -> String? {
        user.map { (domain ?? "") + "\\" + $0 }
    }

    private func activity(_ id: Int64?, _ event: WindowsEventView) -> String? {
        guard let id else { return nil }
        if let known = definition.activities[id] { return "\(id) - \(known)" }
        guard let message = event.text(.message), let line = message.split(whereSeparator: \.isNewline).first else {
            return String(id)
        }
        return "\(id) - \(line)"
    }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) { row.finish() }
}
