public import KQLSyntax

/// What could be written at a place.
public struct CompletionList: Sendable {
    /// What of the text an item replaces: the word around the place, possibly empty.
    public let replaced: Span
    /// Best first.
    public let items: [Completion]
    /// Whether there were more items than were asked for.
    public let isCut: Bool
}

/// One thing that could be written.
public struct Completion: Sendable, Hashable {
    public enum Kind: String, Sendable, CaseIterable {
        case table, savedFunction, column, variable, function, aggregate, plugin, operation, keyword, comparison, type,
            option, value
    }

    public let kind: Kind
    /// What the list shows, and what the written word is compared with.
    public let label: String
    /// What is put in place of the word.
    public let insertion: String
    /// How many UTF-8 bytes of the insertion stand before the caret afterwards.
    public let caret: Int
    /// A type, a signature or a count, in one line.
    public let detail: String?
    /// Sentences for whoever looks closer.
    public let documentation: String?
    /// How well it fits the place, before the written word is looked at; the greater the better.
    public let weight: Int

    init(
        _ kind: Kind, _ label: String, insertion: String? = nil, caret: Int? = nil, detail: String? = nil,
        documentation: String? = nil, weight: Int
    ) {
        self.kind = kind
        self.label = label
        let insertion = insertion ?? label
        self.insertion = insertion
        self.caret = caret ?? insertion.utf8.count
        self.detail = detail
        self.documentation = documentation
        self.weight = weight
    }
}

/// How well a label fits what is written of it.
enum Match: Int, Comparable {
    case scattered, inside, wordStart, prefix, exactPrefix

    static func < (left: Match, right: Match) -> Bool { left.rawValue < right.rawValue }

    /// Nil when the characters of the text do not occur in the label in their order.
    init?(_ text: String, in label: String) {
        if label.hasPrefix(text) {
            self = .exactPrefix
            return
        }
        let wanted = Array(text.lowercased().utf8)
        let spelling = Array(label.utf8)
        let lowered = Array(label.lowercased().utf8)
        guard wanted.count <= lowered.count else { return nil }
        if lowered.starts(with: wanted) {
            self = .prefix
        } else if let place = Match.place(of: wanted, in: lowered) {
            let startsWord = place < spelling.count && !Match.continuesWord(spelling, at: place)
            self = startsWord ? .wordStart : .inside
        } else if wanted.count > 1, Match.isScattered(wanted, in: lowered) {
            self = .scattered
        } else {
            return nil
        }
    }

    private static func place(of wanted: [UInt8], in text: [UInt8]) -> Int? {
        (0...(text.count - wanted.count)).first { text[$0..<($0 + wanted.count)].elementsEqual(wanted) }
    }

    private static func continuesWord(_ text: [UInt8], at place: Int) -> Bool {
        let isCapital = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(text[place])
        return !isCapital && place > 0 && text[place - 1].isWordByte && text[place - 1] != UInt8(ascii: "_")
    }

    private static func isScattered(_ wanted: [UInt8], in text: [UInt8]) -> Bool {
        var rest = wanted[...]
        for byte in text where byte == rest.first { rest = rest.dropFirst() }
        return rest.isEmpty
    }
}

extension [Completion] {
    /// Those that fit what is written, best first, each label once.
    func ranked(for prefix: String) -> [Completion] {
        var seen: Set<String> = []
        return compactMap { item in
            Match(prefix, in: item.label).map { (item: item, match: $0) }
        }
        .sorted { left, right in
            if left.match != right.match { return left.match > right.match }
            if left.item.weight != right.item.weight { return left.item.weight > right.item.weight }
            return left.item.label < right.item.label
        }
        .compactMap { seen.insert($0.item.label).inserted ? $0.item : nil }
    }
}
