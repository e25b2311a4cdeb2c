package import EventStore
import Foundation
import KQL
package import KQLValues

/// Runs a query in the store and in the runtime alone, and says how the answers differ.
package enum Differential {
    /// What one comparison came to.
    package enum Outcome {
        case equal(isPushed: Bool, fellBack: Bool)
        /// The query has no meaning.
        case invalid
        case different(String)
    }

    package static func compare(_ text: String, _ store: any EventStore) async throws -> Outcome {
        let runtime: StoreQueryResult
        do {
            runtime = try await store.query(TestEvents.query(text, store, pushesDown: false))
        } catch let expected as ExecutionError {
            return await failure(of: text, store, like: expected)
        } catch is InvalidQuery {
            return .invalid
        }
        let pushed: StoreQueryResult
        do {
            pushed = try await store.query(TestEvents.query(text, store))
        } catch {
            return .different("only with pushdown: \(error)")
        }
        let sql = pushed.division.pushed.map(\.sql).joined(separator: "\n")
        guard pushed.result.table.schema == runtime.result.table.schema else {
            return .different("columns: \(runtime.result.table.schema) became \(pushed.result.table.schema)\n\(sql)")
        }
        let expected = lines(runtime.result.table)
        let received = lines(pushed.result.table)
        if expected == received {
            return .equal(isPushed: !pushed.division.pushed.isEmpty, fellBack: pushed.fallback != nil)
        }
        let missing = expected.filter { !received.contains($0) }.prefix(4).joined(separator: "\n  ")
        let surplus = received.filter { !expected.contains($0) }.prefix(4).joined(separator: "\n  ")
        return .different(
            "\(expected.count) rows in the runtime, \(received.count) pushed\nonly in the runtime:\n  \(missing)\n"
                + "only pushed:\n  \(surplus)\n\(sql)")
    }

    private static func failure(
        of text: String, _ store: any EventStore, like expected: ExecutionError
    ) async -> Outcome {
        do {
            _ = try await store.query(TestEvents.query(text, store))
            return .different("only without pushdown: \(expected)")
        } catch {
            let code = (error as? ExecutionError)?.code
            return code == expected.code
                ? .equal(isPushed: true, fellBack: true) : .different("\(expected) became \(error)")
        }
    }

    /// The rows as sorted text.
    package static func lines(_ table: Table) -> [String] {
        (0..<table.rowCount).map { line(table.row($0)) }.sorted()
    }

    /// A row as text; reals to nine digits, because the order of adding them is open.
    package static func line(_ row: [Value]) -> String {
        row.map { value in
            guard case .real(let real) = value else { return "\(value)" }
            return real.isNaN ? "nan" : String(format: "%.9g", real == 0 ? 0 : real)
        }.joined(separator: " | ")
    }

    /// The smallest query and rows that still differ, found by leaving out part after part.
    package static func shrink(
        _ query: RandomQuery, _ rows: RandomRows, tries: Int = 600, open: () async throws -> any EventStore
    ) async throws -> (query: RandomQuery, rows: RandomRows, difference: String) {
        var best = (query: query, rows: rows, difference: "")
        var left = tries
        func difference(_ query: RandomQuery, _ rows: RandomRows) async throws -> String? {
            left -= 1
            let store = try await rows.filled(open())
            defer { Task { await store.close() } }
            if case .different(let text) = try await compare("\(query)", store) { return text }
            return nil
        }
        best.difference = try await difference(query, rows) ?? "not again with the same rows"
        var isSmaller = true
        while isSmaller, left > 0 {
            isSmaller = false
            for simpler in best.query.simplifications where left > 0 {
                guard let text = try await difference(simpler, best.rows) else { continue }
                best = (simpler, best.rows, text)
                isSmaller = true
                break
            }
            if isSmaller { continue }
            for simpler in best.rows.simplifications where left > 0 {
                guard let text = try await difference(best.query, simpler) else { continue }
                best = (best.query, simpler, text)
                isSmaller = true
                break
            }
        }
        return best
    }
}
