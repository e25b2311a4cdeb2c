import Records
import Sigma
import Testing

/// Rules and events put together at random of a few pieces, so that they meet often.
@Suite struct SameMatchesTests {
    private struct Chance: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var value = state
            value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
            return value ^ value >> 31
        }

        mutating func pick<Element>(_ elements: [Element]) -> Element {
            // Every list here has elements.
            elements[Int(next() % UInt64(elements.count))]
        }

        mutating func comesTrue(oneIn count: UInt64) -> Bool { next() % count == 0 }
    }

    private static let pieces = [
        "powershell", "PowerShell", ".exe", "cmd", "/c", " ", "-enc", "ab", "x", "whoami", "System32", "ÄÖ", "äö", "🦆",
        "1", "42",
        "k", "ſ", "lsass", "Users", "Temp", "-",
    ]
    /// The Kelvin sign, whose lower case is ASCII's k: only expressions take it for one.
    private static let kelvin = "\u{212A}"
    private static let fields = ["A", "B", "C", "D"]

    /// A text of up to so many pieces.
    private static func text(_ chance: inout Chance, most: UInt64) -> String {
        (0...(chance.next() % most)).map { _ in chance.pick(pieces) }.joined()
    }

    private static func value(_ chance: inout Chance) -> String {
        let text = text(&chance, most: 3)
        return "'\(chance.comesTrue(oneIn: 8) ? text + "*" + chance.pick(pieces) : text)'"
    }

    private static func item(_ chance: inout Chance) -> String {
        let field = chance.pick(fields)
        switch chance.next() % 12 {
        case 0:
            return "\(field)|re: '\(chance.pick(["(?i)\\.exe\\s", "cmd.*/c", "\\d+", "(?i)k", "lsass|whoami", "^-"]))'"
        case 1: return "\(field)|exists: \(chance.pick(["true", "false"]))"
        case 2: return "\(field): null"
        case 3: return "\(field)|gt: 5"
        case 4: return "\(field)|fieldref: \(chance.pick(fields))"
        case 5: return "\(field)|contains|all: [\(value(&chance)), \(value(&chance))]"
        case 6: return "\(field)|contains|cased: \(value(&chance))"
        default:
            let modifier = chance.pick(["", "|contains", "|contains", "|startswith", "|endswith"])
            let values = (0...(chance.next() % 3)).map { _ in value(&chance) }
            return "\(field)\(modifier): [\(values.joined(separator: ", "))]"
        }
    }

    private static func rule(_ number: Int, _ chance: inout Chance) -> String {
        let selections = (0..<4).map { place -> String in
            if chance.comesTrue(oneIn: 12) { return "s\(place): [\(value(&chance)), \(value(&chance))]" }
            var items: [String: String] = [:]
            for _ in 0...(chance.next() % 2) {
                let item = item(&chance)
                items[String(item.prefix { $0 != ":" })] = item
            }
            return "s\(place): {\(items.sorted { $0.key < $1.key }.map(\.value).joined(separator: ", "))}"
        }
        let condition = chance.pick([
            "s0", "s0 and s1", "s0 and not s1", "s0 or s1", "s0 and (s1 or s2) and not s3", "not s0", "all of s*",
            "1 of s*",
            "2 of s*", "s0 and not (s1 or s2)", "s0 and not (s1 and s2)", "not (s0 and not s1)",
            "(s0 and s1) or (s2 and s3)",
        ])
        return """
            title: T\(number)
            id: r\(number)
            logsource: {category: test}
            detection:
              \(selections.joined(separator: "\n  "))
              condition: \(condition)

            """
    }

    private static func event(_ chance: inout Chance, known: inout [String]) -> PlainEvaluation.Event {
        var event: PlainEvaluation.Event = [:]
        for field in fields where !chance.comesTrue(oneIn: 4) {
            // Logs repeat their values; these are what the memory is for.
            let values = (0..<(chance.comesTrue(oneIn: 10) ? 2 : 1)).map { _ in
                let value =
                    known.count > 40 && !chance.comesTrue(oneIn: 3)
                    ? chance.pick(known) : text(&chance, most: 6) + (chance.comesTrue(oneIn: 20) ? kelvin : "")
                known.append(value)
                return value
            }
            event[field] = chance.comesTrue(oneIn: 15) ? [] : values
        }
        return event
    }

    private static func batch(_ events: [PlainEvaluation.Event]) -> RecordBatch {
        var batch = RecordBatch()
        for event in events {
            for (name, values) in event.sorted(by: { $0.key < $1.key }) {
                switch values.count {
                case 0: batch.append(name, kind: .null, "null")
                case 1: batch.append(name, values[0])
                default: batch.append(name, kind: .json, "[" + values.map { "\"\($0)\"" }.joined(separator: ",") + "]")
                }
            }
            batch.endRecord()
        }
        return batch
    }

    @Test(arguments: [1, 2])
    func `searching, remembering and leaving out change no match`(seed: UInt64) throws {
        var chance = Chance(state: seed)
        let text = (0..<80).map { Self.rule($0, &chance) }
        let rules = text.flatMap { SigmaReader().read($0, file: "t.yml").rules }
        #expect(rules.count == text.count)
        let predicates = rules.map { SigmaPredicate($0) }
        var matcher = SigmaMatcher(SigmaRuleSet(rules))
        var known: [String] = []
        var matches = 0
        for _ in 0..<6 {
            let events = (0..<50).map { _ in Self.event(&chance, known: &known) }
            var found = [Set<Int>](repeating: [], count: events.count)
            matcher.match(Self.batch(events)) { record, rule in found[record].insert(rule) }
            for (event, found) in zip(events, found) {
                let plain = PlainEvaluation(event: event)
                let expected = Set(predicates.indices.filter { plain.holds(predicates[$0]) })
                for rule in found.symmetricDifference(expected) {
                    Issue.record("\(text[rule]) \(expected.contains(rule) ? "misses" : "matches") \(event)")
                }
                matches += expected.count
            }
        }
        #expect(matches > 1_000)
    }

    @Test func `values beyond what the memory holds are matched as well`() throws {
        let text = "title: T\nid: t\nlogsource: {}\ndetection:\n  sel: {A|contains: needle}\n  condition: sel\n"
        var matcher = SigmaMatcher(SigmaRuleSet(SigmaReader().read(text, file: "t.yml").rules))
        let filling = String(repeating: "hay ", count: 500)
        for round in 0..<16 {
            var batch = RecordBatch()
            for number in 0..<400 {
                // Each value comes twice, every fifth has the needle.
                let id = round * 200 + number / 2
                batch.append("A", "\(filling)\(id)\(id % 5 == 0 ? "needle" : "")")
                batch.endRecord()
            }
            var found: [Int] = []
            matcher.match(batch) { record, _ in found.append(record) }
            #expect(found == (0..<400).filter { (round * 200 + $0 / 2) % 5 == 0 })
        }
    }
}
