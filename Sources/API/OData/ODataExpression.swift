internal import Chronology

/// A condition of `$filter`, read but not yet bound to what it filters (OData 4.01, "URL Conventions", 5.1.1).
indirect enum ODataExpression: Sendable, Hashable {
    case and([ODataExpression])
    case or([ODataExpression])
    case not(ODataExpression)
    case compare(ODataPath, ODataComparison, ODataLiteral)
    /// `path in ('a', 'b')`.
    case member(ODataPath, [ODataLiteral])
    case text(ODataTextTest, ODataPath, String)
    /// `path/any(variable: condition)`; without a condition: is there any element.
    case any(ODataPath, variable: String, ODataExpression?)
    case constant(Bool)
}

enum ODataComparison: String, Sendable, Hashable, CaseIterable {
    case eq, ne, gt, ge, lt, le

    /// The same with its sides exchanged: `5 lt x` is `x gt 5`.
    var mirrored: ODataComparison {
        switch self {
        case .eq, .ne: self
        case .gt: .lt
        case .ge: .le
        case .lt: .gt
        case .le: .ge
        }
    }
}

enum ODataTextTest: String, Sendable, Hashable, CaseIterable {
    case contains, startswith, endswith
}

/// The name of a member, `properties/owner/email`, and where it stands in the text.
struct ODataPath: Sendable, Hashable {
    let segments: [String]
    /// Counted in characters from 0.
    let position: Int

    /// The segments in lower case, without the leading `properties` that ARM writes.
    var key: String {
        let segments = segments.first?.lowercased() == "properties" ? Array(segments.dropFirst()) : segments
        return segments.joined(separator: "/").lowercased()
    }

    var text: String { segments.joined(separator: "/") }

    static func == (left: ODataPath, right: ODataPath) -> Bool { left.segments == right.segments }

    func hash(into hasher: inout Hasher) { hasher.combine(segments) }
}

enum ODataLiteral: Sendable, Hashable {
    case null
    case boolean(Bool)
    case number(Double)
    case text(String)
    case time(Instant)

    /// The text of a literal that names something; nil for null.
    var words: String? {
        switch self {
        case .null: nil
        case .boolean(let value): value ? "true" : "false"
        case .number(let value): value == value.rounded() && abs(value) < 1e15 ? String(Int64(value)) : String(value)
        case .text(let text): text
        case .time(let time): time.description
        }
    }
}

/// What is wrong with `$filter` or `$orderby`, and where.
struct ODataFault: Error, Sendable, Hashable, CustomStringConvertible {
    let message: String
    /// Counted in characters from 0.
    let position: Int

    var description: String { "\(message), at character \(position)" }
}
