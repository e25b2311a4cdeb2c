internal import Casebook
internal import Chronology
internal import Foundation
internal import Prioritization

/// Why an incident stands where it stands: factors, a score set by hand, service level.
struct PriorityPage: Page {
    let frame: Frame
    let number: Int
    let title: String
    let incidentPath: String
    let score: String
    let scoreClass: String
    let model: String
    let modelPath: String
    let factors: [Factor]
    let setByHand: String?
    let serviceLevel: ServiceLevelCard
    let isContained: Bool
    let mayChange: Bool
    let overridePath: String
    let returnPath: String
    let containedPath: String

    var template: TemplateName { .priority }

    struct Factor: Sendable {
        let name: String
        let points: String
        let words: String
        /// The share of all points, 0 to 100.
        let share: Int
    }

    init(
        _ incident: Incident, timer: ServiceLevelTimer?, policy: ServiceLevelPolicy, override: PriorityOverride?,
        model: String, frame: Frame, mayChange: Bool, now: Instant
    ) {
        self.frame = frame
        self.model = model
        self.mayChange = mayChange
        number = incident.number
        title = incident.title
        incidentPath = PortalURL.incident(incident.id.rawValue).path
        modelPath = PortalURL.priorityModel.path
        score = incident.priority.map { String($0.score) } ?? "–"
        scoreClass = incident.scoreClass
        let reasons = incident.priority?.reasons ?? []
        let whole = reasons.reduce(0) { $0 + $1.points.magnitude }
        factors = reasons.map { reason in
            Factor(
                name: reason.factor.spaced, points: reason.points.signed, words: reason.text,
                share: whole > 0 ? Int((reason.points.magnitude / whole * 100).rounded()) : 0)
        }
        setByHand = override.map { override in
            "\(override.by) set the score to \(override.score) \(ShownTime(override.made, now: now).relative): "
                + override.reason
        }
        serviceLevel = ServiceLevelCard(timer, policy, now: now)
        isContained = timer?.clocks[.contain]?.met != nil
        overridePath = PortalURL.incidentPriority(incident.id.rawValue).path + "/override"
        returnPath = PortalURL.incidentPriority(incident.id.rawValue).path + "/return"
        containedPath = PortalURL.incidentPriority(incident.id.rawValue).path + "/contained"
    }
}

extension Double {
    /// `+5.4`, `−2`.
    fileprivate var signed: String {
        let tenths = (magnitude * 10).rounded() / 10
        let digits = tenths == tenths.rounded() ? String(Int(tenths)) : String(tenths)
        return (self < 0 ? "−" : "+") + digits
    }
}

extension String {
    /// `furtherSensitive` as `Further sensitive`.
    fileprivate var spaced: String {
        var text = ""
        for character in self { text += character.isUppercase ? " \(character.lowercased())" : String(character) }
        return text.prefix(1).uppercased() + text.dropFirst()
    }
}
