internal import Chronology
internal import JSON
internal import Records

/// One record, read by its fields' last names in any letter case, wherever they are nested.
struct RecordFields {
    private let batch: RecordBatch
    private let record: Int
    private var index: [String: Int] = [:]

    init(_ batch: RecordBatch, _ record: Int) {
        self.batch = batch
        self.record = record
        for (position, entry) in batch.fields(of: record).enumerated() where entry.kind != .null {
            let name = batch.fieldNames[Int(entry.field)].lowercased()
            index[name] = position
            let last = name.split(separator: ".").last.map(String.init) ?? name
            if index[last] == nil { index[last] = position }
        }
    }

    /// The text of the first of these fields that says something.
    func text(_ names: String...) -> String? {
        for name in names {
            guard let position = index[name.lowercased()] else { continue }
            let fields = batch.fields(of: record)
            let text = batch.text(fields[fields.startIndex + position])
            if !text.isEmpty && text != "-" { return text }
        }
        return nil
    }

    /// When the event happened, by the usual fields.
    var time: Instant? {
        let names = [
            "timecreated", "event.system.timecreated.#attributes.systemtime", "systemtime", "@timestamp", "utctime",
            "timegenerated", "eventtime", "time", "createddatetime", "ts",
        ]
        for name in names {
            guard let text = text(name) else { continue }
            if let instant = Instant(iso8601: text) { return instant }
            if let seconds = Double(text), (1e8...1e11).contains(seconds) { return Instant(unixSeconds: seconds) }
        }
        return nil
    }

    /// The whole record as evidence: dotted names and texts.
    var json: JSON {
        var object = JSONObject()
        for entry in batch.fields(of: record) {
            let text = batch.text(entry)
            object[batch.fieldNames[Int(entry.field)]] =
                switch entry.kind {
                case .string: .string(text)
                case .null: .null
                case .bool: .bool(text == "true")
                // Numbers and arrays hold JSON text by construction; what does not parse is kept as it is.
                case .number, .json: (try? JSON(parsing: text)) ?? .string(text)
                }
        }
        return .object(object)
    }
}
