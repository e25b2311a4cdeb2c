import Testing

@Suite struct `Pushing down changes no answer of queries composed at random` {
    @Test(arguments: [UInt64(1), 2, 3]) func `out of filters, columns, joins, unions and groups`(seed: UInt64)
        async throws
    {
        let store = try await TestEvents.store(count: 150, seed: seed)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<150 {
            var composer = QueryComposer(random: random)
            try await expectSameAnswer(composer.query(), store, pushes: false)
            _ = random.next()
        }
    }
}

/// Composes pipelines whose result does not depend on the order of rows.
private struct QueryComposer {
    var random: SeededGenerator

    mutating func query() -> String {
        var steps = [source()]
        for _ in 0..<Int.random(in: 0...3, using: &random) { steps.append(rowStep()) }
        steps.append(ending())
        if Bool.random(using: &random) {
            steps.append(pick(["where n > 1", "where n % 2 == 0", "extend m = n * 2", "count"]))
        }
        return steps.joined(separator: " | ")
    }

    private mutating func source() -> String {
        pick([
            "Events", "Events", "Other", "union Events, Other", "(Events | where Flag)", "(Events | take 0)",
            "(Other | sort by Id asc | take 40)", "(Events | top 60 by Id)",
            "(Events | distinct Host, User, Id, Code, Bytes, Text, Flag)",
            "materialize(Events | where Code > 4622)",
        ])
    }

    private mutating func rowStep() -> String {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return "where \(condition())"
        case 1: return "where \(condition()) \(pick(["and", "or"])) \(condition())"
        case 2: return "where not(\(condition()) \(pick(["and", "or"])) \(condition()))"
        case 3:
            return
                "extend \(pick(["Bytes", "Id", "Code2"])) = \(pick(["Bytes + 1", "Id * 2", "Code", "tolong(strlen(Text))"]))"
        case 4:
            return
                "extend \(pick(["Text", "User", "Tag"])) = \(pick(["tolower(User)", "strcat(Host, Text)", "tostring(Code)", "iff(Flag, Host, User)", "extract('[a-z]+', 0, Text)"]))"
        default:
            let kind = pick(["inner", "leftouter", "leftanti", "leftsemi", "fullouter", "rightouter"])
            let right = pick([
                "Other | where Flag | distinct Host, Code", "Other | summarize c = count() by Host, Code",
                "Events | project Host, Code, Id2 = Id | where Id2 < 9",
            ])
            return "join kind=\(kind) (\(right)) on Host, Code"
        }
    }

    private mutating func condition() -> String {
        pick([
            "Code == 4625", "Code != 4625", "Bytes > 0", "Bytes in (1, 2, 3, 4, 5)", "Flag", "isempty(User)",
            "User =~ 'ALICE'",
            "Text has 'sekurlsa'", "Text contains 'e'", "Text !has 'a'", "Host in ('host1', 'host2')",
            "Host == 'host3'",
            "Id % 3 == 0", "isnull(Bytes)", "Text startswith 'c'", "strlen(Text) > 9", "Code between (4621 .. 4625)",
            "Host in ((Other | where Code == 4622 | project Host))", "Id < toscalar(Other | summarize max(Id))",
        ])
    }

    private mutating func ending() -> String {
        let key = pick(["Host", "User", "Code", "Flag", "bin(Bytes, 10)", "Host, Code", "tolower(User), Flag", "Text"])
        let aggregate = pick([
            "sum(Bytes)", "max(Id)", "min(Bytes)", "dcount(User)", "countif(Flag)", "avg(Bytes)", "max(Flag)",
            "dcount(Text)",
        ])
        return pick([
            "summarize n = count() by \(key)", "summarize n = count(), a = \(aggregate) by \(key)",
            "summarize n = \(pick(["sum(Bytes)", "count()", "dcount(Host)"])), a = \(aggregate)",
            "distinct \(pick(["Host", "User, Code", "Flag", "Id, Bytes"])) | extend n = 3",
            "project Id, n = Bytes, \(pick(["User", "Text", "Host"]))",
        ])
    }

    private mutating func pick(_ choices: [String]) -> String {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }
}
