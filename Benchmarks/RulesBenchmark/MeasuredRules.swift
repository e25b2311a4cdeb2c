/// A rule that the benchmark runs.
struct MeasuredRule {
    let name: String
    let query: String

    /// The first three look at short columns, the others at what is dear to look at or at habits.
    static let all = [
        MeasuredRule(
            name: "failures by user",
            query: """
                SignIns | where Result != 0 | summarize Failures = count(), Addresses = dcount(Address) by User
                | where Failures > 50
                """),
        MeasuredRule(
            name: "first seen in an hour",
            query: """
                let old = SignIns | where TimeGenerated < ago(1h) and Result == 0 | summarize by User, Application;
                SignIns | where TimeGenerated >= ago(1h) and Result == 0
                | summarize Count = count(), Last = max(TimeGenerated) by User, Application
                | join kind=leftanti old on User, Application
                """),
        MeasuredRule(
            name: "volume by application",
            query: """
                SignIns | summarize Bytes = sum(Bytes), Mean = avg(Bytes), Users = make_set(User, 100),
                    Last = arg_max(TimeGenerated, User, Address) by Application
                | where Bytes > 1000
                """),
        MeasuredRule(
            name: "new on a computer",
            query: """
                let old = Processes | where TimeGenerated < ago(1h) | summarize by Account, Computer;
                Processes | where TimeGenerated >= ago(1h)
                | summarize Count = count(), Last = max(TimeGenerated) by Account, Computer
                | join kind=leftanti old on Account, Computer
                """),
        MeasuredRule(
            name: "encoded commands",
            query: #"""
                Processes | where CommandLine matches regex @"(?i)-e(nc|ncodedcommand)?\s+[A-Za-z0-9+/=]{40,}"
                | summarize Count = count(), Accounts = dcount(Account), First = min(TimeGenerated) by Computer
                | where Count > 3
                """#),
        MeasuredRule(
            name: "JSON details",
            query: """
                Processes | extend Parsed = parse_json(Details)
                | where tostring(Parsed.integrity) == "Medium"
                | summarize Count = count(), Bytes = sum(tolong(Parsed.bytes)), Computers = dcount(Computer)
                    by Parent = tostring(Parsed.parent.name), Session = toint(Parsed.session)
                | where Bytes > 1000
                """),
        MeasuredRule(
            name: "parsed paths",
            query: #"""
                Processes | parse CommandLine with '"' Path '" --project "' Project '"' *
                | where isnotempty(Path)
                | summarize Count = count(), Longest = max(strlen(CommandLine)) by Tool = tostring(split(Path, "\\")[-1])
                """#),
    ]
}
