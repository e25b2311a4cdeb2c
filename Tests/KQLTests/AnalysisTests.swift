import KQL
import KQLSyntax
import KQLValues
import Testing

struct AnalysisTests {
    private func analyze(_ text: String) -> QueryAnalysis {
        KQLEngine.analyze(text, environment: environment, options: CompileOptions(now: noon))
    }

    /// The columns in scope at the mark `^`, which is not part of the text.
    private func columns(_ marked: String) -> [String] {
        let parts = marked.split(separator: "^", maxSplits: 1, omittingEmptySubsequences: false)
        let step = analyze(parts.joined()).step(at: parts[0].utf8.count)
        return step?.input?.schema.columns.map(\.name) ?? []
    }

    @Test func `the columns before an unfinished operator are known`() {
        let all = ["TimeGenerated", "Computer", "EventID", "Data"]
        #expect(columns("Events | ^") == all)
        #expect(columns("Events | where ^") == all)
        #expect(columns("Events | project Computer, n = 1 | where Computer == 'x' | project ^") == ["Computer", "n"])
        #expect(columns("Events | summarize c = count() by Computer, ^| where c > 1") == all)
        #expect(columns("Events | proj^") == all)
        #expect(columns("^Events | take 1") == [])
    }

    @Test func `places in unclosed subqueries and function bodies are known`() {
        #expect(columns("Events | join (Events | project Key = Computer | where ^") == ["Key"])
        #expect(columns("union isfuzzy=true Nothing, (Events | project Computer | extend ^") == ["Computer"])
        #expect(columns("Events | where Computer in (Events | distinct Computer | ^") == ["Computer"])
        #expect(columns("let f = (t: (a: long)) { t | where ^ }; print 1") == ["a"])
        #expect(columns("let f = () { Events | distinct EventID | where ^ }; f()") == ["EventID"])
        #expect(columns("Events | mv-apply e = Data on (where e^)").last == "e")
    }

    @Test func `both sides of a join are known`() {
        let analysis = analyze("Events | project Computer | join (Events | project Key = Computer) on $left.")
        let join = analysis.step(at: 70)
        #expect(join?.input?.schema.columns.map(\.name) == ["Computer"])
        #expect(join?.right?.schema.columns.map(\.name) == ["Key"])
    }

    @Test func `definitions are known with their kinds and places`() {
        let text = "let n = 5; let t = Events | distinct Computer; let f = (x: long) { let y = x; t | take 1 }; f(n) | "
        let analysis = analyze(text)
        #expect(analysis.definitions.map(\.name) == ["n", "t", "f", "x", "y"])
        #expect(analysis.definitions(at: text.utf8.count).map(\.name) == ["f", "t", "n"])
        #expect(analysis.definitions(at: text.utf8.count - 15).map(\.name) == ["y", "x", "t", "n"])
        guard case .function(let parameters, let result) = analysis.definitions[2].kind else {
            Issue.record("f is a function")
            return
        }
        #expect(parameters.map(\.name.text) == ["x"])
        #expect(result?.schema.columns.map(\.name) == ["Computer"])
    }

    @Test func `one mistake is told once, with its repair`() {
        let analysis = analyze("Events\n| where Compter == 'x'\n| extend a = Nonsense, b = 1\n| where b == 1")
        #expect(analysis.diagnostics.map(\.replacement) == ["Computer"])
        #expect(analysis.diagnostics.first?.span == Span(15, 22))
        #expect(analysis.results.count == 1)
        let two = analyze("let a = Event | take 1;\nEvents | where Compter == 1")
        #expect(two.diagnostics.map(\.replacement) == ["Events", "Computer"])
    }
}
