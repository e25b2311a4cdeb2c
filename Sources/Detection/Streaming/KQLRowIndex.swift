internal import KQL
internal import KQLValues
internal import Sigma

/// Tells which of a table's rules may match which rows, in one pass over the columns that they test.
///
/// What a rule's rows must pass are groups of tests, one of each group; rules that ask the same share a group.
struct KQLRowIndex: Sendable {
    /// An input of a rule, by its number.
    typealias Entry = Int
    fileprivate typealias Group = Int

    /// A test of a column by its name.
    private struct ColumnTest: Hashable {
        let column: String
        let test: RowCover.Test
    }

    fileprivate struct ColumnTests: Sendable {
        let name: String
        var numbers: [Int64: [Group]] = [:]
        var texts: [(text: TextSearch.Text, group: Group)] = []
        var search: TextSearch?
    }

    private var columns: [ColumnTests] = []
    private var groupCount = 0
    /// What a covered input's rows must pass.
    private var covered: [(entry: Entry, groups: [Group])] = []
    /// Inputs that must look at all rows.
    private(set) var uncovered: [Entry] = []

    /// - Parameter entries: per input its columns and its cover.
    init(_ entries: [(columns: [ColumnSchema], cover: RowCover?)]) {
        var known: [Set<ColumnTest>: Group] = [:]
        var byName: [String: ColumnTests] = [:]
        for (entry, input) in entries.enumerated() {
            guard let cover = input.cover else {
                uncovered.append(entry)
                continue
            }
            let groups = cover.groups.map { alternatives in
                let tests = Set(alternatives.map { ColumnTest(column: input.columns[$0.column].name, test: $0.test) })
                if let group = known[tests] { return group }
                let group = known.count
                known[tests] = group
                for test in tests { byName[test.column, default: ColumnTests(name: test.column)].add(test.test, group) }
                return group
            }
            covered.append((entry, groups))
        }
        groupCount = known.count
        columns = byName.values.sorted { $0.name < $1.name }.map { tests in
            var tests = tests
            if !tests.texts.isEmpty { tests.search = TextSearch(tests.texts.map(\.text)) }
            return tests
        }
    }

    /// The rows, in order, that each covered input must look at, the first input first; inputs without any are left out.
    func candidates(_ block: KQLBlockColumns, rowCount: Int) -> [(entry: Entry, rows: [Int])] {
        guard !covered.isEmpty else { return [] }
        var passed = [RowMarks?](repeating: nil, count: groupCount)
        func mark(_ group: Group, _ row: Int) { passed[group, default: RowMarks(rowCount)].insert(row) }
        for tests in columns {
            switch block.raw(tests.name) {
            case .string(let texts): tests.scan(texts, mark)
            case .long(let vector): tests.scan(vector, { $0 }, mark)
            case .int(let vector): tests.scan(vector, { Int64($0) }, mark)
            case nil: continue
            case .some:
                // Another type than the tests expect: nothing is known of its rows.
                for group in tests.groups { passed[group, default: RowMarks(rowCount)].insertAll() }
            }
        }
        return covered.compactMap { entry, groups in
            guard var marks = groups.first.flatMap({ passed[$0] }) else { return nil }
            for group in groups.dropFirst() {
                guard let others = passed[group] else { return nil }
                marks.formIntersection(others)
            }
            let rows = marks.rows
            return rows.isEmpty ? nil : (entry, rows)
        }
    }
}

extension KQLRowIndex.ColumnTests {
    mutating func add(_ test: RowCover.Test, _ group: Int) {
        switch test {
        case .equals(let text), .equalsFolded(let text): texts.append((TextSearch.Text(text, isWhole: true), group))
        case .holds(let text): texts.append((TextSearch.Text(text, isWhole: false), group))
        case .equalsNumber(let number): numbers[number, default: []].append(group)
        }
    }

    var groups: Set<Int> { Set(texts.map(\.group)).union(numbers.values.joined()) }

    func scan<Element>(
        _ vector: Vector<Element>, _ number: (Element) -> Int64, _ mark: (_ group: Int, _ row: Int) -> Void
    ) {
        guard !numbers.isEmpty else { return }
        for (row, value) in vector.values.enumerated() where !vector.isNull(row) {
            for group in numbers[number(value)] ?? [] { mark(group, row) }
        }
    }

    func scan(_ values: StringColumn, _ mark: (_ group: Int, _ row: Int) -> Void) {
        guard let search else { return }
        var scratch = TextSearch.Scratch()
        for row in 0..<values.count {
            values.withUTF8(row) { text in
                search.find(in: text, &scratch) { number in mark(texts[number].group, row) }
            }
        }
    }
}

/// A set of rows of a batch, a bit each.
private struct RowMarks {
    private var words: [UInt64]
    private let count: Int

    init(_ count: Int) {
        self.count = count
        words = Array(repeating: 0, count: (count + 63) / 64)
    }

    mutating func insert(_ row: Int) { words[row >> 6] |= 1 << UInt64(row & 63) }

    mutating func insertAll() {
        for row in 0..<count { insert(row) }
    }

    mutating func formIntersection(_ other: RowMarks) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    /// In ascending order.
    var rows: [Int] {
        var rows: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                rows.append(index << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return rows
    }
}

extension [RowMarks?] {
    /// The marks of a group, made when they are first written to.
    fileprivate subscript(group: Int, default fresh: @autoclosure () -> RowMarks) -> RowMarks {
        get { self[group] ?? fresh() }
        _modify {
            var marks = self[group].take() ?? fresh()
            defer { self[group] = marks }
            yield &marks
        }
    }
}
