import JSON
import KQLValues

/// The identifier of an H3 cell: a mode, a resolution, a base cell and one digit of 0 to 6 per resolution.
struct H3Cell: Sendable {
    let bits: UInt64

    private static let pentagons: Set<UInt64> = [4, 14, 24, 38, 49, 58, 63, 72, 83, 97, 107, 117]

    init?(_ text: String) {
        guard (15...16).contains(text.utf8.count), let bits = UInt64(text, radix: 16), bits >> 59 & 15 == 1,
            bits >> 63 == 0,
            bits >> 56 & 7 == 0, bits >> 45 & 127 < 122
        else { return nil }
        self.bits = bits
        for level in 1...15 {
            guard (digit(level) == 7) == (level > resolution) else { return nil }
        }
    }

    private init(bits: UInt64) {
        self.bits = bits
    }

    var resolution: Int { Int(bits >> 52 & 15) }
    var text: String { String(bits, radix: 16) }

    private func digit(_ level: Int) -> UInt64 { bits >> UInt64(45 - 3 * level) & 7 }

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
        let isPentagon = H3Cell.pentagons.contains(bits >> 45 & 127) && (1..<level).allSatisfy { digit($0) == 0 }
        return (0..<7).filter { !isPentagon || $0 != 1 }.map { H3Cell(bits: base | UInt64($0) << shift) }
    }
}

/// The hierarchy of H3 cells.
let h3Functions: [ScalarFunction] = scalars {
    ScalarFunction(
        "geo_h3cell_level", family: .geo, summary: "The resolution of an H3 cell.",
        signatures: [.takes(.string("h3cell"), returns: .int)],
        evaluate: each { (text: String) in H3Cell(text).map { Int64($0.resolution) } })
    ScalarFunction(
        "geo_h3cell_parent", family: .geo, summary: "The H3 cell of a coarser resolution that holds a cell.",
        signatures: [.takes(.string("h3cell"), .long("resolution", .optional), returns: .string)],
        evaluate: each { (text: String, resolution: Int64?) -> String? in
            guard let cell = H3Cell(text) else { return "" }
            let wanted = resolution ?? Int64(cell.resolution - 1)
            return wanted >= 0 && wanted < cell.resolution ? cell.parent(Int(wanted)).text : ""
        })
    ScalarFunction(
        "geo_h3cell_children", family: .geo, summary: "The H3 cells of a finer resolution in a cell.",
        signatures: [.takes(.string("h3cell"), .long("resolution", .optional), returns: .dynamic)],
        evaluate: each { (text: String, resolution: Int64?) -> JSON? in
            guard let cell = H3Cell(text) else { return nil }
            let wanted = resolution ?? Int64(cell.resolution + 1)
            // More than five resolutions finer there are too many.
            guard wanted > cell.resolution, wanted <= 15, wanted - Int64(cell.resolution) <= 5 else { return nil }
            var cells = [cell]
            while cells[0].resolution < wanted { cells = cells.flatMap(\.children) }
            return .array(cells.map { .string($0.text) })
        })
}
