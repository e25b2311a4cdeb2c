import KQLEditing
import KQLSyntax
import Testing

struct AnswerTests {
    private func query(_ marked: String) -> (EditedQuery, Int) {
        let caret = Marked(marked)
        return (EditedQuery(caret.text, in: .sample), caret.offset)
    }

    // MARK: Completion

    @Test func `a completion replaces the whole word and puts the caret into the parentheses`() throws {
        let (edited, offset) = query("SecurityEvent | extend x = tost¦ri")
        let list = edited.completions(at: offset)
        #expect(edited.source.text(in: list.replaced) == "tostri")
        let item = try #require(list.items.first)
        #expect(item.label == "tostring")
        #expect(item.insertion == "tostring()")
        #expect(item.caret == 9)
        #expect(item.detail?.contains("string") == true)
    }

    @Test(arguments: [
        ("SecurityEvent | where event¦", "EventID"), ("SecurityEvent | su¦", "summarize"),
        ("SecurityEvent | where Acc¦", "Account"), ("SecurityEvent | where Account h¦", "has"),
        ("SecurityEvent | w¦", "where"), ("SecurityEvent | summarize c¦", "count"), ("Sig¦", "SigninLogs"),
        ("SecurityEvent | join kind=¦", "inner"),
        ("SigninLogs | extend x = toupper(¦", "IPAddress"), ("SigninLogs | extend x = dayofweek(¦", "TimeGenerated"),
        ("SigninLogs | where UPN == 1 | where PName¦", "UserPrincipalName"),
    ])
    func `the likeliest comes first`(marked: String, label: String) {
        #expect(EditedQuery.labels(marked).first == label)
    }

    @Test func `names that are no plain words are quoted, and values escaped`() throws {
        let (edited, offset) = query("SigninLogs | where odd¦")
        #expect(edited.completions(at: offset).items.first?.insertion == "['odd name']")
        let (values, place) = query("SigninLogs | where ResultType == \"sa¦")
        #expect(values.completions(at: place).items.first?.insertion == "say \\\"no\\\"")
        #expect(values.comparedColumn(at: place)?.column == "ResultType")
    }

    // MARK: Signatures

    @Test(arguments: [
        ("print datetime_diff('day', ¦", "datetime_diff", 1), ("print strcat('a', 'b', 'c', ¦", "strcat", 1),
        ("SecurityEvent | extend x = iff(EventID == 1, ¦", "iff", 1), ("print bin(¦1, 2)", "bin", 0),
        ("let f = (a: long, b: string = 'x') { a }; print f(1, ¦", "f", 1),
        ("ParsedEvents(¦", "ParsedEvents", 0), ("SecurityEvent | summarize dcount(¦", "dcount", 0),
        ("SecurityEvent | evaluate pivot(¦", "pivot", 0), ("print strcat(toupper(¦", "toupper", 0),
        ("print strcat(toupper('a'), ¦", "strcat", 1),
    ])
    func `the call around the caret and its parameter are known`(marked: String, function: String, parameter: Int)
        throws
    {
        let (edited, offset) = query(marked)
        let help = try #require(edited.signatureHelp(at: offset))
        #expect(help.function == function)
        #expect(help.activeParameter == parameter)
        let form = help.signatures[help.activeSignature]
        #expect(form.parameters.allSatisfy { form.label.contains($0) })
    }

    @Test(arguments: ["print 1¦", "SecurityEvent | where (EventID ¦", "SecurityEvent | join (SigninLogs | where ¦"])
    func `outside calls there is no signature`(marked: String) {
        let (edited, offset) = query(marked)
        #expect(edited.signatureHelp(at: offset) == nil)
    }

    // MARK: Hover

    @Test(arguments: [
        ("SecurityEvent | where Even¦tID == 1", "column SecurityEvent.EventID: int"),
        ("Security¦Event | take 1", "table SecurityEvent"),
        ("SecurityEvent | pro¦ject-away Account", "project-away column, …"),
        ("SecurityEvent | project-¦away Account", "project-away column, …"),
        ("SecurityEvent | extend x = tostr¦ing(1)", "tostring(value: any) → string"),
        ("SecurityEvent | summarize ¦n = count()", "column n: long"),
        ("SecurityEvent | summarize n = count() | where ¦n > 1", "column n: long"),
        ("let limit_ = 5; SecurityEvent | where EventID > lim¦it_", "let limit_: long"),
        ("let f = (day: datetime) { SecurityEvent | where TimeGenerated > d¦ay }; f(now())", "parameter day: datetime"),
        ("SecurityEvent | where Account h¦as 'x'", "has"),
        ("let T = SecurityEvent | project Account; T¦ | take 1", "let T, a table"),
        (
            "SecurityEvent | join (SigninLogs) on $left.Account == $right.User¦PrincipalName",
            "column UserPrincipalName: string"
        ),
        ("ParsedEv¦ents('x')", "ParsedEvents(account: string = *)"),
    ])
    func `what stands under the pointer is told`(marked: String, title: String) throws {
        let (edited, offset) = query(marked)
        #expect(edited.hover(at: offset)?.title == title)
    }

    // MARK: Tokens

    @Test func `tokens are told apart by what their names stand for`() {
        let text = """
            let since = ago(1d); // start
            let f = (who: string) { SecurityEvent | where Account == who and TimeGenerated > since };
            f('x') | extend Name = Properties.name, n = 1.5 | join kind=inner (SigninLogs) on $left.Account == $right.IPAddress
            | evaluate bag_unpack(Properties)
            """
        let edited = EditedQuery(text, in: .sample)
        var roles: [String: Set<SemanticToken.Role>] = [:]
        for token in edited.semanticTokens { roles[edited.source.text(in: token.span), default: []].insert(token.role) }
        let expected: [String: SemanticToken.Role] = [
            "let": .keyword, "since": .variable, "ago": .function, "1d": .timespan, "// start": .comment,
            "f": .function, "who": .parameter, "string": .type, "SecurityEvent": .table, "where": .keyword,
            "Account": .column, "==": .operation, "and": .operation, "'x'": .string, "Properties": .column,
            "name": .property, "Name": .column, "1.5": .number, "kind": .option, "SigninLogs": .table,
            "$left": .keyword, "IPAddress": .column, "bag_unpack": .plugin, "|": .operation, "(": .punctuation,
        ]
        for (text, role) in expected { #expect(roles[text] == [role], "\(text)") }
    }

    // MARK: Diagnostics and formatting

    @Test func `a mistake is told with its place and its repair`() throws {
        let text = "SecurityEvent\n| where EvntID == 1"
        let edited = EditedQuery(text, in: .sample)
        let finding = try #require(edited.diagnostics.first)
        #expect(edited.source.text(in: finding.span) == "EvntID")
        #expect(finding.replacement == "EventID")
        #expect(finding.severity == .error)
    }

    @Test func `a query is formatted, one with errors is left and says why`() {
        guard case .formatted(let text) = EditedQuery("SecurityEvent|where EventID==1|take 5", in: .sample).formatted()
        else {
            Issue.record("the query has no errors")
            return
        }
        #expect(text == "SecurityEvent\n| where EventID == 1\n| take 5\n")
        guard case .refused(let errors) = EditedQuery("SecurityEvent | where (", in: .sample).formatted() else {
            Issue.record("the query has an error")
            return
        }
        #expect(!errors.isEmpty)
    }

    // MARK: Offsets

    @Test func `offsets are converted between bytes and UTF-16 units`() {
        let source = Source("é😀x")
        let offsets = UTF16Offsets(source)
        #expect(offsets.count == 4)
        #expect([0, 2, 6, 7].map(offsets.utf16) == [0, 1, 3, 4])
        #expect((0...4).map(offsets.utf8) == [0, 2, nil, 6, 7])
        #expect(offsets.utf8(5) == nil && offsets.utf8(-1) == nil)
        #expect(UTF16Offsets(Source("abc")).utf8(2) == 2)
    }
}
