/// The normal form of a URL for comparing: without scheme, user and fragment, the host in lower case, without the port
/// that the scheme implies, with a path. Keeps its buffer, so that many can be read without allocating.
struct URLForm {
    /// `host[:port]/path?query` in UTF-8.
    private(set) var text: [UInt8] = []
    /// Where the host ends in `text`, before a port.
    private(set) var hostEnd = 0
    /// Where the path begins, which is `/`.
    private(set) var pathStart = 0
    /// Where the query begins with `?`, or the end.
    private(set) var queryStart = 0

    /// Reads a URL with or without scheme; false when it has no host.
    mutating func read(_ url: UnsafeBufferPointer<UInt8>) -> Bool {
        text.removeAll(keepingCapacity: true)
        let (start, impliedPort) = authority(of: url)
        var end = start
        while end < url.count, !Self.endsAuthority(url[end]) { end += 1 }
        var hostStart = start
        if let at = url[start..<end].lastIndex(of: 0x40) { hostStart = at + 1 }
        guard appendHost(url[hostStart..<end], impliedPort: impliedPort) else { return false }
        pathStart = text.count
        if end == url.count || url[end] != 0x2F { text.append(0x2F) }
        queryStart = -1
        for byte in url[end...] {
            if byte == 0x23 { break }
            if byte == 0x3F, queryStart < 0 { queryStart = text.count }
            text.append(byte)
        }
        if queryStart < 0 { queryStart = text.count }
        return true
    }

    /// Where the authority begins, and the port that the scheme implies.
    private func authority(of url: UnsafeBufferPointer<UInt8>) -> (start: Int, port: [UInt8]) {
        var position = 0
        while position < min(url.count, 16), Self.isScheme(url[position]) { position += 1 }
        guard position + 2 < url.count, url[position] == 0x3A, url[position + 1] == 0x2F, url[position + 2] == 0x2F
        else { return (0, []) }
        let port: [UInt8] =
            switch ASCII.lowercased(url[0]) {
            case 0x68: position == 5 ? Array("443".utf8) : Array("80".utf8)
            case 0x66: Array("21".utf8)
            default: []
            }
        return (position + 3, port)
    }

    private mutating func appendHost(_ authority: Slice<UnsafeBufferPointer<UInt8>>, impliedPort: [UInt8]) -> Bool {
        var host = authority
        var port = authority[authority.endIndex...]
        let bracket = authority.lastIndex(of: 0x5D)
        if let colon = authority.lastIndex(of: 0x3A), colon > bracket ?? -1 {
            host = authority[..<colon]
            port = authority[(colon + 1)...]
        }
        while host.last == 0x2E { host.removeLast() }
        guard !host.isEmpty, host.allSatisfy({ $0 > 0x20 && $0 != 0x22 && $0 != 0x3C }) else { return false }
        for byte in host { text.append(ASCII.lowercased(byte)) }
        hostEnd = text.count
        guard port.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        if !port.isEmpty, !port.elementsEqual(impliedPort) {
            text.append(0x3A)
            text.append(contentsOf: port)
        }
        return true
    }

    private static func endsAuthority(_ byte: UInt8) -> Bool { byte == 0x2F || byte == 0x3F || byte == 0x23 }

    private static func isScheme(_ byte: UInt8) -> Bool {
        let lower = ASCII.lowercased(byte)
        return (0x61...0x7A).contains(lower) || (0x30...0x39).contains(byte) || byte == 0x2B || byte == 0x2D
    }
}
