import KQL
import KQLSyntax
import Testing

struct PluginPatternTests {
    /// 100 rows: a is x for 60, y for 20, z for 20; b is p for every tenth, else q.
    private let data = """
        range i from 0 to 99 step 1
        | project a = iff(i < 60, 'x', iff(i < 80, 'y', 'z')), b = iff(i % 10 == 0, 'p', 'q')

        """

    @Test func `baskets are the closed combinations above the threshold`() throws {
        let found = try rows(data + "| evaluate basket(0.2)")
        #expect(
            found == [
                "SegmentId:long|Count:long|Percent:real|a:string|b:string", "0|90|90.0||q", "1|60|60.0|x|",
                "2|54|54.0|x|q", "3|20|20.0|y|", "4|20|20.0|z|",
            ])
    }

    @Test func `weights count instead of rows and wildcards are written as asked`() throws {
        let found = try rows(
            "datatable(a: string, n: long) ['x', 9, 'y', 1] | evaluate basket(0.5, n, 5, '*') | project Count, Percent, a"
        )
        #expect(found[1...] == ["9|90.0|x"])
    }

    @Test func `clusters cover rows that better clusters leave`() throws {
        let found = try rows(data + "| evaluate autocluster() | project Count, a, b")
        #expect(found[1...] == ["54|x|q", "18|y|q", "18|z|q", "6|x|p"])
    }

    @Test func `differences compare the shares of two sets`() throws {
        let found = try rows(data + "| evaluate diffpatterns(a, 'x', 'y', '~', 0.015)")
        // Each set has one p in ten rows.
        #expect(found.count == 1)
        let split = try rows(
            "range i from 1 to 10 step 1 | project side = iff(i <= 5, 'A', 'B'), os = iff(i <= 4, 'linux', 'mac')"
                + " | evaluate diffpatterns(side, 'A', 'B') | project CountA, CountB, PercentDiffAB, os")
        #expect(split[1...] == ["4|0|80.0|linux", "1|5|80.0|mac"])
    }

    @Test func `words tell texts apart`() throws {
        let found = try rows(
            """
            datatable(text: string, bad: bool)
                ['disk full on sda', true, 'disk full on sdb', true, 'login ok', false, 'logout ok', false]
            | evaluate diffpatterns_text(text, bad, 2) | project Count_of_True, Count_of_False, Pattern
            """)
        #expect(found[1] == "2|0|disk full on")
    }

    @Test func `rows near a match are kept once`() throws {
        let found = try rows("range x from 1 to 10 step 1 | evaluate rows_near(x in (4, 5), 1, 2)")
        #expect(found[1...] == ["3", "4", "5", "6", "7"])
    }

    @Test func `schemas are merged and columns out of order are marked`() throws {
        let schemas = """
            let one = datatable(Uri: string, Status: int) [] | getschema;
            let two = datatable(Uri: string, Referrer: string, Status: int) [] | getschema;
            union one, two

            """
        let strict = try rows(schemas + "| evaluate schema_merge() | project ColumnName, ColumnOrdinal")
        #expect(strict[1...] == ["Uri|0", "Referrer|1", "Status|-1"])
        let loose = try rows(
            schemas + "| evaluate schema_merge(PreserveOrder = false) | project ColumnName, ColumnOrdinal, ColumnType")
        #expect(loose[1...] == ["Uri|0|string", "Referrer|1|string", "Status|2|int"])
    }

    @Test func `sketches tell what sets have in common`() throws {
        let found = try rows(
            """
            range x from 1 to 100 step 1
            | summarize even = hll(iff(x % 2 == 0, x, 0)), third = hll(iff(x % 3 == 0, x, 0)), fifth = hll(iff(x % 5 == 0, x, 0))
            | evaluate dcount_intersect(even, third, fifth) | project s0, s1, s2
            """)
        // Multiples of 2, of 6 and of 30, and the 0 that stands for all others.
        #expect(found[1...] == ["51|17|4"])
    }
}
