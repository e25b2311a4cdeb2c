internal import Chronology
internal import Records

/// Rows of `Event`, as the classic agent writes them.
struct ClassicEventTable {
    private var row: WindowsRow
    /// Memory that is used again for each row.
    private var parameterText = TextScratch()
    private let source, log, computer, level, levelName, id, category, description, user, parameters,
        data: WindowsRow.Place

    init(_ definition: TableDefinition, _ batch: RecordBatch) {
        var row = WindowsRow(definition, batch)
        source = row.place("Source")
        log = row.place("EventLog")
        computer = row.place("Computer")
        level = row.place("EventLevel")
        levelName = row.place("EventLevelName")
        id = row.place("EventID")
        category = row.place("EventCategory")
        description = row.place("RenderedDescription")
        user = row.place("UserName")
        parameters = row.place("ParameterXml")
        data = row.place("EventData")
        for place in [description, parameters, data] { row.expectText(place) }
        self.row = row
    }

    mutating func add(_ event: WindowsEventView, time: Instant, record: Int) {
        row.begin(time: time)
        row.set(source, entry: event.place(.provider))
        row.set(log, entry: event.place(.channel))
        row.set(computer, entry: event.place(.computer))
        let number = WindowsLevel.number(event)
        row.set(level, number: number)
        row.set(levelName, text: WindowsLevel.name(number))
        row.set(id, entry: event.place(.eventID))
        row.set(category, number: event.number(.task))
        row.set(description, entry: event.place(.message))
        row.set(user, text: WindowsAccount.of(event))
        var values = TextScratch()
        swap(&values, &parameterText)
        row.set(data) { EventDataText.dataItem(event, time: time, to: &$0, parameters: &values) }
        values.withUTF8 { row.set(parameters, utf8: $0) }
        swap(&values, &parameterText)
        row.end(record: record)
    }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) { row.finish() }
}

/// Rows of `WindowsEvent`.
struct WindowsEventTable {
    private var row: WindowsRow
    private let provider, channel, computer, task, level, levelName, id, user, version, opcode: WindowsRow.Place
    private let keywords, correlation, process, thread, recordID, data: WindowsRow.Place

    init(_ definition: TableDefinition, _ batch: RecordBatch) {
        var row = WindowsRow(definition, batch)
        provider = row.place("Provider")
        channel = row.place("Channel")
        computer = row.place("Computer")
        task = row.place("Task")
        level = row.place("EventLevel")
        levelName = row.place("EventLevelName")
        id = row.place("EventID")
        user = row.place("SystemUserId")
        version = row.place("Version")
        opcode = row.place("Opcode")
        keywords = row.place("Keywords")
        correlation = row.place("Correlation")
        process = row.place("SystemProcessId")
        thread = row.place("SystemThreadId")
        recordID = row.place("EventRecordId")
        data = row.place("EventData")
        row.expectText(data)
        self.row = row
    }

    mutating func add(_ event: WindowsEventView, time: Instant, record: Int) {
        row.begin(time: time)
        row.set(provider, entry: event.place(.provider))
        row.set(channel, entry: event.place(.channel))
        row.set(computer, entry: event.place(.computer))
        row.set(task, number: event.number(.task))
        let number = WindowsLevel.number(event)
        row.set(level, number: number)
        row.set(levelName, text: WindowsLevel.name(number))
        row.set(id, entry: event.place(.eventID))
        row.set(user, entry: event.place(.userID))
        row.set(version, number: event.number(.version))
        row.set(opcode, entry: event.place(.opcode))
        row.set(keywords, text: WindowsKeywords.text(event))
        row.set(correlation, entry: event.place(.activityID))
        row.set(process, number: event.number(.processID))
        row.set(thread, number: event.number(.threadID))
        row.set(recordID, entry: event.place(.recordID))
        row.set(data) { EventDataText.object(event, to: &$0) }
        row.end(record: record)
    }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) { row.finish() }
}
