/// What of an alert is taken from the results instead of from the rule.
public struct AlertOverride: Sendable, Hashable {
    /// A text with placeholders `{{Column}}`.
    public var nameFormat: String?
    public var descriptionFormat: String?
    public var tacticsColumn: String?
    public var severityColumn: String?
    public var dynamicProperties: [DynamicProperty] = []

    public init() {}

    public struct DynamicProperty: Sendable, Hashable {
        public var property: AlertProperty
        public var column: String

        public init(property: AlertProperty, column: String) {
            self.property = property
            self.column = column
        }
    }

    /// The properties of an alert that a column can give.
    public enum AlertProperty: String, Sendable, Hashable, CaseIterable {
        case alertLink = "AlertLink"
        case confidenceLevel = "ConfidenceLevel"
        case confidenceScore = "ConfidenceScore"
        case extendedLinks = "ExtendedLinks"
        case productName = "ProductName"
        case providerName = "ProviderName"
        case productComponentName = "ProductComponentName"
        case remediationSteps = "RemediationSteps"
        case techniques = "Techniques"
        case subTechniques = "SubTechniques"
    }

    /// The columns named by a format's placeholders, in order.
    static func placeholders(in format: String) -> [String] {
        format.split(separator: "{{").dropFirst().compactMap { piece in
            piece.firstRange(of: "}}").map { piece[..<$0.lowerBound].trimmingBlanks }
        }
    }

    /// The format with each placeholder replaced by the column's text; nil when all columns named are empty.
    static func filled(_ format: String, _ text: (String) -> String) -> String? {
        var result = ""
        var rest = format[...]
        var named = 0
        var present = 0
        while let open = rest.firstRange(of: "{{"), let close = rest[open.upperBound...].firstRange(of: "}}") {
            result += rest[..<open.lowerBound]
            let value = text(rest[open.upperBound..<close.lowerBound].trimmingBlanks)
            named += 1
            if !value.isEmpty { present += 1 }
            result += value
            rest = rest[close.upperBound...]
        }
        return named > 0 && present == 0 ? nil : result + rest
    }
}

extension Substring {
    /// Without blanks at either end.
    var trimmingBlanks: String {
        var text = self
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }
}
