/// Tells which of many texts stand in a value, ASCII letters folded: the search behind Sigma's rules, for other matchers.
package struct TextSearch: Sendable {
    /// A text, and whether the value must be just this or may hold it anywhere.
    package struct Text: Sendable {
        /// Not empty.
        var bytes: [UInt8]
        var isWhole: Bool

        package init(_ text: String, isWhole: Bool) {
            bytes = text.utf8.map { ByteSearch.folded($0) }
            self.isWhole = isWhole
        }
    }

    /// Memory that is used again for each value.
    package struct Scratch: Sendable {
        fileprivate var value = FoldedText()
        fileprivate var hits: [NeedleHit] = []
        fileprivate var found: [Int32] = []

        package init() {}
    }

    private let search: NeedleSearch

    package init(_ texts: [Text]) {
        var bytes: [UInt8] = []
        let needles = texts.enumerated().map { number, text in
            let start = bytes.count
            bytes += text.bytes
            return NeedleSearch.Needle(
                test: Int32(number), place: text.isWhole ? .whole : .anywhere, bytes: start..<bytes.count)
        }
        search = NeedleSearch(needles, in: bytes)
    }

    /// Calls `onHit` with the number of each text found, as often as it stands there.
    package func find(
        in value: UnsafeBufferPointer<UInt8>, _ scratch: inout Scratch, onHit: (_ text: Int) -> Void
    ) {
        scratch.value.fill(value)
        scratch.found.removeAll(keepingCapacity: true)
        search.find(in: scratch.value, hits: &scratch.hits, into: &scratch.found)
        for number in scratch.found { onHit(Int(number)) }
    }
}
