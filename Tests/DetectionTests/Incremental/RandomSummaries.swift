/// Rule queries composed at random of what can be put together of slices.
struct RandomSummaries {
    private var generator: SeededGenerator

    init(seed: UInt64) {
        generator = SeededGenerator(state: seed)
    }

    private static let sources = [
        "Signals", "union Signals, Others", "Parsed | project-away A",
        "Signals | mv-expand Tag = Tags to typeof(string)",
        "Signals | mv-expand with_itemindex=Place Tag = Tags | where Place < 1 | extend Host = strcat(Host, Tag)",
        "Signals | parse-kv Text as (a: long, b: string) with (pair_delimiter=' ', kv_delimiter='=') | where b != 'z'",
        "Signals | extend Number = Number * 2",
        "Signals | join kind=inner _GetWatchlist('guarded') on $left.User == $right.SearchKey",
        "Signals | project TimeGenerated, User, Host, Number, Small, Tags, Text",
        "Signals | sort by TimeGenerated asc",
    ]
    private static let conditions = [
        "where Number > 5", "where User startswith 'u'", "where TimeGenerated > ago(7h)",
        "where TimeGenerated between (ago(9h) .. ago(2h))", "where isnotempty(Host)",
        "where User in ((_GetWatchlist('guarded') | project SearchKey))", "where Text has 'x'",
        "extend Big = Number > 20",
        "where TimeGenerated >= ago(195m)", "where Tags has 'y' or Small > 2",
    ]
    private static let keys = [
        "", " by User", " by User, Host", " by bin(TimeGenerated, 3h)", " by Letter = tostring(Tags[0])",
        " by Host, Odd = Number % 2 == 1",
    ]
    private static let aggregates = [
        "count()", "countif(Number > 10)", "sum(Number)", "sumif(Small, Number > 10)", "min(Number)", "max(Number)",
        "min(Text)", "max(TimeGenerated)", "minif(Number, Host == 'h1')", "avg(Number)", "avgif(Small, Number > 4)",
        "dcount(Host)", "dcount(TimeGenerated)", "dcountif(User, Number > 10)", "make_set(Host)", "make_set(Tags, 50)",
        "make_set_if(Number, Small > 1, 100)", "make_list(Small)", "make_list_if(Host, Number > 20)",
        "arg_max(TimeGenerated, Number, Text)", "arg_min(TimeGenerated, *)", "Few = array_length(make_set(Number, 4))",
        "Length = array_length(make_list(Number, 7))", "dcount(Number) * 2", "Spread = max(Number) - min(Number)",
    ]
    private static let ends = [
        "", " | where N > 3", " | extend Twice = N * 2 | where Twice >= 4", " | top 4 by N desc, First asc",
        " | join kind=leftouter (Others | where TimeGenerated > ago(6h) | summarize M = count() by Day = bin(TimeGenerated, 1d)) on $left.Day == $right.Day",
        " | where N > toscalar(Signals | summarize dcount(Host))", " | project N, First, At = now()",
    ]

    /// A query with a count `N` and an instant `First`.
    mutating func next() -> String {
        var query = Self.sources.randomElement(using: &generator) ?? ""
        for condition in Self.conditions.shuffled(using: &generator).prefix(Int.random(in: 0...2, using: &generator)) {
            query += " | \(condition)"
        }
        let own = Self.aggregates.shuffled(using: &generator).prefix(Int.random(in: 0...4, using: &generator))
        let names = own.enumerated().map { index, text in
            text.hasPrefix("arg_") || text.contains("= ") && !text.contains("==") ? text : "V\(index) = \(text)"
        }
        let all = ["N = count()", "First = min(TimeGenerated)"] + names
        query += " | summarize \(all.joined(separator: ", "))" + (Self.keys.randomElement(using: &generator) ?? "")
        let end = Self.ends.randomElement(using: &generator) ?? ""
        return query + (end.contains("join") ? " | extend Day = bin(First, 1d)" : "") + end
    }
}
