/// Looks up what the values of events name. Keeps its buffers, so that a value without match allocates nothing.
public struct ObservableScanner: Sendable {
    private var scratch: [UInt8] = []
    private var lowered: [UInt8] = []
    private var url = URLForm()
    private static let longestText = 65_536
    private static let deepestPath = 24

    public init() {}

    /// Gives the numbers of the observables that a value of a column names; the same one may come more than once.
    public mutating func scan(
        _ value: UnsafeBufferPointer<UInt8>, as role: ColumnRole, in index: ObservableIndex,
        _ found: (ObservableIndex.Number) -> Void
    ) {
        guard value.count > 3, index.roles.contains(role) else { return }
        let value = value.count > Self.longestText ? UnsafeBufferPointer(rebasing: value[..<Self.longestText]) : value
        switch role {
        case .address:
            eachPart(value, separatedBy: Self.endsListItem) { scanner, part in scanner.address(part, index, found) }
        case .domain:
            eachPart(value, separatedBy: Self.endsListItem) { scanner, part in
                if let address = NetworkAddress(utf8: part) {
                    index.lookUp(address, found)
                } else {
                    scanner.domain(part, index, found)
                }
            }
        case .url: eachPart(value, separatedBy: Self.isBlank) { scanner, part in scanner.url(part, index, found) }
        case .hash:
            eachPart(value, separatedBy: { ASCII.hexDigit($0) == nil }) { scanner, part in
                scanner.hash(part, index, found)
            }
        case .email: eachPart(value, separatedBy: Self.endsWord) { scanner, part in scanner.email(part, index, found) }
        case .account: account(value, index, found)
        case .text: eachPart(value, separatedBy: Self.endsWord) { scanner, part in scanner.word(part, index, found) }
        }
    }

    private mutating func eachPart(
        _ value: UnsafeBufferPointer<UInt8>, separatedBy isSeparator: (UInt8) -> Bool,
        _ body: (inout ObservableScanner, UnsafeBufferPointer<UInt8>) -> Void
    ) {
        var start = 0
        for position in 0...value.count where position == value.count || isSeparator(value[position]) {
            if position - start > 3 { body(&self, UnsafeBufferPointer(rebasing: value[start..<position])) }
            start = position + 1
        }
    }

    // MARK: kinds

    /// An address, perhaps with a port behind it or in brackets.
    private func address(
        _ text: UnsafeBufferPointer<UInt8>, _ index: ObservableIndex, _ found: (ObservableIndex.Number) -> Void
    ) {
        if let address = NetworkAddress(utf8: text) {
            index.lookUp(address, found)
        } else if let end = text.lastIndex(of: 0x5D), let start = text.firstIndex(of: 0x5B), start < end {
            if let address = NetworkAddress(utf8: UnsafeBufferPointer(rebasing: text[(start + 1)..<end])) {
                index.lookUp(address, found)
            }
        } else if let colon = text.lastIndex(of: 0x3A),
            let address = NetworkAddress(utf8: UnsafeBufferPointer(rebasing: text[..<colon]))
        {
            index.lookUp(address, found)
        }
    }

    private mutating func lower(_ text: UnsafeBufferPointer<UInt8>) {
        lowered.removeAll(keepingCapacity: true)
        for byte in text { lowered.append(ASCII.lowercased(byte)) }
    }

    /// A domain and all domains above it that have at least two labels.
    private mutating func domain(
        _ text: UnsafeBufferPointer<UInt8>, _ index: ObservableIndex, _ found: (ObservableIndex.Number) -> Void
    ) {
        guard text.count <= 254 else { return }
        lower(text)
        while lowered.last == 0x2E { lowered.removeLast() }
        guard let lastDot = lowered.lastIndex(of: 0x2E) else { return }
        var start = 0
        while start < lastDot {
            lookUp(.domain, from: start, index, found)
            guard let dot = lowered[start...].firstIndex(of: 0x2E) else { return }
            start = dot + 1
        }
    }

    private mutating func lookUp(
        _ tag: ObservableIndex.Tag, from start: Int = 0, to end: Int? = nil, _ index: ObservableIndex,
        _ found: (ObservableIndex.Number) -> Void
    ) {
        lowered.withUnsafeBufferPointer { text in
            index.lookUp(tag, UnsafeBufferPointer(rebasing: text[start..<(end ?? text.count)]), &scratch, found)
        }
    }

    /// A URL as it is, without its query, each folder above it, and its host.
    private mutating func url(
        _ text: UnsafeBufferPointer<UInt8>, _ index: ObservableIndex, _ found: (ObservableIndex.Number) -> Void
    ) {
        guard url.read(text) else { return }
        let form = url
        form.text.withUnsafeBufferPointer { whole in
            func part(_ end: Int) -> UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(rebasing: whole[..<end]) }
            if form.queryStart < whole.count { index.lookUp(.url, part(whole.count), &scratch, found) }
            index.lookUp(.url, part(form.queryStart), &scratch, found)
            var depth = 0
            for position in (form.pathStart + 1)..<max(form.pathStart + 1, form.queryStart - 1)
            where whole[position] == 0x2F && depth < Self.deepestPath {
                depth += 1
                index.lookUp(.url, part(position + 1), &scratch, found)
            }
            let host = part(form.hostEnd)
            if host.first == 0x5B || host.last.map({ (0x30...0x39).contains($0) }) == true {
                address(host, index, found)
            } else {
                domain(host, index, found)
            }
        }
    }

    private mutating func hash(
        _ text: UnsafeBufferPointer<UInt8>, _ index: ObservableIndex, _ found: (ObservableIndex.Number) -> Void
    ) {
        guard text.count == 32 || text.count == 40 || text.count == 64 else { return }
        lower(text)
        lookUp(.hash, index, found)
    }

    /// A mail address and its domain.
    private mutating func email(
        _ text: UnsafeBufferPointer<UInt8>, _ index: ObservableIndex, _ found: (ObservableIndex.Number) -> Void
    ) {
        guard let at = text.lastIndex(of: 0x40), at > 0, text.count <= 512 else { return }
        lower(text)
        lookUp(.email, index, found)
        domain(UnsafeBufferPointer(rebasing: text[(at + 1)...]), index, found)
    }

    /// An account as it is, and its bare name without domain.
    private mutating func account(
        _ text: UnsafeBufferPointer<UInt8>, _ index: ObservableIndex, _ found: (ObservableIndex.Number) -> Void
    ) {
        guard text.count <= 512 else { return }
        lower(text)
        lookUp(.account, index, found)
        if let slash = lowered.lastIndex(of: 0x5C) { lookUp(.account, from: slash + 1, index, found) }
        guard let at = lowered.lastIndex(of: 0x40) else { return }
        lookUp(.account, to: at, index, found)
        lookUp(.email, index, found)
    }

    /// A word of a text, taken for what it looks like.
    private mutating func word(
        _ text: UnsafeBufferPointer<UInt8>, _ index: ObservableIndex, _ found: (ObservableIndex.Number) -> Void
    ) {
        let word = Self.withoutPunctuation(text)
        guard word.count > 3 else { return }
        if word.contains(0x2F) {
            if let scheme = Self.schemeStart(word) {
                url(UnsafeBufferPointer(rebasing: word[scheme...]), index, found)
            } else if word.contains(0x2E) {
                url(Self.behindEquals(word), index, found)
            }
        } else if word.contains(0x3D) {
            let value = Self.behindEquals(word)
            if value.count > 3 { self.word(value, index, found) }
        } else if word.contains(0x40) {
            email(word, index, found)
        } else if let last = word.lastIndex(where: { $0 == 0x2E || $0 == 0x3A }), last > 0 {
            let before = index.roles.contains(.address) ? word.first : nil
            if let before, ASCII.hexDigit(before) != nil || before == 0x3A || before == 0x5B {
                address(word, index, found)
            }
            domain(word, index, found)
        } else {
            hash(word, index, found)
        }
    }

    /// Where `scheme://` begins within a word such as `url=http://…`.
    private static func schemeStart(_ word: UnsafeBufferPointer<UInt8>) -> Int? {
        for position in word.indices where word[position] == 0x3A && position + 2 < word.count {
            guard word[position + 1] == 0x2F, word[position + 2] == 0x2F else { continue }
            var start = position
            while start > 0, (0x61...0x7A).contains(ASCII.lowercased(word[start - 1])) { start -= 1 }
            return start
        }
        return nil
    }

    /// The value of `name=value`.
    private static func behindEquals(_ word: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        guard let equals = word.lastIndex(of: 0x3D) else { return word }
        return UnsafeBufferPointer(rebasing: word[(equals + 1)...])
    }

    private static func withoutPunctuation(_ text: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
        var end = text.count
        while end > 0, text[end - 1] == 0x2E || text[end - 1] == 0x3A { end -= 1 }
        return UnsafeBufferPointer(rebasing: text[..<end])
    }

    // MARK: separators

    private static func isBlank(_ byte: UInt8) -> Bool { byte <= 0x20 || byte == 0x22 }

    /// Lists are written with blanks, commas, semicolons, bars, quotation marks or as JSON.
    private static func endsListItem(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == 0x2C || byte == 0x3B || byte == 0x7C || byte == 0x22 || byte == 0x27
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case 0...0x20, 0x22, 0x27, 0x28, 0x29, 0x2C, 0x3B, 0x3C, 0x3E, 0x5C, 0x60, 0x7B, 0x7C, 0x7D, 0x7F: true
        default: false
        }
    }
}
