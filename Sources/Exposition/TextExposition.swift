/// The text format in which Prometheus scrapes, version 0.0.4.
public enum TextExposition {
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// The families in order of name; families of the same name are written as one.
    public static func text(_ families: [MetricFamily]) -> String {
        var merged: [String: MetricFamily] = [:]
        for family in families {
            let name = self.name(family.name)
            if merged[name] == nil {
                merged[name] = family
            } else {
                merged[name]?.samples += family.samples
            }
        }
        var text = ""
        for (name, family) in merged.sorted(by: { $0.key < $1.key }) where !family.samples.isEmpty {
            text += "# HELP \(name) \(escaped(family.help, quotes: false))\n# TYPE \(name) \(family.kind.rawValue)\n"
            for sample in family.samples {
                text += name + sample.suffix
                if !sample.labels.isEmpty {
                    let labels = sample.labels.map { "\(labelName($0.name))=\"\(escaped($0.value, quotes: true))\"" }
                    text += "{" + labels.joined(separator: ",") + "}"
                }
                text += " \(number(sample.value))\n"
            }
        }
        return text
    }

    /// A name of letters, digits, `_` and `:`, with `_` for all else.
    public static func name(_ text: String) -> String { clean(text, allowsColon: true) }

    private static func labelName(_ text: String) -> String { clean(text, allowsColon: false) }

    private static func clean(_ text: String, allowsColon: Bool) -> String {
        let cleaned = String(
            text.unicodeScalars.map { scalar -> Character in
                let isPlain =
                    scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar))
                return isPlain || (allowsColon && scalar == ":") ? Character(scalar) : "_"
            })
        return cleaned.first?.isNumber ?? true ? "_" + cleaned : cleaned
    }

    /// A number as Prometheus reads it: whole ones without a point.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return String(value)
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n", "\r\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }
}
