/// Under which names rules may speak of an event's field, given its dotted name in a record.
///
/// The same Windows event comes flat, nested as `Event.EventData…`, or as winlogbeat's `winlog.event_data…`; names are
/// compared in lower case.
enum EventFieldNames {
    struct Use: Equatable {
        let name: String
        /// 0 is best. When several fields of a record answer to one name, the best rank is taken, then the first.
        let rank: UInt8
    }

    /// Envelopes around a Windows event's own fields. An asterisk stands for one level of any name.
    private static let envelopes: [(prefix: String, rank: UInt8)] = [
        ("event.eventdata.", 1), ("eventdata.", 1), ("winlog.event_data.", 1), ("event_data.", 1),
        ("event.userdata.*.", 2), ("userdata.*.", 2), ("winlog.user_data.", 2), ("user_data.", 2),
        ("event.system.", 3), ("system.", 3), ("winlog.", 4), ("event.", 5),
    ]

    /// Other spellings of header fields, envelope removed.
    private static let aliases: [String: String] = [
        "provider.#attributes.name": "provider_name",
        "provider.name": "provider_name",
        "provider.@name": "provider_name",
        "providername": "provider_name",
        "sourcename": "provider_name",
        "source_name": "provider_name",
        "eventsourcename": "provider_name",
        "source": "provider_name",
        "eventlog": "channel",
        "eventid.#text": "eventid",
        "event_id": "eventid",
        "eventid.#attributes.qualifiers": "qualifiers",
        "code": "eventid",
        "log_name": "channel",
        "logname": "channel",
        "computer_name": "computer",
        "hostname": "computer",
        "execution.#attributes.processid": "processid",
        "execution.#attributes.threadid": "threadid",
        "execution.processid": "processid",
        "security.#attributes.userid": "userid",
        "timecreated.#attributes.systemtime": "timecreated",
        "data.#text": "data",
    ]
    private static let aliasRank: UInt8 = 6

    static func uses(of fieldName: String) -> [Use] {
        let name = fieldName.lowercased()
        var uses = [Use(name: name, rank: 0)]
        func add(_ name: String, _ rank: UInt8) {
            if !uses.contains(where: { $0.name == name }) { uses.append(Use(name: name, rank: rank)) }
        }
        var inner = name
        if let (rest, rank) = unwrapped(name) {
            inner = rest
            add(rest, rank)
        }
        if inner.contains(" ") { add(inner.replacing(" ", with: ""), 7) }
        if let alias = aliases[inner] { add(alias, aliasRank) }
        return uses
    }

    private static func unwrapped(_ name: String) -> (String, UInt8)? {
        for (prefix, rank) in envelopes {
            if let star = prefix.firstIndex(of: "*") {
                let head = prefix[..<star]
                guard name.hasPrefix(head) else { continue }
                let rest = name.dropFirst(head.count)
                guard let dot = rest.firstIndex(of: ".") else { continue }
                return (String(rest[rest.index(after: dot)...]), rank)
            }
            if name.hasPrefix(prefix) { return (String(name.dropFirst(prefix.count)), rank) }
        }
        return nil
    }
}
