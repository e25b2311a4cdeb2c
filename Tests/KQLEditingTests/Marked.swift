import Chronology
import KQL
import KQLEditing
import KQLFunctions
import KQLValues

/// A text whose caret is marked by `¦`.
struct Marked {
    let text: String
    let offset: Int

    init(_ marked: String) {
        let parts = marked.split(separator: "¦", maxSplits: 1, omittingEmptySubsequences: false)
        text = parts.joined()
        offset = parts.count > 1 ? parts[0].utf8.count : text.utf8.count
    }
}

extension EditingEnvironment {
    /// Two tables and a saved function.
    static let sample: EditingEnvironment = {
        let events = TableSchema([
            ColumnSchema("TimeGenerated", .datetime), ColumnSchema("EventID", .int), ColumnSchema("Account", .string),
            ColumnSchema("Computer", .string), ColumnSchema("Properties", .dynamic),
        ])
        let signIns = TableSchema([
            ColumnSchema("TimeGenerated", .datetime), ColumnSchema("UserPrincipalName", .string),
            ColumnSchema("ResultType", .string), ColumnSchema("IPAddress", .string), ColumnSchema("Risk", .real),
            ColumnSchema("odd name", .long),
        ])
        let parser = SavedFunction(
            name: "ParsedEvents",
            parameters: [SavedFunction.Parameter(name: "account", type: "string", defaultValue: "*")],
            body: "SecurityEvent | where account == '*' or Account == account | extend Actor = Account")
        return EditingEnvironment(
            query: QueryEnvironment(
                catalogue: .standard, tables: FixedTableCatalog(["SecurityEvent": events, "SigninLogs": signIns]),
                functions: ["ParsedEvents": parser]),
            now: Instant(unixSeconds: 1_700_000_000),
            values: { table, column in
                table == "SigninLogs" && column == "ResultType" ? ["0", "50126", "say \"no\""] : []
            })
    }()
}

extension EditedQuery {
    /// The labels of the completions at the mark.
    static func labels(_ marked: String, in environment: EditingEnvironment = .sample) -> [String] {
        let caret = Marked(marked)
        return EditedQuery(caret.text, in: environment).completions(at: caret.offset, limit: 2000).items.map(\.label)
    }
}
