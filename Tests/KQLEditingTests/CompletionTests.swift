import KQLEditing
import Testing

struct CompletionTests {
    @Test(arguments: [
        ("¦", ["SecurityEvent", "SigninLogs", "let", "print", "union", "ParsedEvents"], ["where", "EventID"]),
        ("Sec¦", ["SecurityEvent"], ["SigninLogs"]),
        ("SecurityEvent | ¦", ["where", "summarize", "project-away", "mv-expand"], ["EventID", "SecurityEvent"]),
        ("SecurityEvent | project-a¦", ["project-away"], ["where"]),
        (
            "SecurityEvent\n| where ¦", ["EventID", "TimeGenerated", "ago", "tostring", "not"],
            ["count", "IPAddress", "where"]
        ),
        ("SecurityEvent | where EventID ¦", ["==", "in", "between", "and", ">"], ["EventID"]),
        ("SecurityEvent | where Account !h¦", ["!has", "!hasprefix"], ["has"]),
        ("SecurityEvent | summarize ¦", ["count", "dcount", "arg_max", "by", "EventID"], ["where"]),
        ("SecurityEvent | summarize count() ¦", ["by"], []),
        ("SecurityEvent | summarize n = count() by ¦", ["Account", "bin"], ["dcount"]),
        ("SecurityEvent | summarize n = count() by Account | where ¦", ["n", "Account"], ["EventID"]),
        ("SecurityEvent | sort by ¦", ["TimeGenerated"], ["asc"]),
        ("SecurityEvent | sort by TimeGenerated ¦", ["asc", "desc", "nulls"], []),
        ("SecurityEvent | join ¦", ["kind", "SigninLogs"], ["Account"]),
        ("SecurityEvent | join kind=¦", ["inner", "leftouter", "leftanti"], ["SigninLogs"]),
        ("SecurityEvent | join kind=lefta¦ (SigninLogs)", ["leftanti"], ["inner"]),
        ("SecurityEvent | join (SigninLogs | where ¦", ["ResultType"], ["EventID"]),
        ("SecurityEvent | join (SigninLogs) on ¦", ["TimeGenerated", "$left", "$right"], ["EventID", "Risk"]),
        ("SecurityEvent | join (SigninLogs) on $left.¦", ["EventID", "Account"], ["Risk"]),
        ("SecurityEvent | join (SigninLogs) on $left.Account == $right.¦", ["UserPrincipalName"], ["EventID"]),
        ("SecurityEvent | join (SigninLogs) on TimeGenerated | where ¦", ["EventID", "Risk", "TimeGenerated1"], []),
        ("SecurityEvent | where Account in (SigninLogs | project ¦", ["UserPrincipalName"], ["EventID"]),
        ("SecurityEvent | render ¦", ["timechart", "piechart"], []),
        ("SecurityEvent | render timechart with (¦", ["title", "xcolumn"], []),
        ("SecurityEvent | evaluate ¦", ["bag_unpack", "pivot"], ["where"]),
        ("SecurityEvent | mv-expand Properties to typeof(¦", ["string", "long"], ["Account"]),
        ("SecurityEvent | extend x = bin(TimeGenerated, ¦", ["1h", "1d"], []),
        ("SecurityEvent | extend x = datetime_part(\"¦", ["Hour", "Day"], ["Account"]),
        ("SecurityEvent | extend x = datetime_part(¦", ["\"Hour\""], []),
        ("let a = 1; let f = (p: string) { SecurityEvent | where ¦ }", ["p", "a", "EventID"], []),
        ("let T = SigninLogs | where Risk > 1; ¦", ["T", "SecurityEvent"], []),
        ("let T = SigninLogs | where Risk > 1; T | where ¦", ["Risk"], ["EventID"]),
        ("let limit_ = 5; SecurityEvent | where EventID > ¦", ["limit_"], []),
        ("SecurityEvent | mv-apply p = Properties on (where ¦", ["p", "Account"], []),
        ("SecurityEvent | partition by Account (top 1 by ¦", ["EventID"], []),
        ("SecurityEvent | project-away ¦", ["Account", "EventID"], ["tostring"]),
        ("SecurityEvent | project-rename Who = ¦", ["Account"], []),
        ("SecurityEvent | project-rename ¦", [], ["Account"]),
        ("SigninLogs | where ['odd name'] > 1 | where ¦", ["odd name"], []),
        ("ParsedEvents() | where ¦", ["Actor"], []),
        ("union SecurityEvent, ¦", ["SigninLogs"], ["EventID"]),
        ("SigninLogs | where ResultType == ¦", ["\"50126\"", "\"0\""], []),
        ("SigninLogs | where ResultType in (\"0\", \"¦", ["50126"], ["ResultType"]),
        ("SecurityEvent | where nonsense(( | where ¦", ["EventID"], []),
        ("SecurityEvent | frobnicate x | where ¦", ["EventID"], []),
        ("SecurityEvent | extend x = tostring(¦", ["Account"], []),
        ("SecurityEvent // where ¦", [], ["EventID", "where"]),
        ("SecurityEvent | where EventID == 46¦", [], ["EventID"]),
    ])
    func `what can stand at a place is offered, and what cannot is not`(
        marked: String, offered: [String], left: [String]
    ) {
        let labels = Set(EditedQuery.labels(marked))
        #expect(offered.filter { !labels.contains($0) } == [], "\(marked)")
        #expect(left.filter(labels.contains) == [], "\(marked)")
    }
}
