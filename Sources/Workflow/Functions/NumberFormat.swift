/// A .NET number format: a standard one (`C`, `D`, `F`, `G`, `N`, `P`, `X` with digits) or a custom one (`#,##0.00`).
struct NumberFormat {
    private let format: String

    init(_ format: String) {
        self.format = format
    }

    /// The number in the invariant culture; nil when the format is not understood.
    func text(of value: Double) -> String? {
        guard value.isFinite, abs(value) < 1e15 else { return nil }
        guard let first = format.first else { return plain(value) }
        let digits = format.dropFirst()
        if first.isLetter, first.isASCII, digits.allSatisfy(\.isNumber), digits.count <= 2 {
            return standard(first.lowercased(), isUpper: first.isUppercase, digits: Int(digits), value)
        }
        return custom(value)
    }

    private func standard(_ letter: String, isUpper: Bool, digits: Int?, _ value: Double) -> String? {
        let sign = value < 0 ? "-" : ""
        let magnitude = abs(value)
        switch letter {
        case "c": return "\(sign)$\(Self.grouped(Self.fixed(magnitude, digits: digits ?? 2)))"
        case "n": return sign + Self.grouped(Self.fixed(magnitude, digits: digits ?? 2))
        case "f": return sign + Self.fixed(magnitude, digits: digits ?? 2)
        case "p": return "\(sign)\(Self.grouped(Self.fixed(magnitude * 100, digits: digits ?? 2))) %"
        case "g", "r": return plain(value)
        case "d":
            guard let whole = Int64(exactly: magnitude) else { return nil }
            return sign + Self.padded(String(whole), to: digits ?? 0)
        case "x":
            guard let whole = Int64(exactly: value) else { return nil }
            return Self.padded(String(UInt64(bitPattern: whole), radix: 16, uppercase: isUpper), to: digits ?? 0)
        default: return nil
        }
    }

    private func custom(_ value: Double) -> String {
        let pattern = format.split(separator: ";", omittingEmptySubsequences: false).first.map(String.init) ?? format
        let isPlaceholder: (Character) -> Bool = { "0#.,".contains($0) }
        let prefix = pattern.prefix { !isPlaceholder($0) }
        let suffix = String(pattern.reversed().prefix { !isPlaceholder($0) }.reversed())
        let core = pattern.dropFirst(prefix.count).dropLast(prefix.count == pattern.count ? 0 : suffix.count)
        let sides = core.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = sides.count > 1 ? sides[1] : ""
        let scaled = abs(value) * (pattern.contains("%") ? 100 : 1)
        var text = Self.fixed(scaled, digits: fraction.filter { "0#".contains($0) }.count)
        var optional = fraction.filter { "0#".contains($0) }.reversed().prefix { $0 == "#" }.count
        while optional > 0, text.hasSuffix("0") {
            text.removeLast()
            optional -= 1
        }
        if text.hasSuffix(".") { text.removeLast() }
        let whole = text.prefix { $0 != "." }
        let minimum = (sides.first ?? "").filter { $0 == "0" }.count
        var integer = Self.padded(String(whole), to: minimum)
        if minimum == 0, integer == "0" { integer = "" }
        text = integer + text.dropFirst(whole.count)
        if (sides.first ?? "").contains(",") { text = Self.grouped(text) }
        return (value < 0 ? "-" : "") + prefix + text + (prefix.count == pattern.count ? "" : suffix)
    }

    private func plain(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { String(whole) } else { value.description }
    }

    private static func padded(_ text: String, to width: Int) -> String {
        String(repeating: "0", count: max(width - text.count, 0)) + text
    }

    /// A number that is not below zero, rounded half away from zero to so many digits.
    static func fixed(_ value: Double, digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<min(digits, 15) { scale *= 10 }
        guard value * scale < 9e18 else { return value.description }
        let scaled = Int64((value * scale).rounded(.toNearestOrAwayFromZero))
        let whole = String(scaled / Int64(scale))
        guard digits > 0 else { return whole }
        let fraction = padded(String(scaled % Int64(scale)), to: min(digits, 15))
        return "\(whole).\(fraction)\(String(repeating: "0", count: max(digits - 15, 0)))"
    }

    private static func grouped(_ text: String) -> String {
        let whole = text.prefix { $0 != "." }
        var result = ""
        for (index, digit) in whole.enumerated() {
            if index > 0, (whole.count - index) % 3 == 0 { result += "," }
            result.append(digit)
        }
        return result + text.dropFirst(whole.count)
    }
}
