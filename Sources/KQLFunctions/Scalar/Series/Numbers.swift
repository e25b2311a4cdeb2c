import JSON

/// A dynamic array as numbers.
struct Series {
    /// Nil where the element is null or no number.
    let values: [Double?]
    /// Whether all numbers are whole ones, without a decimal point.
    let isWhole: Bool

    init?(_ json: JSON) {
        guard let elements = json.arrayValue else { return nil }
        values = elements.map(\.seriesNumber)
        isWhole = elements.allSatisfy { if case .double = $0 { false } else { true } }
    }

    /// The numbers, with those that are missing left out.
    var present: [Double] { values.compactMap(\.self) }

    /// The numbers, with 0 for those that are missing.
    var filled: [Double] { values.map { $0 ?? 0 } }
}

extension JSON {
    /// A number, or one of the texts that stand for numbers JSON cannot write.
    var seriesNumber: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .string("NaN"): .nan
        case .string("Infinity"): .infinity
        case .string("-Infinity"): -.infinity
        default: nil
        }
    }

    /// An array of reals.
    static func reals(_ values: some Sequence<Double>) -> JSON { .array(values.map { .double($0) }) }
}

func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

/// The variance of a sample; 0 of fewer than two values.
func variance(_ values: [Double]) -> Double {
    var moments = Moments()
    for value in values { moments.add(value) }
    return moments.sampleVariance
}

/// The middle value, or the mean of the two middle ones.
func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    guard !sorted.isEmpty else { return .nan }
    return sorted.count % 2 == 1
        ? sorted[sorted.count / 2] : (sorted[sorted.count / 2 - 1] + sorted[sorted.count / 2]) / 2
}

/// The value below which a share (0 to 1) of the sorted values lies, interpolated linearly.
func quantile(_ sorted: [Double], _ share: Double) -> Double {
    guard let last = sorted.last else { return .nan }
    let position = (share > 0 ? min(1, share) : 0) * Double(sorted.count - 1)
    let index = Int(position)
    guard index + 1 < sorted.count else { return last }
    return sorted[index] + (position - Double(index)) * (sorted[index + 1] - sorted[index])
}
