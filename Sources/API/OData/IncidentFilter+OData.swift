internal import Casebook
internal import Chronology
internal import Vocabulary

/// Binds `$filter` and `$orderby` to incidents, so that the casebook's database does the work.
struct IncidentOData {
    static func filter(_ text: String?) throws(APIError) -> IncidentFilter {
        guard let text, !text.allSatisfy(\.isWhitespace) else { return .all }
        do {
            return try filter(of: try ODataParser.expression(text))
        } catch {
            throw APIError.badRequest("$filter: \(error)", target: "$filter")
        }
    }

    static func order(_ text: String?) throws(APIError) -> IncidentOrder {
        guard let text, !text.allSatisfy(\.isWhitespace) else { return .queue }
        do {
            let keys = try ODataOrder.keys(text)
            guard let key = keys.first, keys.count == 1 else {
                throw ODataFault(message: "incidents are ordered by one property", position: 0)
            }
            guard let field = orders[key.path.key] else { throw unknown(key.path, "ordered by") }
            return .by(field, descending: key.isDescending)
        } catch {
            throw APIError.badRequest("$orderby: \(error)", target: "$orderby")
        }
    }

    private static let orders: [String: IncidentOrder.Field] = [
        "incidentnumber": .number, "title": .title, "severity": .severity, "status": .status,
        "createdtimeutc": .createdTime, "lastmodifiedtimeutc": .lastModifiedTime,
        "firstactivitytimeutc": .firstActivityTime, "lastactivitytimeutc": .lastActivityTime,
        "tocsinpriority/score": .score,
    ]
    private static let texts: [String: IncidentTextField] = [
        "name": .id, "title": .title, "description": .description, "providername": .providerName,
        "classificationcomment": .classificationComment, "owner/assignedto": .ownerName, "owner/email": .ownerEmail,
        "owner/objectid": .ownerObjectID, "owner/userprincipalname": .ownerPrincipalName,
    ]
    private static let times: [String: IncidentTimeField] = [
        "createdtimeutc": .createdTime, "lastmodifiedtimeutc": .lastModifiedTime,
        "firstactivitytimeutc": .firstActivityTime, "lastactivitytimeutc": .lastActivityTime,
    ]

    private static func unknown(_ path: ODataPath, _ verb: String) -> ODataFault {
        ODataFault(message: "incidents cannot be \(verb) '\(path.text)'", position: path.position)
    }

    // MARK: Conditions

    private static func filter(of expression: ODataExpression) throws(ODataFault) -> IncidentFilter {
        switch expression {
        case .and(let parts): return .and(try filters(of: parts))
        case .or(let parts): return .or(try filters(of: parts))
        case .not(let part): return .not(try filter(of: part))
        case .constant(let truth): return truth ? .all : .not(.all)
        case .member(let path, let values):
            var parts: [IncidentFilter] = []
            for value in values { parts.append(try filter(path, .eq, value)) }
            return .or(parts)
        case .compare(let path, let comparison, let value): return try filter(path, comparison, value)
        case .text(let test, let path, let text):
            guard let field = texts[path.key] else { throw unknown(path, "searched in") }
            return .text(field, TextTest(test), text)
        case .any(let path, let variable, let condition): return try element(path, variable, condition)
        }
    }

    private static func filters(of parts: [ODataExpression]) throws(ODataFault) -> [IncidentFilter] {
        var filters: [IncidentFilter] = []
        for part in parts { filters.append(try filter(of: part)) }
        return filters
    }

    private static func filter(
        _ path: ODataPath, _ comparison: ODataComparison, _ value: ODataLiteral
    ) throws(ODataFault) -> IncidentFilter {
        // What is not equal is what is not (equal), as `ne` counts missing values too.
        if comparison == .ne { return .not(try filter(path, .eq, value)) }
        let key = path.key
        if let field = times[key] { return try time(field, path, comparison, value) }
        if key == "incidentnumber" || key == "tocsinpriority/score" || key == "providerincidentid" {
            return try number(path, comparison, value, key == "tocsinpriority/score")
        }
        guard comparison == .eq else {
            throw ODataFault(message: "'\(path.text)' is compared with eq, ne or in", position: path.position)
        }
        if value == .null {
            if key == "owner" || key.hasPrefix("owner/") { return .unassigned }
            if key == "classification" { return .not(.classification(Set(Classification.Verdict.allCases))) }
        }
        let words = value.words ?? ""
        switch key {
        case "status":
            return .status(Set(IncidentStatus.allCases.filter { $0.rawValue.lowercased() == words.lowercased() }))
        case "severity":
            return .severity(Set(Severity.allCases.filter { $0.rawValue.lowercased() == words.lowercased() }))
        case "classification":
            return .classification(
                Set(Classification.Verdict.allCases.filter { $0.rawValue.lowercased() == words.lowercased() }))
        case "classificationreason":
            return .classificationReason(
                Set(Classification.Reason.allCases.filter { $0.rawValue.lowercased() == words.lowercased() }))
        default:
            guard let field = texts[key] else { throw unknown(path, "filtered by") }
            return .text(field, .equals, words)
        }
    }

    private static func time(
        _ field: IncidentTimeField, _ path: ODataPath, _ comparison: ODataComparison, _ value: ODataLiteral
    ) throws(ODataFault) -> IncidentFilter {
        let given: Instant? =
            switch value {
            case .time(let time): time
            case .text(let text): Instant(iso8601: text)
            default: nil
            }
        guard let time = given else {
            guard value == .null, comparison == .eq else {
                throw ODataFault(message: "'\(path.text)' is compared with a time", position: path.position)
            }
            return .not(.time(field, TimeRange(start: .min, end: .max)))
        }
        let next = Instant(ticks: time.ticks + 1)
        let range =
            switch comparison {
            case .eq, .ne: TimeRange(start: time, end: next)
            case .gt: TimeRange(start: next, end: .max)
            case .ge: TimeRange(start: time, end: .max)
            case .lt: TimeRange(start: .min, end: time)
            case .le: TimeRange(start: .min, end: next)
            }
        return .time(field, range)
    }

    private static func number(
        _ path: ODataPath, _ comparison: ODataComparison, _ value: ODataLiteral, _ isScore: Bool
    ) throws(ODataFault) -> IncidentFilter {
        let given: Double? =
            switch value {
            case .number(let number): number
            case .text(let text): Double(text)
            default: nil
            }
        guard let number = given, abs(number) < 1e15 else {
            throw ODataFault(message: "'\(path.text)' is compared with a number", position: path.position)
        }
        let (least, most) = (Int(number.rounded(.up)), Int(number.rounded(.down)))
        let range: ClosedRange<Int>? =
            switch comparison {
            case .eq, .ne: least == most ? least...most : nil
            case .gt: most + 1...Int.max
            case .ge: least...Int.max
            case .lt: Int.min...least - 1
            case .le: Int.min...most
            }
        guard let range else { return .not(.all) }
        return isScore ? .score(range) : .number(range)
    }

    // MARK: any()

    /// What every element of a list can be asked for.
    private static func element(
        _ path: ODataPath, _ variable: String, _ condition: ODataExpression?
    ) throws(ODataFault) -> IncidentFilter {
        let list = path.key
        guard let condition else {
            guard list == "labels" else { throw unknown(path, "filtered by an empty any() of") }
            return .labelText(.contains, "")
        }
        switch condition {
        case .or(let parts):
            var filters: [IncidentFilter] = []
            for part in parts { filters.append(try element(path, variable, part)) }
            return .or(filters)
        case .compare(let inner, .eq, let value):
            try check(inner, variable, of: path)
            return try equals(path, list, value.words ?? "")
        case .member(let inner, let values):
            try check(inner, variable, of: path)
            var filters: [IncidentFilter] = []
            for value in values { filters.append(try equals(path, list, value.words ?? "")) }
            return .or(filters)
        case .text(let test, let inner, let text):
            try check(inner, variable, of: path)
            guard list == "labels" else { throw unknown(path, "searched in") }
            return .labelText(TextTest(test), text)
        default:
            throw ODataFault(
                message: "within any() there may be eq, in, contains, startswith, endswith and or",
                position: path.position)
        }
    }

    private static func equals(
        _ path: ODataPath, _ list: String, _ words: String
    ) throws(ODataFault) -> IncidentFilter {
        switch list {
        case "labels": return .label(words)
        case "relatedanalyticruleids": return .rule(words.split(separator: "/").last.map(String.init) ?? words)
        case "additionaldata/alertproductnames": return .product(words)
        case "additionaldata/tactics": return Tactic(lenient: words).map { .tactic($0) } ?? .not(.all)
        default: throw unknown(path, "filtered by")
        }
    }

    /// The path within any() begins with its variable, and names of a label its name.
    private static func check(_ inner: ODataPath, _ variable: String, of path: ODataPath) throws(ODataFault) {
        let isLabel = path.key == "labels"
        let rest = inner.segments.dropFirst().map { $0.lowercased() }
        guard inner.segments.first == variable, rest == (isLabel ? ["labelname"] : []) else {
            let expected = isLabel ? "\(variable)/labelName" : variable
            throw ODataFault(message: "'\(expected)' is expected, not '\(inner.text)'", position: inner.position)
        }
    }
}

extension TextTest {
    fileprivate init(_ test: ODataTextTest) {
        self =
            switch test {
            case .contains: .contains
            case .startswith: .startsWith
            case .endswith: .endsWith
            }
    }
}
