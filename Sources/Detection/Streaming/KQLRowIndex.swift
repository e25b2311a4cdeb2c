internal import KQL
internal import KQLValues
internal import Sigma

/// Tells which of a table's rules may match which rows, in one pass over the columns that they test.
struct KQLRowIndex: Sendable {
    /// An input of a rule, by its number.
    typealias Entry = Int

    private struct ColumnTests: Sendable {
        let name: String
        var numbers: [Int64: [Entry]] = [:]
        var texts: [(text: TextSearch.Text, entry: Entry)] = []
        var search: TextSearch?
    }

    private var columns: [ColumnTests] = []
    /// Inputs that must look at all rows.
    private(set) var uncovered: [Entry] = []

    /// - Parameter entries: per input its columns and its cover.
    init(_ entries: [(columns: [ColumnSchema], cover: RowCover?)]) {
        var byName: [String: ColumnTests] = [:]
        for (entry, input) in entries.enumerated() {
            guard let cover = input.cover else {
                uncovered.append(entry)
                continue
            }
            for alternative in cover.alternatives {
                let name = input.columns[alternative.column].name
                var tests = byName[name] ?? ColumnTests(name: name)
                switch alternative.test {
                case .equals(let text), .equalsFolded(let text):
                    tests.texts.append((TextSearch.Text(text, isWhole: true), entry))
                case .holds(let text): tests.texts.append((TextSearch.Text(text, isWhole: false), entry))
                case .equalsNumber(let number): tests.numbers[number, default: []].append(entry)
                }
                byName[name] = tests
            }
        }
        columns = byName.values.sorted { $0.name < $1.name }.map { tests in
            var tests = tests
            if !tests.texts.isEmpty { tests.search = TextSearch(tests.texts.map(\.text)) }
            return tests
        }
    }

    /// The rows, in order, that each covered input must look at; inputs without any are left out.
    func candidates(_ block: KQLBlockColumns) -> [Entry: [Int]] {
        var found: [Entry: [Int]] = [:]
        for tests in columns {
            switch block.raw(tests.name) {
            case .string(let texts): scan(texts, tests) { entry, row in found[entry, default: []].append(row) }
            case .long(let vector):
                scan(vector.values, vector, tests) { entry, row in found[entry, default: []].append(row) }
            case .int(let vector):
                scan(vector.values.map { Int64($0) }, vector, tests) { entry, row in
                    found[entry, default: []].append(row)
                }
            case nil: continue
            case let other?:
                // Another type than the tests expect: nothing is known of its rows.
                let entries = Set(tests.texts.map(\.entry)).union(tests.numbers.values.joined())
                for entry in entries { found[entry, default: []] += Array(0..<other.count) }
            }
        }
        return found.mapValues { rows in
            let isOrdered = zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 }
            return isOrdered ? rows : Set(rows).sorted()
        }
    }

    private func scan<Element>(
        _ numbers: [Int64], _ vector: Vector<Element>, _ tests: ColumnTests, _ note: (Entry, Int) -> Void
    ) {
        guard !tests.numbers.isEmpty else { return }
        for (row, number) in numbers.enumerated() where !vector.isNull(row) {
            for entry in tests.numbers[number] ?? [] { note(entry, row) }
        }
    }

    private func scan(_ texts: StringColumn, _ tests: ColumnTests, _ note: (Entry, Int) -> Void) {
        guard let search = tests.search else { return }
        var scratch = TextSearch.Scratch()
        for row in 0..<texts.count {
            texts.withUTF8(row) { text in
                search.find(in: text, &scratch) { number in note(tests.texts[number].entry, row) }
            }
        }
    }
}
