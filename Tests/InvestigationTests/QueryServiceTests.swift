import Chronology
import DuckDBStore
import EventStore
import Foundation
import Investigation
import JSON
import KQL
import KQLValues
import TestSupport
import Testing

/// A service over a store in memory with a few rows.
private func service(_ limits: QueryLimits = QueryLimits(), external: (any ExternalSource)? = nil) async throws
    -> QueryService
{
    let library = try DuckDBLibrary.load(
        environment: ProcessInfo.processInfo.environment,
        directories: [SharedFolder.checkout.appending(path: ".deps/duckdb").path])
    let store = try DuckDBEventStore(
        library: library, options: DuckDBOptions(path: nil, threads: 2, readers: limits.concurrent + 2),
        now: { .unixEpoch })
    let schema = TableSchema([
        ColumnSchema("TimeGenerated", .datetime), ColumnSchema("Name", .string), ColumnSchema("Number", .long),
    ])
    var rows: [[Value]] = []
    for number in 0..<1000 {
        let time = Value.datetime(.unixEpoch + .minutes(Int64(number)))
        rows.append([time, .string("name \(number % 10)"), .long(Int64(number))])
    }
    try await store.append([EventBatch(table: "Events", rows: Table(schema: schema, rows: rows))])
    return QueryService(store: store, limits: limits, external: external, now: { .unixEpoch + .days(1) })
}

private let asker = QueryAsker(id: "ada", name: "Ada")

private func problems(_ outcome: QueryOutcome) -> [QueryProblem] {
    if case .refused(let problems) = outcome { problems } else { [] }
}

private func answer(_ outcome: QueryOutcome) throws -> QueryAnswer {
    if case .answer(let answer) = outcome { return answer }
    throw problems(outcome).first ?? QueryProblem(code: .executionError, message: "no answer")
}

struct QueryServiceTests {
    @Test func `a result longer than the limit is cut, and says so`() async throws {
        var limits = QueryLimits()
        limits.rows = 100
        let queries = try await service(limits)
        let cut = try answer(await queries.run(QueryRequest("Events", asker: asker)))
        #expect(cut.tables[0].rowCount == 100)
        #expect(cut.partialReason?.contains("has 1000 rows; only the first 100") == true)
        let whole = try answer(await queries.run(QueryRequest("set notruncation; Events", asker: asker)))
        #expect(whole.tables[0].rowCount == 1000 && whole.partialReason == nil)
        let fewer = try answer(await queries.run(QueryRequest("set truncationmaxrecords=7; Events", asker: asker)))
        #expect(fewer.tables[0].rowCount == 7 && fewer.partialReason != nil)
        var few = QueryRequest("Events", asker: asker)
        few.maximumRows = 3
        #expect(try answer(await queries.run(few)).tables[0].rowCount == 3)
    }

    @Test func `a result larger than the limit of bytes is cut, and says so`() async throws {
        let queries = try await service()
        let text = "set truncationmaxsize=1000; Events | project Name"
        let cut = try answer(await queries.run(QueryRequest(text, asker: asker)))
        #expect((100...170).contains(cut.tables[0].rowCount))
        #expect(cut.partialReason?.contains("larger than 1000 bytes") == true)
    }

    @Test func `statistics tell rows, stages and what the store ran`() async throws {
        let queries = try await service()
        let found = try answer(
            await queries.run(QueryRequest("Events | where Number > 990 | summarize count() by Name", asker: asker)))
        #expect(found.statistics.rows == 9 && found.statistics.bytes > 0)
        #expect(found.statistics.pushed.first?.sql.contains("SELECT") == true)
        #expect(!found.statistics.stages.isEmpty)
        #expect(found.statistics.text.contains("pushed to the store"))
    }

    @Test(arguments: [
        ("n: long", "n", "5", "print n", "5"),
        ("t: datetime", "t", "2026-11-21", "print t", "2026-11-21T00:00:00.0000000Z"),
        ("t: datetime", "t", "datetime(2026-11-21)", "print t", "2026-11-21T00:00:00.0000000Z"),
        ("s: timespan", "s", "1h", "print s", "01:00:00"), ("b: bool", "b", "true", "print b", "true"),
        ("x: string", "x", "it's \"5\" \\ ü", "print x", "it's \"5\" \\ ü"),
        ("d: dynamic", "d", "[1,2]", "print d[1]", "2"),
        ("r: real", "r", "1.5", "print r", "1.5"), ("n: long = 3", "other", "", "print n", "3"),
    ])
    func `parameters take the declared type`(
        declaration: String, name: String, value: String, query: String, expected: String
    ) async throws {
        let queries = try await service()
        var request = QueryRequest("declare query_parameters(\(declaration)); \(query)", asker: asker)
        if name != "other" { request.parameters[name] = value }
        #expect(try answer(await queries.run(request)).tables[0].columns[0][0].text == expected)
    }

    @Test(arguments: [
        ("print 1", "n", "5", "declares no parameter 'n'"),
        ("declare query_parameters(m: long); print m", "n", "5", "it declares 'm'"),
        ("declare query_parameters(n: long); print n", "n", "five", "is declared as long"),
        ("declare query_parameters(n: datetime); print n", "n", "soon", "is declared as datetime"),
    ])
    func `a parameter that does not fit is explained`(
        query: String, name: String, value: String, message: String
    ) async throws {
        let queries = try await service()
        var request = QueryRequest(query, asker: asker)
        request.parameters[name] = value
        let problem = try #require(problems(await queries.run(request)).first)
        #expect("\(problem.message) \(problem.hint ?? "")".contains(message))
    }

    @Test func `a parameter without value or default is named`() async throws {
        let queries = try await service()
        let outcome = await queries.run(QueryRequest("declare query_parameters(n: long); print n", asker: asker))
        #expect(problems(outcome).first?.message.contains("'n' has no value") == true)
    }
}

/// Queries that would take all time or memory if they could.
struct QueryLimitTests {
    private static let limits: QueryLimits = {
        var limits = QueryLimits()
        limits.workingRows = 2_000_000
        limits.workingBytes = 128 << 20
        limits.seconds = 20
        return limits
    }()

    @Test(arguments: [
        "range x from 1 to 1000000000000 step 1",
        "range x from 1 to 1000000000000 step 1 | where x % 7 == 8 | summarize sum(x)",
        "range x from 1 to 1000000 step 1 | extend k = 1 | join kind=inner (range y from 1 to 1000000 step 1 | extend k = 1) on k",
        "range x from 1 to 1000000 step 1 | extend s = strrep(strrep('x', 1000), 1000)",
        "range x from 1 to 100000 step 1 | mv-expand y = range(1, 1000000)",
        "range x from 1 to 100000 step 1 | extend y = repeat('long text that is repeated', 1000000)",
        "print s = strrep(strrep(strrep(strrep('x', 1000), 1000), 1000), 1000)",
        "let f = (s: string) { strcat(s, s, s, s, s, s, s, s, s, s) }; print f(f(f(f(f(f(f(f(f(f(f('x')))))))))))",
        "let f = (s: dynamic) { array_concat(s, s, s, s, s, s, s, s, s, s) }; print f(f(f(f(f(f(f(f(f(f(dynamic([1])))))))))))",
        "print s = strcat_array(repeat('', 1000000), strrep('x', 1000))",
        "print s = replace_string(strrep('x', 1000), 'x', strrep('y', 1000)) | extend t = replace_string(s, 'y', s)",
        "range x from 1 to 100000 step 1 | scan declare (d: dynamic) with (step s: true => d = pack_array(s.d);)",
        "range x from 1 to 100000 step 1 | scan declare (d: string = 'x') with (step s: true => d = strcat(s.d, s.d, 'x');)",
    ])
    func `a query that would take too much ends with the limit's name`(text: String) async throws {
        let queries = try await service(Self.limits)
        let start = ContinuousClock.now
        let outcome = await queries.run(QueryRequest(text, asker: asker))
        let problem = try #require(problems(outcome).first, "it gave an answer")
        #expect([.limitExceeded, .timedOut, .executionError].contains(problem.code), "\(problem.message)")
        #expect(!problem.message.isEmpty)
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `rows of huge values are cut to the limit of bytes`() async throws {
        let queries = try await service(Self.limits)
        let text = "range x from 1 to 100000 step 1 | extend y = range(1, 1000000)"
        let cut = try answer(await queries.run(QueryRequest(text, asker: asker)))
        #expect(cut.tables[0].rowCount < 20 && cut.partialReason != nil)
    }

    @Test func `a regular expression cannot hang a query`() async throws {
        let queries = try await service(Self.limits)
        let text =
            "print s = strrep('a', 1000) | extend m = s matches regex '^(a+)+$', n = s matches regex '(a|aa)+b', o = extract('(x+x+)+y', 1, strrep('x', 1000))"
        #expect(try answer(await queries.run(QueryRequest(text, asker: asker))).tables[0].rowCount == 1)
    }

    @Test func `deeply nested text is refused or read, never a crash`() async throws {
        let queries = try await service(Self.limits)
        let brackets = "print d = parse_json(strcat(strrep('[', 1000), strrep(']', 1000)))"
        _ = await queries.run(QueryRequest(brackets, asker: asker))
        let scalars = String(repeating: "toscalar(print ", count: 90) + "1" + String(repeating: ")", count: 90)
        _ = await queries.run(QueryRequest("print \(scalars)", asker: asker))
        let parentheses = "print " + String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        #expect(problems(await queries.run(QueryRequest(parentheses, asker: asker))).first != nil)
    }

    @Test func `a query that runs too long ends in time and says what to do`() async throws {
        let queries = try await service()
        var request = QueryRequest(heavy, asker: asker)
        request.seconds = 0.3
        let start = ContinuousClock.now
        let problem = try #require(problems(await queries.run(request)).first)
        #expect(problem.code == .timedOut && problem.message.contains("narrow its time range"), "\(problem.message)")
        #expect(ContinuousClock.now - start < .seconds(5))
    }
}

/// Minutes of work for the store: the pairs of a table with itself, counted.
private let heavy = """
    Events | extend k = 1 | project k, a = Number
    | join kind=inner (Events | extend k = 1 | project k, b = Number) on k
    | join kind=inner (Events | extend k = 1 | project k, c = Number) on k
    | join kind=inner (Events | extend k = 1 | project k, d = Number) on k
    | summarize sum(a * b % (c + d + 1))
    """

struct RunningQueryTests {
    /// Waits until the service's list is as wanted.
    private func wait(_ queries: QueryService, until condition: ([RunningQuery]) -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !condition(queries.running) {
            guard ContinuousClock.now < deadline else { throw QueryProblem(code: .timedOut, message: "it never came") }
            await Task.yield()
        }
    }

    @Test func `a running query is listed, and stops at once when it is told to`() async throws {
        let queries = try await service()
        let request = QueryRequest(heavy, asker: asker)
        async let outcome = queries.run(request)
        try await wait(queries) { $0.first?.state == .running }
        let listed = try #require(queries.running.first)
        #expect(listed.id == request.id && listed.asker == asker && listed.text == heavy)
        let start = ContinuousClock.now
        #expect(queries.cancel(request.id))
        #expect(problems(await outcome).first?.code == .cancelled)
        let took = ContinuousClock.now - start
        #expect(took < .seconds(2), "\(took)")
        #expect(queries.running.isEmpty && !queries.cancel(request.id))
    }

    @Test func `a query whose task is cancelled stops`() async throws {
        let queries = try await service()
        let task = Task { await queries.run(QueryRequest(heavy, asker: asker)) }
        try await wait(queries) { $0.first?.state == .running }
        task.cancel()
        #expect(problems(await task.value).first?.code == .cancelled)
        #expect(queries.running.isEmpty)
    }

    @Test func `queries beyond the limit wait their turn, and those beyond the queue are turned away`() async throws {
        var limits = QueryLimits()
        limits.concurrentPerAsker = 1
        limits.concurrent = 2
        limits.queued = 1
        let queries = try await service(limits)
        let first = QueryRequest(heavy, asker: asker)
        let second = QueryRequest("print 1", asker: asker)
        async let running = queries.run(first)
        try await wait(queries) { $0.count == 1 && $0[0].state == .running }
        async let waiting = queries.run(second)
        try await wait(queries) { $0.contains { $0.state == .queued } }
        let refused = await queries.run(QueryRequest("print 2", asker: asker))
        #expect(problems(refused).first?.code == .throttled)
        let other = await queries.run(QueryRequest("print 3", asker: QueryAsker(id: "bob", name: "Bob")))
        #expect(try answer(other).tables[0].rowCount == 1)
        #expect(queries.cancel(first.id))
        #expect(problems(await running).first?.code == .cancelled)
        let turn = try answer(await waiting)
        #expect(turn.tables[0].rowCount == 1 && turn.statistics.queuedSeconds > 0)
    }

    @Test func `a query that waits too long gives up`() async throws {
        var limits = QueryLimits()
        limits.concurrentPerAsker = 1
        limits.queueSeconds = 0.1
        let queries = try await service(limits)
        let first = QueryRequest(heavy, asker: asker)
        async let running = queries.run(first)
        try await wait(queries) { $0.first?.state == .running }
        let problem = try #require(problems(await queries.run(QueryRequest("print 1", asker: asker))).first)
        #expect(problem.code == .throttled && problem.message.contains("queries.queueSeconds"))
        _ = queries.cancel(first.id)
        _ = await running
    }
}
