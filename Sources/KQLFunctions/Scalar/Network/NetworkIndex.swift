/// Many IP networks, searched for the longest one that holds an address.
public struct NetworkIndex: Sendable {
    public enum Version: Sendable {
        case ipv4
        /// IPv4 networks count as mapped ones, `::ffff:a.b.c.d`.
        case ipv6
    }

    private struct Key: Hashable {
        let high: UInt64
        let low: UInt64

        func masked(_ length: Int) -> Key {
            Key(
                high: length >= 64 ? high : length == 0 ? 0 : high & (.max << UInt64(64 - length)),
                low: length >= 128 ? low : length <= 64 ? 0 : low & (.max << UInt64(128 - length)))
        }
    }

    private let version: Version
    private var byLength: [Int: [Key: [Int]]] = [:]
    private var lengths: [Int] = []

    /// Makes an index of networks in the notation `address/prefix`; what is none is never found.
    public init(_ networks: some Sequence<String>, version: Version) {
        self.version = version
        for (position, text) in networks.enumerated() {
            guard let (key, length) = NetworkIndex.read(text, version) else { continue }
            byLength[length, default: [:]][key.masked(length), default: []].append(position)
        }
        lengths = byLength.keys.sorted(by: >)
    }

    /// The positions of the longest network that holds an address or a network; several when it was given several times.
    public func positions(of text: String) -> [Int] {
        guard let (key, own) = NetworkIndex.read(text, version) else { return [] }
        for length in lengths where length <= own {
            if let positions = byLength[length]?[key.masked(length)] { return positions }
        }
        return []
    }

    private static func read(_ text: String, _ version: Version) -> (Key, Int)? {
        switch version {
        case .ipv4: return IPv4Network(text).map { (Key(high: 0, low: UInt64($0.address)), $0.prefix + 96) }
        case .ipv6:
            guard let network = IPv6Network(text) else { return nil }
            let halves = [network.groups.prefix(4), network.groups.suffix(4)].map { groups in
                groups.reduce(UInt64(0)) { $0 << 16 | UInt64($1) }
            }
            return (Key(high: halves[0], low: halves[1]), min(128, network.prefix))
        }
    }
}
