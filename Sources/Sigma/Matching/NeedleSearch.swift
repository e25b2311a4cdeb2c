/// Finds all of many needles in one pass over a value.
///
/// A needle that may stand anywhere is looked for by the four of its bytes that fewest other needles have; one that is bound
/// to the value's end or beginning by its last or first eight. Whatever these grams bring up is compared whole.
final class NeedleSearch: Sendable {
    /// A test's text: where it must stand, and its bytes.
    struct Needle {
        var atom: Int32
        var kind: Atom.Kind
        /// Folded, not empty.
        var bytes: Range<Int>
    }

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

    init(_ needles: [Needle], in bytes: [UInt8]) {
        typealias Entry = (gram: UInt64, item: GramTable.Item)
        var inner: [Int: [Entry]] = [:]
        var last: [Int: [Entry]] = [:]
        var first: [Int: [Entry]] = [:]
        let frequencies = Self.frequencies(needles, bytes)
        for needle in needles {
            let text = bytes[needle.bytes]
            switch needle.kind {
            case .prefix:
                let length = min(text.count, Self.outerLength)
                first[length, default: []].append((Self.gram(text.prefix(length)), .init(atom: needle.atom, offset: 0)))
            case .equal, .suffix:
                let length = min(text.count, Self.outerLength)
                let item = GramTable.Item(atom: needle.atom, offset: Int32(text.count - length))
                last[length, default: []].append((Self.gram(text.suffix(length)), item))
            default:
                let length = min(text.count, Self.innerLength)
                let starts = text.startIndex...(text.endIndex - length)
                let grams = starts.map { (offset: $0 - text.startIndex, gram: Self.gram(text[$0..<($0 + length)])) }
                // Where several are as rare, the last is taken: paths and commands begin alike.
                var rarest = grams[0]
                for gram in grams where frequencies[gram.gram, default: 0] <= frequencies[rarest.gram, default: 0] {
                    rarest = gram
                }
                inner[length, default: []].append(
                    (rarest.gram, .init(atom: needle.atom, offset: Int32(rarest.offset))))
            }
        }
        func tables(_ entries: [Int: [Entry]]) -> [GramTable] {
            entries.sorted { $0.key < $1.key }.map { GramTable(length: $0.key, $0.value) }
        }
        self.inner = tables(inner)
        self.last = tables(last)
        self.first = tables(first)
    }

    /// What nearly every log of Windows is full of: needles are not to be looked for by these texts' grams.
    private static let commonTexts = [
        #""c:\windows\system32\windowspowershell\v1.0\powershell.exe" "#, #"c:\program files (x86)\common files\"#,
        #"c:\users\public\appdata\local\temp\microsoft\"#, #"c:\programdata\microsoft\windows defender\"#,
        #"hklm\software\microsoft\windows\currentversion\"#, #"hklm\system\currentcontrolset\services\"#,
        "https://www.",
        "-command -noprofile", ".com", ".dll", ".net", "nt authority\\system", "svchost.exe -k netsvcs -p -s ",
        "cmd.exe /c ",
        "2026-01-01 00:00:00.000",
    ]

    /// How common each gram is: in how many places of the needles it stands, and whether logs are full of it.
    private static func frequencies(_ needles: [Needle], _ bytes: [UInt8]) -> [UInt64: Int] {
        var frequencies: [UInt64: Int] = [:]
        for text in commonTexts {
            let text = Array(text.utf8)
            for start in 0...(text.count - innerLength) {
                frequencies[gram(text[start..<(start + innerLength)]), default: 0] += 10_000
            }
        }
        for needle in needles where needle.bytes.count > innerLength {
            for start in needle.bytes.lowerBound...(needle.bytes.upperBound - innerLength) {
                frequencies[gram(bytes[start..<(start + innerLength)]), default: 0] += 1
            }
        }
        return frequencies
    }

    private static func gram(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// Adds the tests whose grams are in the text, with the places where their needles would begin.
    func scan(_ text: FoldedText, into hits: inout [NeedleHit]) {
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
}

/// A value with its ASCII letters in lower case, with room to read a word beyond both ends. Kept to be filled again.
struct FoldedText: Sendable {
    /// Bytes that may be read before and after the text.
    static let padding = 8

    private(set) var count = 0
    private var bytes: [UInt8] = []

    mutating func fill(_ text: UnsafeBufferPointer<UInt8>) {
        count = text.count
        let needed = count + 2 * Self.padding
        if bytes.count < needed { bytes = [UInt8](repeating: 0, count: max(needed, bytes.count * 2, 1024)) }
        bytes.withUnsafeMutableBufferPointer { bytes in
            let target = UnsafeMutableBufferPointer(rebasing: bytes[Self.padding..<(Self.padding + text.count)])
            for index in 0..<text.count { target[index] = ByteSearch.folded(text[index]) }
        }
    }

    /// Gives the text's first byte.
    @inline(__always)
    func withBytes<Result>(_ body: (UnsafeRawPointer) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            // The array holds at least the padding, so it has a base address; its own start is as good otherwise.
            guard let base = bytes.baseAddress else { preconditionFailure("the padding is always there") }
            return body(base + Self.padding)
        }
    }
}
