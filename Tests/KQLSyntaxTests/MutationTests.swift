import KQLSyntax
import Testing

/// Broken variants of queries must neither crash nor hang, and every place named must lie in the text.
struct MutationTests {
    /// A small generator with a fixed seed (splitmix64), so that a failure can be repeated.
    private struct Generator: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static let seeds = [
        "let f=(x:long=1,T:(*)){T|where a==x}; f(2,U)|join kind=inner hint.strategy=shuffle (V|take 1) on $left.a==$right.b",
        "T|summarize a=count(),b=dcount(x) by bin(t,1h)|extend (p,q)=g(a,n=1)|mv-expand c to typeof(string) limit 3",
        "T|parse kind=regex s with * \"a\" b:long *|parse-kv s as (k:string) with (quote='\"')|mv-apply x=y on (top 1 by x)",
        "print dynamic({\"a\":[1,-2.5,datetime(2020-01-01),null,true]}), time(1.02:03:04), 0x1F, @'a''b', ```m```, x[0].y['z']",
        "T|make-series n=count() default=0 on t from ago(1d) to now() step 1h by k|render timechart with (title=\"x\",ycolumns=a,b)",
        "T|scan declare (s:long=0) with (step a: x==1; step b: y>2 => s=a.s+1;)|partition by a (top 1 by b)|fork (count) (take 1)",
        "E|make-graph a-->b with N on id|graph-match (x)-[e*1..3]->(y) where e.k==1 project x.n|graph-to-table nodes",
        "union isfuzzy=true T*,(U|take 1),database('d').V|where a !in~ ('x','y') and b !between (1 .. 2) or not(c has_any (W))",
        "find in (T,U*) where a:'x' project a:string,pack(*); search kind=case_sensitive 'x' and b:'y'; range i from 1 to 9 step 2",
        "datatable(a:long,['b c']:string)[1,'x',2,'y']|top-nested 2 of a by count() desc|project-reorder b*,a granny-asc",
    ]

    private static let pieces: [[UInt8]] = [
        "(", ")", "[", "]", "{", "}", "|", ";", ",", "..", "=", "==", "\"", "'", "@\"", "```", "//", "\\", "-", "*",
        ":",
        " let ", " by ", " on ", "dynamic(", "datetime(", "toscalar(", " and ", "\u{201C}", "é", "\n", "0x", "1e", "$",
        ".", "!", "~", "in~", "union ", "print ", " where ", "\0", "typeof(", "['", "=>", "view(",
    ].map { Array($0.utf8) }

    private func mutate(_ text: String, using generator: inout Generator) -> String {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let place = Int.random(in: 0...bytes.count, using: &generator)
            let end = min(bytes.count, place + Int.random(in: 0...6, using: &generator))
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.removeSubrange(place..<end)
            case 1: bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: place)
            case 2: bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &generator))
            default: bytes.removeSubrange(end..<bytes.count)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `mutated queries never crash the parser and sound ones survive formatting`() {
        var generator = Generator(state: 20_261_121)
        let clock = ContinuousClock()
        let end = clock.now.advanced(by: .seconds(2))
        var count = 0
        while count < 6000, clock.now < end {
            let text = mutate(Self.seeds[count % Self.seeds.count], using: &generator)
            let tree = Parser.analyze(Source(text))
            count += 1
            let limit = tree.source.bytes.count
            #expect(tree.diagnostics.allSatisfy { $0.span.lower >= 0 && $0.span.upper <= limit + 1 }, "\(text)")
            guard let formatted = Printer.format(tree) else { continue }
            let again = Parser.analyze(Source(formatted))
            #expect(again.isValid, "\(text)")
            #expect(Printer.format(again) == formatted, "\(text)")
        }
        #expect(count > 50)
    }
}
