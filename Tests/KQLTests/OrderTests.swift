import Testing

/// Sorting, choosing and numbering many rows, whose fast forms must agree with each other.
@Suite struct `Many rows` {
    /// Numbers, reals with NaN, texts with equal beginnings, nulls, times.
    private static let source = """
        range i from 1 to 800 step 1
        | extend n = iff(i % 11 == 0, long(null), (i * 7919) % 101 - 50), r = iff(i % 13 == 0, real(nan), (i % 17) / 4.0 - 2),
            t = strcat('prefix-', (i * 31) % 29, iff(i % 3 == 0, '', 'x')), b = i % 5 == 0,
            d = datetime(2026-01-01) + ((i * 13) % 37) * 1h, j = iff(i % 2 == 0, dynamic(null), todynamic(tostring(i % 9)))
        """

    @Test(arguments: ["n", "r", "t", "b", "d", "j", "n asc, t desc, r", "r asc nulls last, t"])
    func `top gives the first rows of the whole order`(keys: String) throws {
        for count in [0, 20, 300] {
            let top = try rows("\(Self.source) | top \(count) by \(keys) | project i")
            let sorted = try rows("\(Self.source) | sort by \(keys) | take \(count) | project i")
            #expect(top == sorted, "\(keys) \(count)")
        }
    }

    @Test func `an order puts nulls and NaN where it is told`() throws {
        let values = "datatable(r: real)[1.5, real(null), real(nan), -2.5]"
        let names = "project s = case(isnull(r), 'null', isnan(r), 'nan', tostring(r))"
        let orders = [
            "asc": ["null", "nan", "-2.5", "1.5"], "desc": ["1.5", "-2.5", "nan", "null"],
            "desc nulls first": ["null", "nan", "1.5", "-2.5"], "asc nulls last": ["-2.5", "1.5", "nan", "null"],
        ]
        for (order, expected) in orders {
            #expect(try rows("\(values) | sort by r \(order) | \(names)").dropFirst() == expected[...], "\(order)")
            #expect(try rows("\(values) | top 2 by r \(order) | \(names)").dropFirst() == expected[..<2], "\(order)")
        }
    }

    @Test func `groups are as many as there are different keys`() throws {
        let groups = ["n", "r", "t", "b", "d", "n, t", "t, n, r, b", "i, t", "i, n, d"]
        for keys in groups {
            let grouped = try rows("\(Self.source) | summarize c = count() by \(keys) | summarize sum(c), count()")
            let joined = keys.split(separator: ", ").map { "tostring(\($0))" }.joined(separator: ", '|', ")
            let counted = try rows("\(Self.source) | summarize count(), count_distinct(strcat(\(joined), ''))")
            #expect(grouped.last == counted.last, "\(keys)")
        }
    }

    @Test func `a join finds the pairs that a filter over all pairs finds`() throws {
        let left = "\(Self.source) | where i <= 60 | project i, n, k = 1"
        let right = "\(Self.source) | where i > 40 and i <= 90 | project i2 = i, n2 = n, k = 1"
        let joined = try rows("\(left) | join kind=inner (\(right)) on $left.n == $right.n2 | count")
        let filtered = try rows(
            "\(left) | join kind=inner (\(right)) on k | where n == n2 or (isnull(n) and isnull(n2)) | count")
        #expect(joined == filtered)
    }
}
