import Foundation
import JSON
public import KQLValues

extension Column {
    /// The values in another type, as far as `SchemaEvolution` asks for it: wider numbers, and text of dynamic values and
    /// time spans. A null becomes a null, or in text the empty string. Nil for other types.
    public func widened(to type: KQLType) -> Column? {
        switch (self, type) {
        case (.int(let ints), .long): .long(ints.mapped { Int64($0) })
        case (.int(let ints), .real): .real(ints.mapped { Double($0) })
        case (.long(let longs), .real): .real(longs.mapped { Double($0) })
        case (.decimal(let decimals), .real): .real(decimals.mapped { ($0 as NSDecimalNumber).doubleValue })
        case (.dynamic(let values), .string):
            .string(StringColumn(values.lazy.map { $0.isNull ? "" : $0.stringValue ?? $0.description }))
        case (.timespan(let spans), .string):
            .string(StringColumn(spans.values.indices.lazy.map { spans[$0].map(Self.text) ?? "" }))
        case (.string, .string), (.string, .dynamic): self
        default: self.type == type ? self : nil
        }
    }

    /// A time span as KQL prints it: `-1.02:03:04.0500000`.
    private static func text(ofTicks ticks: Int64) -> String {
        let magnitude = ticks.magnitude
        let (seconds, fraction) = magnitude.quotientAndRemainder(dividingBy: 10_000_000)
        let (days, time) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let clock = [time / 3600, time / 60 % 60, time % 60].map { padded($0, 2) }.joined(separator: ":")
        let day = days == 0 ? "" : "\(days)."
        return (ticks < 0 ? "-" : "") + day + clock + (fraction == 0 ? "" : "." + padded(fraction, 7))
    }

    private static func padded(_ number: UInt64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Vector {
    fileprivate func mapped<Other>(_ transform: (Element) -> Other) -> Vector<Other> {
        Vector<Other>(values.map(transform), nulls: nulls)
    }
}
