import KQL
import Testing

struct RewriterTests {
    static let queries = [
        "Events | extend c = Computer | where c == 'pc0' and TimeGenerated > ago(3h) | project c, EventID",
        "union Events, (Events | where EventID == 4624) | where Computer == 'pc1' | summarize count() by EventID",
        "Events | join kind=inner (Events | project Computer, n = EventID) on Computer | where n == 4625 | project EventID",
        "Events | summarize arg_max(TimeGenerated, *) by Computer | project Computer, EventID",
        "Events | mv-expand x = Data | sort by TimeGenerated asc | where Computer == 'pc0' | project x",
        "Events | mv-expand with_itemindex=i Data | where i == 0 and Computer == 'pc0' and isnotnull(Data) | project i, Data",
        "Events | parse Computer with * 'c' n:long | where n == 0 and EventID > 1 | project Computer, n, EventID",
        "Events | parse Computer with 'p' Computer | where Computer == 'c0' | project Computer, EventID",
    ]

    @Test(arguments: queries)
    func `rewriting changes neither rows nor columns, and twice is once`(_ query: String) throws {
        let plain = try rows(query, rules: [])
        for rule in RewriteRule.allCases { #expect(try rows(query, rules: [rule]).sorted() == plain.sorted()) }
        #expect(try rows(query).sorted() == plain.sorted())
        let plan = try compile(query).primary.plan
        #expect(Rewriter().rewrite(plan).description == plan.description)
    }

    @Test func `a scan gets its time range and only the columns that are used`() throws {
        let plan = try compile("Events | where TimeGenerated > ago(1h) | project Computer").primary.plan
        #expect(plan.description.contains("table Events [TimeGenerated, Computer] 2026-03-01T11:00:00.0000000Z .. …"))
    }

    @Test(arguments: ["mv-expand x = Data", "parse Computer with 'pc' n:long"])
    func `conditions on time reach a scan below what makes rows or columns`(_ step: String) throws {
        let plan = try compile("Events | \(step) | where TimeGenerated > ago(1h) | project Computer").primary.plan
        #expect(plan.description.contains("2026-03-01T11:00:00.0000000Z .. …"))
    }

    @Test func `the explanation shows each operator`() throws {
        let text = KQLEngine.explain(try compile("Events | where EventID == 1 | count"))
        #expect(text.hasPrefix("result 1: Count: long\nsummarize Count = count()\n  where (tolong(EventID) == 1)"))
    }
}
