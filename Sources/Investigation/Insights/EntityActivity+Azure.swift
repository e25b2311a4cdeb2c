internal import Foundation
public import JSON
internal import KQLSyntax
internal import Vocabulary

extension EntityActivity {
    /// Reads an entity query of kind `Activity` as clients of Microsoft.SecurityInsights write it.
    ///
    /// `'{{Account_Name}}'` in its query becomes a parameter, so that no value of an entity can change the query.
    ///
    /// - Returns: Nil when it is switched off.
    public init?(entityQuery name: String, _ properties: JSON) throws(InsightFault) {
        func fault(_ message: String) -> InsightFault {
            InsightFault(file: "entityQueries/\(name)", line: 1, message: message)
        }
        if properties["enabled"]?.boolValue == false { return nil }
        guard let kind = properties["inputEntityType"]?.stringValue.flatMap({ EntityKind(lenient: $0) }) else {
            throw fault("'inputEntityType' is no type of entity; write Account, Host, IP…")
        }
        let prefix = kind.rawValue.lowercased() + "_"
        let sets = (properties["requiredInputFieldsSets"]?.arrayValue ?? []).map { set in
            (set.arrayValue ?? []).compactMap(\.stringValue).map { field in
                field.lowercased().hasPrefix(prefix) ? String(field.dropFirst(prefix.count)) : field
            }
        }.filter { !$0.isEmpty }
        guard !sets.isEmpty else {
            throw fault("'requiredInputFieldsSets' is missing; write it like [[\"\(kind.rawValue)_Name\"]]")
        }
        guard let text = properties["queryDefinitions"]?["query"]?.stringValue, !text.isEmpty else {
            throw fault("'queryDefinitions.query' is missing; write KQL")
        }
        let known = Set(sets.joined())
        var unknown: Set<String> = []
        let query = text.replacing(/@?(['"])\{\{\s*(\w+)\s*\}\}\1/) { match in
            let field = String(match.output.2)
            let identifier = field.lowercased().hasPrefix(prefix) ? String(field.dropFirst(prefix.count)) : field
            guard let spelt = known.first(where: { $0.lowercased() == identifier.lowercased() }) else {
                unknown.insert(field)
                return "''"
            }
            return "\(kind.rawValue)_\(spelt)"
        }
        // An identifier that no set asks for may be missing, and is empty then.
        let further = unknown.filter { $0.lowercased().hasPrefix(prefix) }
        guard further.count == unknown.count, !query.contains("{{") else {
            throw fault("'{{…}}' in a query must be a text of its own: '{{\(kind.rawValue)_Name}}'")
        }
        if let wrong = Parser.parse(query).diagnostics.first(where: { $0.severity == .error }) {
            throw fault("this is not KQL: \(wrong.message)")
        }
        func string(_ member: String) -> String { properties[member]?.stringValue ?? "" }
        self.init(
            id: name, name: string("title"), description: string("description"), form: .activity, kind: kind,
            requiredIdentifiers: sets, query: query, title: string("title"), content: string("content"))
    }
}
