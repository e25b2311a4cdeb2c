import Chronology
import JSON
import Testing
import Workflow

/// A scope with a little of everything.
struct SampleScope: EvaluationScope {
    var trigger: JSON = ["name": "manual", "outputs": ["body": ["Object": ["id": "/x/1"], "list": [1, 2, 3]]]]
    let workflow: JSON = ["name": "sample", "run": ["name": "r1"]]

    func parameter(named name: String) throws(ExpressionError) -> JSON { ["p": .string(name)] }
    func variable(named name: String) throws(ExpressionError) -> JSON { .string("value of \(name)") }
    func outputs(ofAction name: String) throws(ExpressionError) -> JSON {
        name == "Get" ? ["statusCode": 200, "body": ["value": ["a", "b"]]] : .null
    }
    func action(named name: String?) throws(ExpressionError) -> JSON {
        ["name": .string(name ?? "self"), "status": "Failed"]
    }
    func results(ofScope name: String) throws(ExpressionError) -> JSON { [["name": "inner", "status": "Failed"]] }
    func item(ofLoop name: String?) throws(ExpressionError) -> JSON { ["name": .string(name ?? "innermost")] }
    func iterationIndex(ofLoop name: String) throws(ExpressionError) -> JSON { 2 }
    func callbackURL() throws(ExpressionError) -> JSON { "https://tocsin/callback" }
}

func evaluate(_ template: JSON) throws -> JSON {
    let now = try #require(Instant(iso8601: "2026-11-21T10:20:30.1234567Z"))
    var evaluator = Evaluator(scope: SampleScope(), sources: EvaluationSources(now: now, seed: 7))
    return try evaluator.evaluate(template)
}

struct FunctionTests {
    @Test(arguments: FunctionCases.all)
    func `a function answers as documented`(_ example: FunctionCase) throws {
        #expect(try evaluate(.string("@" + example.expression)) == example.result, "\(example.expression)")
    }

    @Test(arguments: FunctionCases.failing)
    func `a wrong call is an error`(_ expression: String) {
        #expect(throws: ExpressionError.self, "\(expression)") { try evaluate(.string("@" + expression)) }
    }

    @Test func `every documented function is there`() {
        let missing = FunctionCases.documented.filter { FunctionNames.arity(of: $0) == nil }
        #expect(missing.isEmpty, "\(missing)")
        #expect(FunctionNames.all.count >= 110)
    }

    @Test func `texts mix with expressions`() throws {
        #expect(try evaluate("a@@b") == "a@@b")
        #expect(try evaluate("@@b") == "@b")
        #expect(try evaluate("user@example.org") == "user@example.org")
        #expect(try evaluate("n=@{length(createArray(1,2))}, o=@{triggerBody()?['list']}!") == "n=2, o=[1,2,3]!")
        #expect(try evaluate("@{'}'}") == "}")
        #expect(try evaluate("literal @@{x}") == "literal @{x}")
        #expect(try evaluate(["@{concat('k', 1)}": "@triggerBody()?['none']?['deeper']"]) == ["k1": nil])
    }

    @Test func `property names disregard case, and a question mark forgives what is absent`() throws {
        #expect(try evaluate("@triggerBody().object.ID") == "/x/1")
        #expect(try evaluate("@triggerBody()?.object?.nothing?.more") == nil)
        #expect(try evaluate("@body('Get')['value'][1]") == "b")
        let error = #expect(throws: ExpressionError.self) { try evaluate("@triggerBody()['missing']") }
        #expect(error?.code == .missingProperty)
        #expect(error?.message.contains("Object, list") == true)
    }

    @Test(arguments: [
        "@concat('a'", "@concat('a',)", "@foo", "@'open", "@{concat('a')", "@concat('a'))", "@body('x')['y'",
    ])
    func `a malformed expression says where`(_ text: String) {
        let error = #expect(throws: ExpressionError.self) { try Template(text) }
        #expect(error?.code == .syntax)
        #expect(error?.offset != nil)
    }

    @Test func `hostile nesting is refused`() {
        let text = "@" + String(repeating: "string(", count: 5000) + "1" + String(repeating: ")", count: 5000)
        let error = #expect(throws: ExpressionError.self) { try Template(text) }
        #expect(error?.code == .tooDeep)
    }

    @Test func `guid and rand follow the seed`() throws {
        #expect(try evaluate("@guid()") == (try evaluate("@guid()")))
        let first = try #require(try evaluate("@guid()").stringValue)
        #expect(first.count == 36 && first.dropFirst(14).first == "4")
        let number = try #require(try evaluate("@rand(1, 3)").intValue)
        #expect((1...2).contains(number))
    }
}
