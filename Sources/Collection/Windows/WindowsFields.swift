internal import KQLValues
internal import Records

/// What each field of a batch means in a Windows event: found once per batch, whatever layout the records have.
struct WindowsFields {
    enum Role {
        case header(WindowsDefinition.Header, rank: Int)
        case data
        /// Event data if the record is flat; nested records have theirs elsewhere.
        case flatData
        /// As `flatData`, unless the value is one that a shipper puts there.
        case guardedData(without: [String])
        case ignored
    }

    let roles: [Role]
    /// For a field of event data its name in the event.
    let dataNames: [String]
    let labels: EventDataLabels
    /// Whether a field of that number shows that its record is nested.
    let isNested: [Bool]

    init(_ batch: RecordBatch, _ definition: WindowsDefinition) {
        var byName: [String: (WindowsDefinition.Header, Int)] = [:]
        for (header, names) in definition.headers {
            for (rank, name) in names.enumerated() { byName[name] = (header, rank) }
        }
        var roles: [Role] = []
        var dataNames: [String] = []
        var isNested: [Bool] = []
        for name in batch.fieldNames {
            let plain = WindowsFields.plain(name)
            let lowercased = plain.lowercased()
            let isPartOfNested = definition.nestedPrefixes.contains { lowercased.hasPrefix($0) }
            var dataName = name
            if let (header, rank) = byName[lowercased] {
                roles.append(.header(header, rank: rank))
            } else if let data = WindowsFields.dataName(plain, lowercased, definition) {
                roles.append(name.contains(".#attributes.Name") ? .ignored : .data)
                dataName = data
            } else if isPartOfNested || definition.ignored.contains(where: { WindowsFields.matches($0, lowercased) }) {
                roles.append(.ignored)
            } else if let values = definition.ignoredValues[lowercased] {
                roles.append(.guardedData(without: values))
            } else {
                roles.append(.flatData)
            }
            dataNames.append(dataName)
            isNested.append(isPartOfNested)
        }
        self.roles = roles
        self.dataNames = dataNames
        labels = EventDataLabels(dataNames)
        self.isNested = isNested
    }

    /// A name without the marks that converters from XML leave: `#attributes`, `@`, `#text`.
    private static func plain(_ name: String) -> String {
        guard name.utf8.contains(where: { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "@") }) else { return name }
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count > 1 else { return name }
        return parts.compactMap { part -> Substring? in
            if part == "#attributes" || part == "#text" { return nil }
            return part.hasPrefix("@") ? part.dropFirst() : part
        }.joined(separator: ".")
    }

    private static func dataName(_ name: String, _ lowercased: String, _ definition: WindowsDefinition) -> String? {
        for prefix in definition.dataPrefixes {
            guard let star = prefix.firstIndex(of: "*") else {
                if lowercased.hasPrefix(prefix) { return String(name.dropFirst(prefix.count)) }
                continue
            }
            let head = prefix[..<star]
            guard lowercased.hasPrefix(head) else { continue }
            let rest = name.dropFirst(head.count)
            guard let dot = rest.firstIndex(of: ".") else { return String(rest) }
            return String(rest[rest.index(after: dot)...])
        }
        return nil
    }

    private static func matches(_ pattern: String, _ name: String) -> Bool {
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
    }
}

/// What stands before the values of event data in texts, for each field.
struct EventDataLabels {
    private(set) var startTags = StringColumn()
    private(set) var keys = StringColumn()

    init(_ names: [String]) {
        for name in names {
            startTags.append(Self.startTag(name))
            keys.append(Self.key(name))
        }
    }

    static func startTag(_ name: String) -> String {
        if name.isEmpty || name == "Data" { return "<Data>" }
        return #"<Data Name=""# + escaped(name) { $0.write(xml: $1) } + "\">"
    }

    static func key(_ name: String) -> String {
        "\"" + escaped(name.isEmpty ? "Data" : name) { $0.write(json: $1) } + "\":"
    }

    private static func escaped(
        _ name: String, _ write: (inout TextCursor, UnsafeBufferPointer<UInt8>) -> Void
    ) -> String {
        var scratch = TextScratch()
        var name = name
        name.withUTF8 { name in
            scratch.write(atMost: name.count * TextCursor.longestEscape) { write(&$0, name) }
        }
        return scratch.withUTF8 { String(decoding: $0, as: UTF8.self) }
    }
}
