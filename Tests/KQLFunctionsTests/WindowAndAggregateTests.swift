import Chronology
import JSON
import KQLFunctions
import KQLValues
import Testing

struct WindowAndAggregateTests {
    private let numbers = Column.long(Vector([1, nil, 3, 5], filler: 0))

    @Test func `rows see their neighbours`() throws {
        #expect(try callRows("prev", [numbers], returns: .long) == [.null(.long), 1, .null(.long), 3])
        #expect(try callRows("next", [numbers], returns: .long) == [.null(.long), 3, 5, .null(.long)])
        #expect(try callRows("row_number", [.long(Vector([7, 7]))], returns: .long) == [7, 8])
        #expect(try callRows("row_cumsum", [numbers], returns: .long) == [1, 1, 4, 9])
        #expect(try callRows("row_rank_dense", [.string(StringColumn(["a", "a", "b"]))], returns: .long) == [1, 1, 2])
        #expect(try callRows("row_rank_min", [.string(StringColumn(["a", "a", "b"]))], returns: .long) == [1, 1, 3])
    }

    @Test(arguments: [
        ("count", Value.long(2), Value.long(2), Value.long(0)), ("sum", .long(1), .long(8), .long(0)),
        ("avg", .real(1), .real(4), .real(.infinity)), ("min", .long(1), .long(3), .null(.long)),
        ("max", .long(1), .long(5), .null(.long)), ("dcount", .long(1), .long(2), .long(0)),
        ("make_list", .dynamic([1]), .dynamic([3, 5]), .dynamic([])),
        ("make_set", .dynamic([1]), .dynamic([3, 5]), .dynamic([])),
        ("stdev", .real(0), .real(1.4142135623730951), .real(0)), ("variancep", .real(0), .real(1), .real(0)),
        ("make_list_with_nulls", .dynamic([1, nil]), .dynamic([3, 5]), .dynamic([])),
        ("hll", .null(.dynamic), .null(.dynamic), .null(.dynamic)),
    ])
    func `aggregates are neutral for empty groups`(_ name: String, _ first: Value, _ second: Value, _ empty: Value)
        throws
    {
        let result = try aggregate(name, [numbers], returns: first.type, groups: [0, 0, 1, 1])
        guard name != "hll" else {
            #expect(result[2] == .null(.dynamic))
            return
        }
        #expect(result[0] == first)
        #expect(result[1] == second)
        if name == "avg", case .real(let number) = result[2] {
            #expect(number.isNaN)
        } else {
            #expect(result[2] == empty)
        }
    }

    @Test func `conditions narrow the rows`() throws {
        let marks = Column.bool(Vector([true, true, false, nil], filler: false))
        #expect(try aggregate("sumif", [numbers, marks], returns: .long, groups: [0, 0, 0, 0])[0] == 1)
        #expect(try aggregate("countif", [marks], returns: .long, groups: [0, 0, 0, 0])[0] == 2)
        #expect(
            try aggregate("make_set_if", [numbers, marks], returns: .dynamic, groups: [0, 0, 0, 0])[0] == .dynamic([1]))
    }

    @Test func `percentiles are nearest ranks`() throws {
        let values = Column.long(Vector(Array(1...10)))
        let half = Column.real(Vector(Array(repeating: 50, count: 10)))
        #expect(
            try aggregate("percentile", [values, half], returns: .long, groups: Array(repeating: 0, count: 10))[0] == 5)
    }

    @Test func `rows of extremes are chosen`() throws {
        let function = try #require(FunctionCatalogue.standard.aggregate("arg_max"))
        guard case .row(let choose) = function.form else {
            Issue.record("arg_max chooses rows")
            return
        }
        let rows = try choose(
            AggregateCall(
                arguments: [numbers], groups: [0, 0, 1, 1], groupCount: 3, resultType: .long,
                context: EvaluationContext(now: .unixEpoch, seed: 0)))
        #expect(rows == [0, 3, -1])
    }

    @Test func `sketches count and rank`() throws {
        let values = Column.long(Vector(Array(1...1000)))
        let groups = Array(repeating: 0, count: 1000)
        let sketch = try aggregate("hll", [values], returns: .dynamic, groups: groups)[0]
        guard case .long(let count) = try call("dcount_hll", sketch) else { throw EvaluationError("no count") }
        #expect(abs(count - 1000) < 30)
        let digest = try aggregate("tdigest", [values], returns: .dynamic, groups: groups)[0]
        #expect(try call("rank_tdigest", digest, 685) == 685.0)
        #expect(try call("percentile_tdigest", digest, 50.0) == .dynamic(500.0))
    }

    private func aggregate(_ name: String, _ arguments: [Column], returns type: KQLType, groups: [Int]) throws
        -> [Value]
    {
        let function = try #require(FunctionCatalogue.standard.aggregate(name), "no aggregate \(name)")
        guard case .value(let compute) = function.form else { throw EvaluationError("\(name) gives rows") }
        let arguments = name == "count" ? [] : arguments
        let column = try compute(
            AggregateCall(
                arguments: arguments, groups: groups, groupCount: 3, resultType: type,
                context: EvaluationContext(now: .unixEpoch, seed: 0)))
        return (0..<column.count).map { column[$0] }
    }
}
