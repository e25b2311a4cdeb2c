internal import Chronology
internal import Foundation
internal import KQLSyntax
internal import Vocabulary
internal import Yams

/// What a file of `insights/` declares, by its `kind`.
enum InsightFile {
    case insight(EntityInsight)
    case activity(EntityActivity)

    var id: String {
        switch self {
        case .insight(let insight): insight.id
        case .activity(let activity): activity.id
        }
    }

    /// Reads the text of a file.
    init(yaml text: String, file: String) throws(InsightFault) {
        let source = try InsightSource(text, file: file)
        let id = try source.text("id").lowercased()
        guard UUID(uuidString: id) != nil else { throw source.fault("id", "'\(id)' is no GUID; make one with uuidgen") }
        let kindName = try source.text("entityType")
        guard let kind = EntityKind(lenient: kindName) else {
            throw source.fault("entityType", "there is no entity type '\(kindName)'; write Account, Host, IP…")
        }
        if let form = try source.form {
            self = .activity(try InsightFile.activity(id, kind, form, source))
        } else {
            self = .insight(try InsightFile.insight(id, kind, source))
        }
    }

    private static func insight(
        _ id: String, _ kind: EntityKind, _ source: InsightSource
    ) throws(InsightFault) -> EntityInsight {
        let period = try source.text("period")
        guard let span = ISODuration.span(period), span.seconds > 0 else {
            throw source.fault("period", "'\(period)' is no length of time; write it like 14d or P14D")
        }
        let insight = EntityInsight(
            id: id, name: try source.text("name"), description: try source.text("description"), kind: kind,
            requiredIdentifiers: try source.sets("requires"), tables: try source.texts("tables"),
            tableQuery: try source.query("query"), chartQuery: try source.query("chart"), period: span)
        guard insight.tableQuery != nil || insight.chartQuery != nil else {
            throw source.fault("id", "the insight asks nothing; write a 'query', a 'chart' or both")
        }
        return insight
    }

    private static func activity(
        _ id: String, _ kind: EntityKind, _ form: EntityActivity.Form, _ source: InsightSource
    ) throws(InsightFault) -> EntityActivity {
        guard let query = try source.query("query") else {
            throw source.fault("id", "an activity needs a 'query' that gives rows with TimeGenerated")
        }
        return EntityActivity(
            id: id, name: try source.text("name"), description: try source.text("description"), form: form, kind: kind,
            requiredIdentifiers: try source.sets("requires"), query: query,
            title: form == .activity ? try source.text("title") : source.optional("title"),
            content: form == .activity ? try source.text("content") : source.optional("content"))
    }
}

/// The mapping of an insight's file, whose members say where they stand.
private struct InsightSource {
    private static let known: Set<String> = [
        "id", "name", "description", "kind", "entityType", "requires", "tables", "period", "query", "chart", "title",
        "content",
    ]

    let file: String
    private var members: [String: Node] = [:]

    init(_ text: String, file: String) throws(InsightFault) {
        self.file = file
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            throw InsightFault(
                file: file, line: mark.line,
                message: "this is not YAML (\(problem)); correct the indentation or the quotation marks there")
        } catch {
            throw InsightFault(file: file, line: 1, message: "this is not YAML (\(error)); correct the file")
        }
        guard let mapping = root?.mapping else {
            throw InsightFault(file: file, line: 1, message: "write 'key: value' lines: id, name, entityType, query…")
        }
        for (key, value) in mapping {
            let name = key.scalar?.string ?? ""
            guard Self.known.contains(name) else {
                throw InsightFault(
                    file: file, line: key.mark?.line ?? 1,
                    message: "there is no '\(name)' here; known are \(Self.known.sorted().joined(separator: ", "))")
            }
            members[name] = value
        }
    }

    func fault(_ member: String, _ message: String) -> InsightFault {
        InsightFault(file: file, line: members[member]?.mark?.line ?? 1, message: message)
    }

    func text(_ member: String) throws(InsightFault) -> String {
        guard let text = members[member]?.scalar?.string, !text.isEmpty else {
            throw fault(member, "'\(member)' is missing; write a text")
        }
        return text
    }

    /// Empty when the member is not there.
    func optional(_ member: String) -> String { members[member]?.scalar?.string ?? "" }

    /// What becomes of the rows; nil for an insight.
    var form: EntityActivity.Form? {
        get throws(InsightFault) {
            guard members["kind"] != nil else { return nil }
            let name = try text("kind").lowercased()
            if name == "insight" { return nil }
            guard let form = EntityActivity.Form.allCases.first(where: { $0.rawValue.lowercased() == name }) else {
                throw fault("kind", "there is no kind '\(name)'; write Insight, Activity or Anomaly")
            }
            return form
        }
    }

    func texts(_ member: String) throws(InsightFault) -> [String] {
        let texts = members[member]?.sequence?.map { $0.scalar?.string ?? "" } ?? []
        guard !texts.isEmpty, !texts.contains("") else {
            throw fault(member, "'\(member)' is missing; write a list of names")
        }
        return texts
    }

    /// A list of lists of identifiers.
    func sets(_ member: String) throws(InsightFault) -> [[String]] {
        let sets = members[member]?.sequence?.map { ($0.sequence?.map { $0.scalar?.string ?? "" }) ?? [] } ?? []
        let isName = { (name: String) in !name.isEmpty && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
        }
        guard !sets.isEmpty, sets.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isName) }) else {
            throw fault(
                member, "'\(member)' is no list of sets of identifiers; write it like [[Name, UPNSuffix], [Sid]]")
        }
        return sets
    }

    /// KQL whose syntax is right; nil when the member is not there.
    func query(_ member: String) throws(InsightFault) -> String? {
        guard let node = members[member] else { return nil }
        let query = try text(member)
        guard let wrong = Parser.parse(query).diagnostics.first(where: { $0.severity == .error }) else { return query }
        // The text of a block begins below its mark.
        let isBlock = node.scalar?.style == .literal || node.scalar?.style == .folded
        let place = Source(query).location(at: wrong.span.lower)
        let line = (node.mark?.line ?? 1) + (isBlock ? place.line : place.line - 1)
        throw InsightFault(file: file, line: line, message: "this is not KQL: \(wrong.message)")
    }
}
