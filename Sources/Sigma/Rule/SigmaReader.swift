/// What a folder or file of rules gave: the rules that work and all findings.
public struct SigmaReading: Sendable {
    public var rules: [SigmaRule] = []
    public var findings: [SigmaFinding] = []

    public init() {}

    /// Adds another file's reading.
    public mutating func append(_ other: SigmaReading) {
        rules += other.rules
        findings += other.findings
    }
}

/// Reads Sigma rules from YAML. Whatever is wrong becomes a finding; the other rules are read nevertheless.
public struct SigmaReader: Sendable {
    /// The longest rule file that is read, in bytes of UTF-8.
    public static let largestFile = 1_000_000

    /// The values of placeholders (`%name%`) for the modifier `expand`.
    public var placeholders: [String: [String]]

    public init(placeholders: [String: [String]] = [:]) {
        self.placeholders = placeholders
    }

    /// Reads all documents of a file's text; `file` is its name in findings.
    public func read(_ text: String, file: String) -> SigmaReading {
        var reading = SigmaReading()
        guard text.utf8.count <= Self.largestFile else {
            let message = "the file is larger than \(Self.largestFile) bytes; split it into several"
            reading.findings.append(SigmaFinding(.error, .tooLarge, message, at: SigmaPosition(file: file)))
            return reading
        }
        var global = YAMLMapping()
        for document in YAMLDocuments.read(text, file: file, findings: &reading.findings) {
            guard case .mapping(let own) = document.content else {
                reading.findings.append(
                    SigmaFinding(
                        .error, .notARule, "a rule is a YAML map with title, logsource and detection",
                        at: document.position))
                continue
            }
            switch own["action"]?.text?.lowercased() {
            case "global":
                global = own
                continue
            case "reset":
                global = YAMLMapping()
                continue
            default: break
            }
            let merged = global.merging(own)
            if merged["correlation"] != nil || merged["filter"] != nil {
                let kind = merged["correlation"] != nil ? "correlation rules" : "filters"
                reading.findings.append(
                    SigmaFinding(
                        .warning, .unsupported, "\(kind) are left out: only detection rules are matched",
                        at: document.position))
                continue
            }
            var builder = SigmaRuleBuilder(mapping: merged, position: document.position, placeholders: placeholders)
            if let rule = builder.build() { reading.rules.append(rule) }
            reading.findings += builder.findings
        }
        return reading
    }
}
