/// The identifier of an H3 cell: a mode, a resolution, a base cell and one digit of 0 to 6 per resolution.
struct H3Cell: Sendable {
    let bits: UInt64

    init?(_ text: String) {
        guard (15...16).contains(text.utf8.count), let bits = UInt64(text, radix: 16), bits >> 59 & 15 == 1,
            bits >> 63 == 0,
            bits >> 56 & 7 == 0, bits >> 45 & 127 < 122
        else { return nil }
        self.bits = bits
        for level in 1...15 {
            guard (digit(level) == 7) == (level > resolution) else { return nil }
        }
        // A pentagon lacks the cells in the direction of the first digit.
        if isInPentagon, digits.first(where: { $0 != 0 }) == 1 { return nil }
    }

    private init(bits: UInt64) {
        self.bits = bits
    }

    init(baseCell: Int, digits: [Int]) {
        var bits = UInt64(1) << 59 | UInt64(digits.count) << 52 | UInt64(baseCell) << 45
        for level in 1...15 {
            bits |= UInt64(level <= digits.count ? digits[level - 1] : 7) << UInt64(45 - 3 * level)
        }
        self.bits = bits
    }

    var resolution: Int { Int(bits >> 52 & 15) }
    var text: String { String(bits, radix: 16) }

    private func digit(_ level: Int) -> UInt64 { bits >> UInt64(45 - 3 * level) & 7 }
    var digits: [Int] { (0..<resolution).map { Int(digit($0 + 1)) } }
    var baseCell: Int { Int(bits >> 45 & 127) }

    /// Whether its base cell is a pentagon.
    var isInPentagon: Bool { H3Tables.pentagons[baseCell] != nil }

    /// Whether it has five neighbours.
    var isPentagon: Bool { isInPentagon && (0..<resolution).allSatisfy { digit($0 + 1) == 0 } }

    /// The cell of a coarser resolution that holds this one.
    func parent(_ resolution: Int) -> H3Cell {
        var result = bits & ~(15 << 52) | UInt64(resolution) << 52
        for level in stride(from: resolution + 1, through: 15, by: 1) { result |= 7 << UInt64(45 - 3 * level) }
        return H3Cell(bits: result)
    }

    /// The cells of the next resolution in this one: seven, six in a pentagon.
    var children: [H3Cell] {
        let level = resolution + 1
        let shift = UInt64(45 - 3 * level)
        let base = bits & ~(15 << 52) & ~(7 << shift) | UInt64(level) << 52
        return (0..<7).filter { !isPentagon || $0 != 1 }.map { H3Cell(bits: base | UInt64($0) << shift) }
    }
}
