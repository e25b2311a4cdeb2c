internal import CRE2

extension RE2Pattern {
    /// Texts in lower case of which each subject that matches holds at least one, in lower case too; nil where there are none
    /// such. The set cannot be made smaller, and long texts are preferred.
    ///
    /// - Parameter shortest: texts of fewer bytes do not count.
    public func necessaryTexts(shortest: Int) -> [String]? {
        let filter = tocsin_re2_filter_new(handle, Int32(shortest))
        defer { tocsin_re2_filter_delete(filter) }
        let count = Int(tocsin_re2_filter_count(filter))
        guard count > 0, count <= Self.mostTexts else { return nil }
        let texts = (0..<count).map { index in
            var length = 0
            let text = tocsin_re2_filter_text(filter, Int32(index), &length)
            return String(decoding: UnsafeRawBufferPointer(start: text, count: length), as: UTF8.self)
        }
        /// Whether the pattern can match without the texts.
        func passes(without needed: Set<Int>) -> Bool {
            let others = (0..<count).filter { !needed.contains($0) }.map { Int32($0) }
            return tocsin_re2_filter_passes(filter, others, Int32(others.count))
        }
        var needed = Set(0..<count)
        guard !passes(without: needed) else { return nil }
        for index in (0..<count).sorted(by: { texts[$0].utf8.count < texts[$1].utf8.count }) {
            needed.remove(index)
            if passes(without: needed) { needed.insert(index) }
        }
        return needed.sorted().map { texts[$0] }
    }

    /// A pattern of more texts is looked at itself.
    private static let mostTexts = 64
}
