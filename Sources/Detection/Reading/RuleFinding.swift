public import Sigma

/// Something wrong with a rule file, told to its author.
public struct RuleFinding: Sendable, Hashable, CustomStringConvertible {
    /// Whether the rule is left out (`error`) or works nevertheless (`warning`).
    public enum Gravity: String, Sendable { case error, warning }

    public enum Code: String, Sendable, CaseIterable {
        case invalidYAML = "invalid-yaml"
        case notARule = "not-a-rule"
        case missingField = "missing-field"
        case invalidValue = "invalid-value"
        case invalidID = "invalid-id"
        case unknownField = "unknown-field"
        case unknownKind = "unknown-kind"
        case unsupportedKind = "unsupported-kind"
        case unknownSeverity = "unknown-severity"
        case unknownTactic = "unknown-tactic"
        case unknownTechnique = "unknown-technique"
        case invalidDuration = "invalid-duration"
        case invalidSchedule = "invalid-schedule"
        case unknownEntity = "unknown-entity"
        case unknownIdentifier = "unknown-identifier"
        case tooMany = "too-many"
        case tooLong = "too-long"
        case duplicateID = "duplicate-id"
        case querySyntax = "query"
        case queryColumn = "query-column"
        case queryScope = "query-scope"
        case newerTemplate = "newer-template"
        case unreadableFile = "unreadable-file"
    }

    public var gravity: Gravity
    public var code: Code
    public var message: String
    public var position: SigmaPosition

    public init(_ gravity: Gravity, _ code: Code, _ message: String, at position: SigmaPosition) {
        self.gravity = gravity
        self.code = code
        self.message = message
        self.position = position
    }

    /// The finding of a Sigma rule in this room's words.
    public init(_ finding: SigmaFinding) {
        let code: Code =
            switch finding.code {
            case .invalidYAML: .invalidYAML
            case .notARule: .notARule
            case .missingField: .missingField
            case .unsupported: .unsupportedKind
            case .duplicateID: .duplicateID
            case .tooLarge: .tooLong
            default: .invalidValue
            }
        self.init(finding.gravity == .error ? .error : .warning, code, finding.message, at: finding.position)
    }

    /// `file:line:column: error code: sentence`.
    public var description: String {
        "\(position.file):\(position.line):\(position.column): \(gravity.rawValue) \(code.rawValue): \(message)"
    }
}
