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
        var previous = YAMLMapping()
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
            case "repeat": previous = previous.merging(own)
            default: previous = global.merging(own)
            }
            add(previous, at: document.position, to: &reading)
        }
        return reading
    }

    private func add(_ mapping: YAMLMapping, at position: SigmaPosition, to reading: inout SigmaReading) {
        if let correlation = mapping["correlation"] {
            var builder = SigmaCorrelationBuilder(mapping, position: position)
            if let correlation = builder.build(correlation) { reading.correlations.append(correlation) }
            reading.findings += builder.findings
        } else if let filter = mapping["filter"] {
            var builder = SigmaRuleBuilder(mapping: mapping, position: position, placeholders: placeholders)
            if let filter = builder.buildFilter(filter) { reading.filters.append(filter) }
            reading.findings += builder.findings
        } else {
            var builder = SigmaRuleBuilder(mapping: mapping, position: position, placeholders: placeholders)
            if let rule = builder.build() {
                reading.rules.append(rule)
                if let correlation = builder.correlation { reading.correlations.append(correlation) }
            }
            reading.findings += builder.findings
        }
    }
}
