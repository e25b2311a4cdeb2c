/// How the text of a log is written.
public enum TextFormat: Sendable, Hashable {
    /// Objects, one per line, in arrays or in envelopes.
    case json
    /// Delimited values after a header line with their names (RFC 4180).
    case delimited(Delimited)
    /// Zeek's own format: tab-separated values after a header of `#` lines.
    case zeek
    /// The W3C extended log format.
    case extended
    /// `key=value` pairs, in syslog or alone.
    case pairs
    /// The Log Event Extended Format, 1.0 or 2.0, in syslog or alone.
    case leef
    /// The Common Event Format, in syslog or alone.
    case cef
    case syslog
    /// Windows events as XML.
    case windowsXML
    /// What `journalctl -o export` writes.
    case journal
    /// Lines of the Linux audit daemon.
    case audit
    /// Lines that one of some regular expressions (RE2) matches; its named groups are the fields.
    case lines([String])

    /// How delimited values are written.
    public struct Delimited: Sendable, Hashable {
        public var delimiter: UInt8
        /// The names of the fields when no header line tells them.
        public var names: [String]

        public init(delimiter: UInt8 = 0x2C, names: [String] = []) {
            self.delimiter = delimiter
            self.names = names
        }
    }

    /// Whether values have types of their own, so that fields are dynamic values in transformations.
    public var isTyped: Bool { self == .json }
}

extension TextFormat {
    /// Reads a name, or a mapping of a name to its settings.
    init(_ value: YAMLValue) throws(ContentFault) {
        if let patterns = value["lines"] {
            var texts: [String] = []
            for pattern in try patterns.elements() { texts.append(try pattern.pattern()) }
            self = .lines(texts)
            return
        }
        if let delimited = value["csv"] {
            let delimiter = try delimited["delimiter"]?.text() ?? ","
            guard let byte = delimiter.utf8.first, delimiter.utf8.count == 1 else {
                throw delimited.fault("'\(delimiter)' is no delimiter", remedy: "use one character such as ';'")
            }
            self = .delimited(Delimited(delimiter: byte, names: try delimited["names"]?.texts() ?? []))
            return
        }
        guard let format = TextFormat.named[try value.text()] else {
            throw value.fault(
                "'\(try value.text())' is no format",
                remedy: "use one of " + TextFormat.named.keys.sorted().joined(separator: ", ")
                    + ", or 'lines' with patterns")
        }
        self = format
    }

    private static let named: [String: TextFormat] = [
        "json": .json, "csv": .delimited(Delimited()), "tsv": .delimited(Delimited(delimiter: 0x09)), "zeek": .zeek,
        "w3c": .extended, "key-value": .pairs, "leef": .leef, "cef": .cef, "syslog": .syslog,
        "windows-xml": .windowsXML, "journal-export": .journal, "auditd": .audit,
    ]

    /// The word for it in `source.yaml`.
    public var name: String {
        switch self {
        case .lines: "lines"
        case .delimited(let form): form.delimiter == 0x09 ? "tsv" : "csv"
        default: TextFormat.named.first { $0.value == self }?.key ?? "text"
        }
    }
}
