internal import KQL
internal import KQLValues
internal import Sigma

/// Tells which of a table's rules may match which rows: in one pass over the columns that they test, then in one over what
/// they compute of rows that passed, each value computed once for all of them.
///
/// What a rule's rows must pass are groups of tests, one of each group; rules that ask the same share a group.
struct KQLRowIndex: Sendable {
    /// An input of a rule, by its number.
    typealias Entry = Int
    fileprivate typealias Group = Int

    fileprivate struct Tests: Sendable {
        let operand: RowOperand
        var numbers: [Int64: [Group]] = [:]
        var texts: [(text: TextSearch.Text, group: Group)] = []
        var search: TextSearch?
        var groups: Set<Group> = []
    }

    private struct Covered: Sendable {
        let entry: Entry
        /// Groups that ask for the table's own columns alone.
        let direct: [Group]
        /// Groups that ask for computed values too.
        let computed: [Group]
    }

    private var columns: [Tests] = []
    private var computed: [Tests] = []
    private var groupCount = 0
    /// What a covered input's rows must pass.
    private var covered: [Covered] = []
    /// Inputs that must look at all rows.
    private(set) var uncovered: [Entry] = []

    /// - Parameter covers: per input its cover.
    init(_ covers: [RowCover?]) {
        var known: [Set<RowCover.Alternative>: Group] = [:]
        var tests: [RowOperand: Tests] = [:]
        for (entry, cover) in covers.enumerated() {
            guard let cover else {
                uncovered.append(entry)
                continue
            }
            var direct: [Group] = []
            var computed: [Group] = []
            for alternatives in cover.groups {
                let alternatives = Set(alternatives)
                let group = known[alternatives] ?? known.count
                if known.updateValue(group, forKey: alternatives) == nil {
                    for alternative in alternatives {
                        tests[alternative.operand, default: Tests(operand: alternative.operand)]
                            .add(alternative.test, group)
                    }
                }
                if alternatives.allSatisfy({ $0.operand.columnName != nil }) {
                    direct.append(group)
                } else {
                    computed.append(group)
                }
            }
            covered.append(Covered(entry: entry, direct: direct, computed: computed))
        }
        groupCount = known.count
        for (operand, var tests) in tests {
            if !tests.texts.isEmpty { tests.search = TextSearch(tests.texts.map(\.text)) }
            if operand.columnName == nil { computed.append(tests) } else { columns.append(tests) }
        }
    }

    /// The rows, in order, that each covered input must look at; inputs without any are left out.
    func candidates(_ block: KQLBlockColumns, rowCount: Int) -> [(entry: Entry, rows: [Int])] {
        guard !covered.isEmpty else { return [] }
        var passed = PassedRows(groupCount: groupCount, rowCount: rowCount)
        for tests in columns {
            guard let name = tests.operand.columnName, let column = block.raw(name) else { continue }
            tests.scan(column, rows: nil, into: &passed)
        }
        var open: [(covered: Covered, marks: RowMarks)] = []
        for inputs in covered {
            if let marks = passed.rows(of: inputs.direct) { open.append((inputs, marks)) }
        }
        for tests in computed {
            var wanted = RowMarks(rowCount)
            for (inputs, marks) in open where inputs.computed.contains(where: tests.groups.contains) {
                wanted.formUnion(marks)
            }
            let rows = wanted.rows
            guard !rows.isEmpty else { continue }
            // What fails here fails in the query of a rule, which tells of it.
            if let values = try? block.values(of: tests.operand, rows: rows) {
                tests.scan(values, rows: rows, into: &passed)
            } else {
                tests.pass(rows, into: &passed)
            }
        }
        return open.compactMap { inputs, marks in
            guard var rest = passed.rows(of: inputs.computed) else { return nil }
            rest.formIntersection(marks)
            let rows = rest.rows
            return rows.isEmpty ? nil : (inputs.entry, rows)
        }
    }
}

/// Per group of tests the rows that passed one of them.
private struct PassedRows {
    private var marks: [RowMarks?]
    private let rowCount: Int

    init(groupCount: Int, rowCount: Int) {
        marks = Array(repeating: nil, count: groupCount)
        self.rowCount = rowCount
    }

    mutating func insert(_ row: Int, _ group: Int) {
        marks[group, default: RowMarks(rowCount)].insert(row)
    }

    /// The rows that passed all of some groups; nil when there is none.
    func rows(of groups: [Int]) -> RowMarks? {
        var all = RowMarks(rowCount)
        all.insertAll()
        for group in groups {
            guard let others = marks[group] else { return nil }
            all.formIntersection(others)
        }
        return all
    }
}

extension KQLRowIndex.Tests {
    mutating func add(_ test: RowCover.Test, _ group: Int) {
        switch test {
        case .equals(let text), .equalsFolded(let text): texts.append((TextSearch.Text(text, isWhole: true), group))
        case .holds(let text): texts.append((TextSearch.Text(text, isWhole: false), group))
        case .equalsNumber(let number): numbers[number, default: []].append(group)
        }
        groups.insert(group)
    }

    /// Marks the rows that pass.
    ///
    /// - Parameter rows: which rows the values are of; nil: all.
    fileprivate func scan(_ values: Column, rows: [Int]?, into passed: inout PassedRows) {
        switch values {
        case .string(let texts): scan(texts, rows: rows, into: &passed)
        case .long(let vector): scan(vector, { $0 }, rows: rows, into: &passed)
        case .int(let vector): scan(vector, { Int64($0) }, rows: rows, into: &passed)
        // Another type than the tests expect: nothing is known of its rows.
        default: pass(rows ?? Array(0..<values.count), into: &passed)
        }
    }

    /// Marks rows of which nothing is known.
    fileprivate func pass(_ rows: [Int], into passed: inout PassedRows) {
        for group in groups {
            for row in rows { passed.insert(row, group) }
        }
    }

    private func scan<Element>(
        _ vector: Vector<Element>, _ number: (Element) -> Int64, rows: [Int]?, into passed: inout PassedRows
    ) {
        guard !numbers.isEmpty else { return }
        for (place, value) in vector.values.enumerated() where !vector.isNull(place) {
            for group in numbers[number(value)] ?? [] { passed.insert(rows?[place] ?? place, group) }
        }
    }

    private func scan(_ values: StringColumn, rows: [Int]?, into passed: inout PassedRows) {
        guard let search else { return }
        var scratch = TextSearch.Scratch()
        for place in 0..<values.count {
            let row = rows?[place] ?? place
            values.withUTF8(place) { text in
                search.find(in: text, &scratch) { number in passed.insert(row, texts[number].group) }
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
        for index in words.indices { words[index] = .max }
        if count & 63 != 0 { words[count >> 6] = 1 << UInt64(count & 63) - 1 }
    }

    mutating func formUnion(_ other: RowMarks) {
        for index in words.indices { words[index] |= other.words[index] }
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
