internal import JSON

/// `indexOf`, `startsWith`…: they disregard letter case, as the service does.
enum TextSearchFunctions {
    static let all: [WorkflowFunction] = [
        .init("indexOf", 2...2) { arguments, _ throws(ExpressionError) in
            let (text, wanted) = try operands(arguments)
            return .int(Int64(text.firstOccurrence(of: wanted, from: 0) ?? -1))
        },
        .init("lastIndexOf", 2...2) { arguments, _ throws(ExpressionError) in
            let (text, wanted) = try operands(arguments)
            if wanted.isEmpty { return .int(Int64(text.count)) }
            return .int(Int64(text.occurrences(of: wanted).last ?? -1))
        },
        .init("nthIndexOf", 3...3, nthIndexOf),
        .init("startsWith", 2...2) { arguments, _ throws(ExpressionError) in
            let (text, wanted) = try operands(arguments)
            return .bool(text.starts(with: wanted))
        },
        .init("endsWith", 2...2) { arguments, _ throws(ExpressionError) in
            let (text, wanted) = try operands(arguments)
            return .bool(text.reversed().starts(with: wanted.reversed()))
        },
    ]

    private static func operands(_ arguments: Arguments) throws(ExpressionError) -> ([UInt16], [UInt16]) {
        (folded(try arguments.text(0)), folded(try arguments.text(1)))
    }

    /// Lower case unit by unit, so that positions stay those of the text.
    private static func folded(_ text: String) -> [UInt16] {
        let lower = Array(text.lowercased().utf16)
        let plain = Array(text.utf16)
        return lower.count == plain.count ? lower : plain
    }

    private static func nthIndexOf(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let (text, wanted) = try operands(arguments)
        let nth = try arguments.int(2)
        guard nth != 0, !wanted.isEmpty else { return -1 }
        let found = text.occurrences(of: wanted)
        let index = nth > 0 ? nth - 1 : found.count + nth
        return .int(Int64(found.indices.contains(index) ? found[index] : -1))
    }
}

extension [UInt16] {
    /// Where `part` first occurs at or after `start`.
    func firstOccurrence(of part: [UInt16], from start: Int) -> Int? {
        guard part.count <= count else { return nil }
        var position = start
        while position + part.count <= count {
            if self[position..<(position + part.count)].elementsEqual(part) { return position }
            position += 1
        }
        return nil
    }

    /// All places, overlapping ones left out, where `part` occurs.
    func occurrences(of part: [UInt16]) -> [Int] {
        guard !part.isEmpty else { return [] }
        var found: [Int] = []
        var start = 0
        while let place = firstOccurrence(of: part, from: start) {
            found.append(place)
            start = place + part.count
        }
        return found
    }
}
