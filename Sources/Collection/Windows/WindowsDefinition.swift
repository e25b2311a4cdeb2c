internal import Foundation

/// How Windows events are read, as `windows.yaml` of their source says.
struct WindowsDefinition: Sendable, Hashable {
    /// The header of an event: what `System` holds in its XML, and the rendered message.
    enum Header: Int, CaseIterable {
        case eventID, channel, provider, computer, time, level, task, opcode, version, keywords, recordID, processID
        case threadID, userID, userDomain, userName, activityID, message

        /// What `windows.yaml` calls it.
        var name: String {
            let name = String(describing: self)
            return name.prefix(1).uppercased() + name.dropFirst()
        }
    }

    /// The tables for some channels; a channel pattern may have a `*` at its ends, none means all others.
    struct Route: Sendable, Hashable {
        var channels: [String]
        var tables: [WindowsTable]
    }

    enum WindowsTable: String {
        case securityEvent = "SecurityEvent"
        case event = "Event"
        case windowsEvent = "WindowsEvent"
    }

    /// Names a header field goes by, the best first, in lowercase and without marks of XML attributes.
    var headers: [Header: [String]] = [:]
    /// What the names of event data start with; a `*` stands for one part of a name.
    var dataPrefixes: [String] = []
    /// What the names of fields start with that show a record to be nested, so that no other field is event data.
    var nestedPrefixes: [String] = []
    var ignored: [String] = []
    /// Fields that are left out when they have one of these values.
    var ignoredValues: [String: [String]] = [:]
    var routes: [Route] = []
    /// Events whose `Account` is the target's rather than the subject's.
    var targetAccountEvents: Set<Int64> = []
    /// For `Activity`: `4625 - An account failed to log on.`
    var activities: [Int64: String] = [:]
    /// For `LogonTypeName`.
    var logonTypes: [Int64: String] = [:]
    /// The order of event data in the provider's manifest, by provider and event id.
    var dataOrder: [String: [Int64: [String]]] = [:]

    init(contentsOf folder: URL) throws(ContentFault) {
        let file = try YAMLValue.read(folder.appending(path: "windows.yaml"))
        for (name, value) in try file.required("header").members() {
            guard let header = Header.allCases.first(where: { $0.name == name }) else {
                throw value.fault(
                    "'\(name)' is no header field",
                    remedy: "use one of " + Header.allCases.map(\.name).joined(separator: ", "))
            }
            headers[header] = try value.texts().map { $0.lowercased() }
        }
        dataPrefixes = try file.required("data").texts().map { $0.lowercased() }
        nestedPrefixes = try file.required("nested").texts().map { $0.lowercased() }
        ignored = try file["ignore"]?.texts().map { $0.lowercased() } ?? []
        for (name, value) in try file["ignore-values"]?.members() ?? [] {
            ignoredValues[name.lowercased()] = try value.texts()
        }
        for route in try file.required("routes").elements() { routes.append(try WindowsDefinition.route(route)) }
        targetAccountEvents = Set(try file.required("target-account-events").texts().compactMap { Int64($0) })
        logonTypes = try WindowsDefinition.numbered(file.required("logon-types"))
        for (id, text) in try WindowsDefinition.numbered(YAMLValue.read(folder.appending(path: "activities.yaml"))) {
            activities[id] = "\(id) - \(text)"
        }
        for (provider, events) in try YAMLValue.read(folder.appending(path: "data-order.yaml")).members() {
            for (event, names) in try events.members() {
                guard let number = Int64(event) else {
                    throw names.fault("'\(event)' is no event id", remedy: "use a number")
                }
                dataOrder[provider, default: [:]][number] = try names.text().split(separator: " ").map(String.init)
            }
        }
    }

    private static func route(_ value: YAMLValue) throws(ContentFault) -> Route {
        var tables: [WindowsTable] = []
        for name in try value.required("tables").texts() {
            guard let table = WindowsTable(rawValue: name) else {
                throw value.fault(
                    "'\(name)' is no table for Windows events", remedy: "use SecurityEvent, Event, WindowsEvent")
            }
            tables.append(table)
        }
        return Route(channels: try value["channels"]?.texts().map { $0.lowercased() } ?? [], tables: tables)
    }

    private static func numbered(_ value: YAMLValue) throws(ContentFault) -> [Int64: String] {
        var list: [Int64: String] = [:]
        for (key, value) in try value.members() {
            guard let number = Int64(key) else { throw value.fault("'\(key)' is no number", remedy: "use a number") }
            list[number] = try value.text()
        }
        return list
    }

    /// The tables for a channel, given in lowercase.
    func tables(for channel: String) -> [WindowsTable] {
        routes.first { route in
            route.channels.isEmpty || route.channels.contains { WindowsDefinition.matches($0, channel) }
        }?.tables ?? []
    }

    private static func matches(_ pattern: String, _ text: String) -> Bool {
        let inner = pattern.trimming { $0 == "*" }
        return switch (pattern.hasPrefix("*"), pattern.hasSuffix("*")) {
        case (true, true): text.contains(inner)
        case (true, false): text.hasSuffix(inner)
        case (false, true): text.hasPrefix(inner)
        case (false, false): text == inner
        }
    }
}

extension String {
    fileprivate func trimming(_ isCut: (Character) -> Bool) -> String {
        var rest = self[...]
        while let first = rest.first, isCut(first) { rest = rest.dropFirst() }
        while let last = rest.last, isCut(last) { rest = rest.dropLast() }
        return String(rest)
    }
}
