extension Int {
    /// The number with its thousands apart: `1,234,567`.
    var grouped: String {
        var digits = String(magnitude)
        var position = digits.count - 3
        while position > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: position))
            position -= 3
        }
        return self < 0 ? "-\(digits)" : digits
    }
}
