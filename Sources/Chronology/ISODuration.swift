/// Durations of ISO 8601: `P[n]W`, `P[n]DT[n]H[n]M[n]S`, with fractions; years and months have no fixed length and are
/// refused. Also the short forms of people: a number and one of `w`, `d`, `h`, `m`, `s`.
public enum ISODuration {
    /// The length that a text gives; nil when it gives none.
    public static func span(_ text: some StringProtocol) -> TimeSpan? {
        short(text) ?? standard(text)
    }

    private static func short(_ text: some StringProtocol) -> TimeSpan? {
        let units: [Character: Double] = ["w": 604_800, "d": 86_400, "h": 3600, "m": 60, "s": 1]
        guard let unit = text.last.flatMap({ units[$0] }), let number = Double(text.dropLast()), number >= 0,
            number * unit < 1e11
        else { return nil }
        return .seconds(number * unit)
    }

    private static func standard(_ text: some StringProtocol) -> TimeSpan? {
        var rest = Substring(text)
        guard rest.popFirst() == "P", !rest.isEmpty else { return nil }
        var isTime = false
        var seconds = 0.0
        var number = ""
        var hasPart = false
        for character in rest {
            switch character {
            case "T" where !isTime && number.isEmpty: isTime = true
            case "0"..."9", ".": number.append(character)
            default:
                guard let value = Double(number), let unit = unit(character, isTime: isTime) else { return nil }
                seconds += value * unit
                number = ""
                hasPart = true
            }
        }
        guard hasPart, number.isEmpty, seconds.magnitude < 1e11 else { return nil }
        return .seconds(seconds)
    }

    private static func unit(_ letter: Character, isTime: Bool) -> Double? {
        switch (letter, isTime) {
        case ("W", false): 604_800
        case ("D", false): 86_400
        case ("H", true): 3600
        case ("M", true): 60
        case ("S", true): 1
        default: nil
        }
    }
}
