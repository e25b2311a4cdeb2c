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
    /// Memory for names of accounts, used again for each row.
    private var subject: [UInt8] = []
    private var target: [UInt8] = []
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
        row.set(derived.accountName, entry: event.place(.userName))
        if !isComplete { row.set(derived.eventData) { EventDataText.element(event, to: &$0) } }
        derive(event)
        row.end(record: record)
    }

    /// The column for a piece of data, which is noted if other columns are derived from it.
    private mutating func place(of datum: WindowsEventView.Datum, _ event: WindowsEventView) -> WindowsRow.Place? {
        switch datum {
        case .entry(let index):
            let field = Int(event.entry(index).field)
            if let part = dataParts[field] { parts[part.rawValue] = datum }
            return dataPlaces[field]
        case .element:
            let name = event.name(datum)
            if let part = Part(name) { parts[part.rawValue] = datum }
            return namedPlaces[name.lowercased()]
        }
    }

    private mutating func writeHeader(_ event: WindowsEventView, record: Int) {
        row.set(header.id, entry: event.place(.eventID))
        row.set(header.computer, entry: event.place(.computer))
        row.set(header.provider, entry: event.place(.provider))
        row.set(header.channel, text: "Security")
        row.set(header.task, number: event.number(.task))
        // The log's events all have level 0; shippers' own severities say whether an audit was a failure.
        let level = event.number(.level).map { (0...5).contains($0) ? $0 : 0 } ?? 0
        row.set(header.level, text: String(level))
        row.set(header.levelName, text: WindowsLevel.name(level))
        row.set(header.version, number: event.number(.version))
        row.set(header.opcode, entry: event.place(.opcode))
        row.set(header.keywords, text: WindowsKeywords.text(event))
        row.set(header.correlation, entry: event.place(.activityID))
        row.set(header.process, number: event.number(.processID))
        row.set(header.thread, number: event.number(.threadID))
        row.set(header.user, entry: event.place(.userID))
        row.set(header.recordID, entry: event.place(.recordID))
    }

    private mutating func derive(_ event: WindowsEventView) {
        let id = event.number(.eventID)
        row.set(derived.activity, text: activity(id, event))
        if let type = part(.logonType).flatMap({ event.withUTF8($0) { NumberText.integer($0) } }) {
            row.set(derived.logonTypeName, text: definition.logonTypes[type])
        }
        if let path = part(.newProcess) ?? part(.process) {
            event.withUTF8(path) { path in
                let start = path.lastIndex(of: UInt8(ascii: "\\")).map { $0 + 1 } ?? 0
                row.set(derived.process, utf8: UnsafeBufferPointer(rebasing: path[start...]))
            }
        }
        let hasSubject = Self.write(part(.subjectDomain), part(.subjectUser), of: event, to: &subject)
        let hasTarget = Self.write(part(.targetDomain), part(.targetUser), of: event, to: &target)
        guard hasSubject || hasTarget else { return }
        if hasSubject { subject.withUnsafeBufferPointer { row.set(derived.subjectAccount, utf8: $0) } }
        if hasTarget { target.withUnsafeBufferPointer { row.set(derived.targetAccount, utf8: $0) } }
        let prefersTarget = id.map { definition.targetAccountEvents.contains($0) } ?? false
        let account = hasTarget && (prefersTarget || !hasSubject) ? target : subject
        account.withUnsafeBufferPointer { row.set(derived.account, utf8: $0) }
        row.set(derived.accountType, text: account.last == UInt8(ascii: "$") ? "Machine" : "User")
    }

    private func part(_ part: Part) -> WindowsEventView.Datum? { parts[part.rawValue] }

    /// Writes `DOMAIN\user`; false when the event does not name the user.
    private static func write(
        _ domain: WindowsEventView.Datum?, _ user: WindowsEventView.Datum?, of event: WindowsEventView,
        to text: inout [UInt8]
    ) -> Bool {
        guard let user else { return false }
        text.removeAll(keepingCapacity: true)
        if let domain { event.withUTF8(domain) { text.append(contentsOf: $0) } }
        text.append(UInt8(ascii: "\\"))
        event.withUTF8(user) { text.append(contentsOf: $0) }
        return true
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
