internal import Chronology
internal import KQL
public import KQLEditing
internal import KQLFunctions
internal import KQLValues
internal import Synchronization

/// Answers what an editor asks about a query text, over the tables of this installation (IR-4).
public final class QueryEditor: Sendable {
    private let queries: QueryService
    private let cache = Mutex<[String: Cached]>([:])
    private let functions = Mutex<[FunctionDescription]?>(nil)
    private let values: ColumnValues

    private struct Cached {
        let query: EditedQuery
        /// The tables as they were.
        let schemas: [String: TableSchema]
    }

    /// Texts kept parsed and bound; one text is usually asked about several times.
    private static let cachedTexts = 16

    public init(queries: QueryService) {
        self.queries = queries
        values = ColumnValues(queries: queries)
    }

    /// Asks something about a text.
    public func ask<Answer: Sendable>(
        _ text: String, _ question: @escaping @Sendable (EditedQuery) -> Answer
    ) async -> Answer {
        await DeepStack.run { question(self.edited(text)) }
    }

    /// What could be written at an offset of UTF-8 bytes, with values that the compared column holds.
    public func completions(_ text: String, at offset: Int, limit: Int) async -> CompletionList {
        guard let column = await ask(text, { $0.comparedColumn(at: offset) }) else {
            return await ask(text) { $0.completions(at: offset, limit: limit) }
        }
        let known = await values.values(of: column.column, in: column.table)
        return await ask(text) { $0.completions(at: offset, limit: limit, values: known) }
    }

    private func edited(_ text: String) -> EditedQuery {
        let schemas = queries.schemas()
        if let known = cache.withLock({ $0[text] }), known.schemas == schemas { return known.query }
        let environment = queries.environment()
        let functions = functions.withLock { known in
            if known == nil { known = environment.catalogue.descriptions }
            return known
        }
        let fresh = EditedQuery(
            text, in: EditingEnvironment(query: environment, functions: functions, now: queries.now()))
        cache.withLock { texts in
            if texts.count >= Self.cachedTexts { texts.removeAll() }
            texts[text] = Cached(query: fresh, schemas: schemas)
        }
        return fresh
    }
}

/// The most frequent values of columns, read now and then with a short query.
private final class ColumnValues: Sendable {
    private struct Known {
        var values: [String]
        var since: Instant
    }

    private let queries: QueryService
    private let known = Mutex<[String: Known]>([:])

    /// How long values are taken as known, and how long a query for them may take.
    private static let freshness = TimeSpan.minutes(5)
    private static let patience = Duration.milliseconds(400)
    private static let columns = 500

    init(queries: QueryService) {
        self.queries = queries
    }

    /// Up to 50 values of the last week, most frequent first; none when they cannot be had quickly.
    func values(of column: String, in table: String) async -> [String] {
        let key = "\(table).\(column)"
        let now = queries.now()
        if let found = known.withLock({ $0[key] }), now - found.since < Self.freshness { return found.values }
        let values = await read(column, of: table)
        known.withLock { all in
            if all.count >= Self.columns { all.removeAll() }
            all[key] = Known(values: values, since: now)
        }
        return values
    }

    private func read(_ column: String, of table: String) async -> [String] {
        let queries = queries
        let text = """
            ['\(table)'] | where TimeGenerated > ago(7d) | where isnotempty(['\(column)'])
            | summarize Count = count() by Value = ['\(column)'] | top 50 by Count | project Value
            """
        return await withTaskGroup(of: [String].self) { group in
            group.addTask {
                // Values are a help, not an answer: a table that cannot be read has none.
                guard let table = try? await queries.table(text) else { return [] }
                return (0..<table.rowCount).compactMap { row in
                    guard case .string(let value) = table.columns[0][row], value.utf8.count <= 200 else { return nil }
                    return value
                }
            }
            group.addTask {
                // Ends early only when the group is cancelled, which is when it does not matter any more.
                try? await Task.sleep(for: Self.patience)
                return []
            }
            let first = await group.next() ?? []
            group.cancelAll()
            return first
        }
    }
}
