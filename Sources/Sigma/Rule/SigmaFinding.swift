/// Something wrong with a rule file, told to its author.
public struct SigmaFinding: Sendable, Hashable {
    /// Whether the rule is left out (`error`) or works nevertheless (`warning`).
    public enum Gravity: String, Sendable { case error, warning }

    public enum Code: String, Sendable {
        case invalidYAML = "invalid-yaml"
        case tooLarge = "too-large"
        case notARule = "not-a-rule"
        case missingField = "missing-field"
        case invalidValue = "invalid-value"
        case unknownLevel = "unknown-level"
        case unknownModifier = "unknown-modifier"
        case modifierMismatch = "modifier-mismatch"
        case invalidRegularExpression = "invalid-regular-expression"
        case invalidNetwork = "invalid-network"
        case missingPlaceholder = "missing-placeholder"
        case invalidCondition = "invalid-condition"
        case unknownDetection = "unknown-detection"
        case unsupported
        case unmappedField = "unmapped-field"
        case unmappedLogSource = "unmapped-log-source"
        /// The conversion does not say exactly what the rule says.
        case inexact
        case unknownReference = "unknown-reference"
        case deprecated
        case duplicateID = "duplicate-id"
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
}

extension SigmaFinding: CustomStringConvertible {
    public var description: String {
        "\(position.file):\(position.line):\(position.column): \(gravity.rawValue) \(code.rawValue): \(message)"
    }
}
