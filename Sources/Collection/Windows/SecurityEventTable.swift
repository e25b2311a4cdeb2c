internal import Chronology
internal import KQLValues
internal import Records

/// Rows of `SecurityEvent`: event data in columns of their names, and the columns Azure derives from them.
struct SecurityEventTable {
    /// Event data that columns are derived from.
    private enum Part: Int, CaseIterable {
        case subjectUser, subjectDomain, targetUser, targetDomain, newProcess, process, logonType

        init?(_ name: String) {
            switch name {
            case "SubjectUserName": self = .subjectUser
            case "SubjectDomainName": self = .subjectDomain
            case "TargetUserName": self = .targetUser
            case "TargetDomainName": self = .targetDomain
            case "NewProcessName": self = .newProcess
            case "ProcessName": self = .process
            case "LogonType": self = .logonType
            default: return nil
            }
        }
    }

    /// Columns that are not event data even when some data is called so.
    private static let reserved: Set<String> = [
        "TimeGenerated", "TenantId", "SourceSystem", "Account", "AccountType", "Computer", "EventSourceName", "Channel",
        "Task", "Level", "EventData", "EventID", "Activity", "Type", "_AdditionalFields", "_ResourceId",
        "_SubscriptionId", "_IsBillable", "_BilledSize", "EventLevelName", "Version", "Opcode", "Keywords",
        "Correlation", "SystemProcessId", "SystemThreadId", "EventRecordId", "SystemUserId",
    ]

    private let definition: WindowsDefinition
    private var row: WindowsRow
    /// For each field of the batch the column of its data.
    private let dataPlaces: [WindowsRow.Place?]
    private let dataParts: [Part?]
    private let namedPlaces: [String: WindowsRow.Place]
    private var parts: [WindowsEventView.Datum?] = Array(repeating: nil, count: Part.allCases.count)
    private let header: HeaderPlaces
    private let derived: DerivedPlaces

    init(_ table: TableDefinition, _ definition: WindowsDefinition, _ batch: RecordBatch, _ fields: WindowsFields) {
        self.definition = definition
        var row = WindowsRow(table, batch)
        var named: [String: WindowsRow.Place] = [:]
        for column in table.schema.columns where !SecurityEventTable.reserved.contains(column.name) {
            named[column.name.lowercased()] = row.place(column.name)
        }
        namedPlaces = named
        dataPlaces = fields.dataNames.map { named[$0.lowercased()] }
        dataParts = fields.dataNames.map { Part($0) }
        header = HeaderPlaces(&row)
        derived = DerivedPlaces(&row)
        self.row = row
    }

    mutating func add(_ event: WindowsEventView, time: Instant, record: Int) {
        row.begin(time: time)
        writeHeader(event, record: record)
        for index in parts.indices { parts[index] = nil }
        var isComplete = true
        for datum in event.data {
            guard let place = place(of: datum, event) else {
                isComplete = false
                continue
            }
            row.set(place, datum, of: event, record: record)
        }
        row.set(derived.accountName, event[.userName], record: record)
        if !isComplete { row.set(derived.eventData) { EventDataText.element(event, to: &$0) } }
        derive(event)
        row.end(record: record)
    }

    /// The column for a piece of data, which is noted if other columns are derived from it.
    private mutating func place(of datum: WindowsEventView.Datum, _ event: WindowsEventView) -> WindowsRow.Place? {
        switch datum {
        case .entry(let entry):
            if let part = dataParts[Int(entry.field)] { parts[part.rawValue] = datum }
            return dataPlaces[Int(entry.field)]
        case .element(let name, _):
            if let part = Part(name) { parts[part.rawValue] = datum }
            return namedPlaces[name.lowercased()]
        }
    }

    private mutating func writeHeader(_ event: WindowsEventView, record: Int) {
        row.set(header.id, event[.eventID], record: record)
        row.set(header.computer, event[.computer], record: record)
        row.set(header.provider, event[.provider], record: record)
        row.set(header.channel, text: "Security")
        row.set(header.task, number: event.number(.task))
        // The log's events all have level 0; shippers' own severities say whether an audit was a failure.
        let level = event.number(.level).map { (0...5).contains($0) ? $0 : 0 } ?? 0
        row.set(header.level, text: String(level))
        row.set(header.levelName, text: WindowsLevel.name(level))
        row.set(header.version, number: event.number(.version))
        row.set(header.opcode, event[.opcode], record: record)
        row.set(header.keywords, text: WindowsKeywords.text(event))
        row.set(header.correlation, event[.activityID], record: record)
        row.set(header.process, number: event.number(.processID))
        row.set(header.thread, number: event.number(.threadID))
        row.set(header.user, event[.userID], record: record)
        row.set(header.recordID, event[.recordID], record: record)
    }

    private mutating func derive(_ event: WindowsEventView) {
        func text(_ part: Part) -> String? { parts[part.rawValue].map { event.text($0) } }
        let id = event.number(.eventID)
        row.set(derived.activity, text: activity(id, event))
        if let type = parts[Part.logonType.rawValue].flatMap({ event.withUTF8($0) { NumberText.integer($0) } }) {
            row.set(derived.logonTypeName, text: definition.logonTypes[type])
        }
        if let path = text(.newProcess) ?? text(.process) {
            let name = path.utf8.lastIndex(of: UInt8(ascii: "\\")).map { String(path[path.utf8.index(after: $0)...]) }
            row.set(derived.process, text: name ?? path)
        }
        let subject = text(.subjectUser).map { (text(.subjectDomain) ?? "") + "\\" + $0 }
        let target = text(.targetUser).map { (text(.targetDomain) ?? "") + "\\" + $0 }
        guard subject != nil || target != nil else { return }
        row.set(derived.subjectAccount, text: subject)
        row.set(derived.targetAccount, text: target)
        let isTarget = id.map { definition.targetAccountEvents.contains($0) } ?? false
        let account = (isTarget ? target : subject) ?? subject ?? target
        row.set(derived.account, text: account)
        row.set(derived.accountType, text: account?.utf8.last == UInt8(ascii: "$") ? "Machine" : "User")
    }

    private func activity(_ id: Int64?, _ event: WindowsEventView) -> String? {
        guard let id else { return nil }
        if let known = definition.activities[id] { return known }
        guard let message = event.text(.message), let line = message.split(whereSeparator: \.isNewline).first else {
            return String(id)
        }
        return "\(id) - \(line)"
    }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) { row.finish() }

    private struct HeaderPlaces {
        let id, computer, provider, channel, task, level, levelName, version, opcode: WindowsRow.Place
        let keywords, correlation, process, thread, user, recordID: WindowsRow.Place

        init(_ row: inout WindowsRow) {
            id = row.place("EventID")
            computer = row.place("Computer")
            provider = row.place("EventSourceName")
            channel = row.place("Channel")
            task = row.place("Task")
            level = row.place("Level")
            levelName = row.place("EventLevelName")
            version = row.place("Version")
            opcode = row.place("Opcode")
            keywords = row.place("Keywords")
            correlation = row.place("Correlation")
            process = row.place("SystemProcessId")
            thread = row.place("SystemThreadId")
            user = row.place("SystemUserId")
            recordID = row.place("EventRecordId")
        }
    }

    private struct DerivedPlaces {
        let activity, logonTypeName, process, account, accountType, subjectAccount: WindowsRow.Place
        let targetAccount, accountName, eventData: WindowsRow.Place

        init(_ row: inout WindowsRow) {
            activity = row.place("Activity")
            logonTypeName = row.place("LogonTypeName")
            process = row.place("Process")
            account = row.place("Account")
            accountType = row.place("AccountType")
            subjectAccount = row.place("SubjectAccount")
            targetAccount = row.place("TargetAccount")
            accountName = row.place("AccountName")
            eventData = row.place("EventData")
        }
    }
}
