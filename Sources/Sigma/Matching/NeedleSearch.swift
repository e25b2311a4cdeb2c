/// Finds all of many needles in one pass over a value.
///
/// A needle that may stand anywhere is looked for by four of its bytes, those that fewest other needles have; one that is
/// bound to the value's end or beginning by its last or first eight. Whatever these grams bring up is compared whole.
///
/// Where all needles are long, each is entered under several grams, one after the other, and only every so many places of the
/// value are looked at: one of the grams begins there.
final class NeedleSearch: Sendable {
    /// A text: where it must stand, and its bytes.
    struct Needle {
        enum Place: UInt8 {
            case anywhere, beginning, end, whole
        }

        /// The caller's number of it.
        var test: Int32
        var place: Place
        /// Folded, not empty.
        var bytes: Range<Int>
    }

    private typealias Entry = (gram: UInt64, item: GramTable.Item)

    private let needles: [Needle]
    private let bytes: [UInt8]
    /// Tests that are found in each value with characters beyond ASCII.
    private let mindful: [Int32]
    /// Needles anywhere, by grams of 4 bytes; shorter needles by grams of their length.
    private let inner: [GramTable]
    /// Needles that end where the value ends.
    private let last: [GramTable]
    /// Needles that begin where the value begins.
    private let first: [GramTable]

    /// Whether all needles may stand anywhere.
    var isUnbound: Bool { last.isEmpty && first.isEmpty }

    private static let innerLength = 4
    private static let outerLength = 8
    /// So many places are left out at most, and so many grams are entered for that: the bitmap of more would leave the
    /// first-level cache.
    private static let longestStride = 8
    private static let mostStridedGrams = 4096

    init(_ needles: [Needle], in bytes: [UInt8], mindingOtherCharacters mindful: [Int32] = []) {
        self.needles = needles
        self.bytes = bytes
        self.mindful = mindful
        var inner: [Int: [Int]] = [:]
        var last: [Int: [Entry]] = [:]
        var first: [Int: [Entry]] = [:]
        for (number, needle) in needles.enumerated() {
            let text = bytes[needle.bytes]
            let length = Self.gramLength(needle.place, text.count)
            switch needle.place {
            case .anywhere: inner[length, default: []].append(number)
            case .beginning:
                let item = GramTable.Item(needle: Int32(number), offset: 0)
                first[length, default: []].append((GramTable.gram(text.prefix(length)), item))
            case .end, .whole:
                let item = GramTable.Item(needle: Int32(number), offset: Int32(text.count - length))
                last[length, default: []].append((GramTable.gram(text.suffix(length)), item))
            }
        }
        let frequencies = inner.isEmpty ? GramFrequencies() : GramFrequencies(needles.map(\.bytes), in: bytes)
        self.inner = inner.sorted { $0.key < $1.key }.map { length, numbers in
            Self.table(of: numbers.map { (Int32($0), bytes[needles[$0].bytes]) }, length: length, frequencies)
        }
        func tables(_ entries: [Int: [Entry]]) -> [GramTable] {
            entries.sorted { $0.key < $1.key }.map { GramTable(length: $0.key, $0.value) }
        }
        self.last = tables(last)
        self.first = tables(first)
    }

    deinit {
        for table in inner + last + first { table.deallocate() }
    }

    /// Bytes of the grams of a needle: few lengths, for each costs a look at every value.
    private static func gramLength(_ place: Needle.Place, _ count: Int) -> Int {
        if place == .anywhere { return min(count, innerLength) }
        return count >= outerLength ? outerLength : count >= innerLength ? innerLength : min(count, 2)
    }

    /// Enters each text under as many grams, side by side, as the shortest has.
    private static func table(
        of texts: [(number: Int32, bytes: ArraySlice<UInt8>)], length: Int, _ frequencies: GramFrequencies
    ) -> GramTable {
        let shortest = texts.map(\.bytes.count).min() ?? length
        let stride = max(
            1, min(shortest - length + 1, longestStride, mostStridedGrams / max(1, texts.count)))
        var entries: [Entry] = []
        for (number, text) in texts {
            let starts = text.startIndex...(text.endIndex - length)
            let grams = starts.map { GramTable.gram(text[$0..<($0 + length)]) }
            let costs = grams.map { frequencies[$0] }
            var sum = costs[..<stride].reduce(0, +)
            var best = (start: 0, cost: sum)
            for start in stride..<grams.count {
                sum += costs[start] - costs[start - stride]
                // Where several are as rare, the last is taken: paths and commands begin alike.
                if sum <= best.cost { best = (start - stride + 1, sum) }
            }
            for place in best.start..<(best.start + stride) {
                entries.append((grams[place], GramTable.Item(needle: number, offset: Int32(place))))
            }
        }
        return GramTable(length: length, stride: stride, entries)
    }

    /// Adds the tests of the needles that the text has, as often as each stands there.
    func find(in text: FoldedText, hits: inout [NeedleHit], into found: inout [Int32]) {
        hits.removeAll(keepingCapacity: true)
        scan(text, into: &hits)
        if !hits.isEmpty { confirm(hits, text, into: &found) }
        if !text.isASCII { found += mindful }
    }

    /// Adds the needles whose grams are in the text, with the places where they would begin.
    private func scan(_ text: FoldedText, into hits: inout [NeedleHit]) {
        let count = text.count
        guard count > 0 else { return }
        text.withBytes { bytes in
            for table in inner { table.scan(bytes, count: count, into: &hits) }
            let end = (bytes - FoldedText.padding).loadUnaligned(fromByteOffset: count, as: UInt64.self)
            for table in last where count >= table.length {
                table.find(ending: end, at: count - table.length, into: &hits)
            }
            let beginning = bytes.loadUnaligned(as: UInt64.self)
            for table in first where count >= table.length { table.find(beginning: beginning, into: &hits) }
        }
    }

    private func confirm(_ hits: [NeedleHit], _ text: FoldedText, into found: inout [Int32]) {
        text.withBytes { value in
            needles.withUnsafeBufferPointer { needles in
                bytes.withUnsafeBytes { bytes in
                    for hit in hits {
                        let needle = needles[Int(hit.needle)]
                        let length = needle.bytes.count
                        guard hit.start >= 0, hit.start + length <= text.count,
                            needle.place != .whole || length == text.count,
                            ByteSearch.equal(value + hit.start, UnsafeRawBufferPointer(rebasing: bytes[needle.bytes]))
                        else { continue }
                        found.append(needle.test)
                    }
                }
            }
        }
    }
}

/// How common each four bytes are among needles, and whether logs are full of them.
private struct GramFrequencies {
    private static let length = 4

    private var counts: [UInt64: Int] = [:]

    init() {}

    init(_ needles: [Range<Int>], in bytes: [UInt8]) {
        counts = Self.common
        for needle in needles where needle.count > Self.length {
            for start in needle.lowerBound...(needle.upperBound - Self.length) {
                counts[GramTable.gram(bytes[start..<(start + Self.length)]), default: 0] += 1
            }
        }
    }

    subscript(gram: UInt64) -> Int { counts[gram, default: 0] }

    /// What nearly every log of Windows is full of: needles are not to be looked for by these texts' grams.
    private static let commonTexts = [
        #""c:\windows\system32\windowspowershell\v1.0\powershell.exe" "#, #"c:\program files (x86)\common files\"#,
        #"c:\users\public\appdata\local\temp\microsoft\"#, #"c:\programdata\microsoft\windows defender\"#,
        #"hklm\software\microsoft\windows\currentversion\"#, #"hklm\system\currentcontrolset\services\"#,
        "https://www.", "-command -noprofile", ".com", ".dll", ".net", "nt authority\\system",
        "svchost.exe -k netsvcs -p -s ", "cmd.exe /c ", "2026-01-01 00:00:00.000",
    ]

    private static let common: [UInt64: Int] = {
        var counts: [UInt64: Int] = [:]
        for text in commonTexts {
            let text = Array(text.utf8)
            for start in 0...(text.count - length) {
                counts[GramTable.gram(text[start..<(start + length)]), default: 0] += 10_000
            }
        }
        return counts
    }()
}
