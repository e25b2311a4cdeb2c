internal import Casebook
internal import Chronology
internal import Vocabulary

/// Puts an incident into the words of a notification.
struct IncidentMessage {
    private static let maximumEntities = 25

    let incident: Incident
    let occasion: Contact.Occasion
    /// The portal's address, without a slash at its end.
    let portalURL: String

    var subject: String {
        let what = occasion == .created ? "" : "raised to "
        return "[Tocsin] \(what)\(incident.severity.rawValue): \(incident.title) (incident \(incident.number))"
    }

    private var link: String { "\(portalURL)/incidents/\(incident.id.rawValue)" }

    private var opening: String {
        switch occasion {
        case .created: "A new incident of severity \(incident.severity.rawValue) needs attention."
        case .severityRaised: "The severity of an incident was raised to \(incident.severity.rawValue)."
        }
    }

    private struct Section {
        var title: String
        var lines: [String]
    }

    private var sections: [Section] {
        var sections = [Section(title: "What happened", lines: whatHappened)]
        if let priority = incident.priority {
            let reasons = priority.reasons.filter { !$0.text.isEmpty }.map(\.text)
            sections.append(Section(title: "Why this priority (\(priority.score) of 100)", lines: reasons))
        }
        let entities = incident.entities.prefix(Self.maximumEntities).map { "\($0.kind.rawValue): \($0.friendlyName)" }
        if !entities.isEmpty {
            let rest = incident.entities.count - entities.count
            sections.append(
                Section(title: "Who and what is involved", lines: entities + (rest > 0 ? ["… and \(rest) more"] : [])))
        }
        return sections
    }

    private var whatHappened: [String] {
        var lines = [incident.title]
        if !incident.description.isEmpty { lines.append(incident.description) }
        lines.append("Status \(incident.status.rawValue), \(incident.alertIDs.count) alert(s)")
        if !incident.tactics.isEmpty {
            lines.append("Tactics: \(incident.tactics.map(\.rawValue).joined(separator: ", "))")
        }
        if let first = incident.firstActivityTime, let last = incident.lastActivityTime {
            lines.append(
                "Activity from \(first.formatted(fractionDigits: 0)) to \(last.formatted(fractionDigits: 0))")
        }
        return lines
    }

    var text: String {
        let body = sections.map { section in
            "\(section.title)\n" + section.lines.map { "  - \($0)\n" }.joined()
        }.joined(separator: "\n")
        return "\(opening)\n\n\(body)\nOpen the incident: \(link)\n"
    }

    var html: String {
        let body = sections.map { section in
            let items = section.lines.map { "<li>\(Self.escaped($0))</li>" }.joined()
            return "<h3>\(Self.escaped(section.title))</h3><ul>\(items)</ul>"
        }.joined()
        return """
            <html><body><p>\(Self.escaped(opening))</p>\(body)\
            <p><a href="\(Self.escaped(link))">Open incident \(incident.number)</a></p></body></html>
            """
    }

    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
