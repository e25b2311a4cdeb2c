/// Finds which of very many observables a value names: one hash table over the normal forms of all kinds, with a bit
/// filter in front, so that a value that is none costs one or two probes of a small bitmap.
///
/// Networks are entries under their masked address; a lookup tries those prefix lengths that occur. Domains are tried at
/// each label boundary, URLs at each folder of the path.
public struct ObservableIndex: Sendable {
    /// Number given to an observable when it was inserted.
    public typealias Number = UInt32

    private var bytes: [UInt8] = []
    private var offsets: [UInt32] = [0]
    private var numbers: [Number] = []
    /// The next entry with the same key, or `none`.
    private var following: [UInt32] = []
    /// Entries by hash; `none` where empty. A power of two.
    private var slots: [UInt32] = []
    private var filter: [UInt64] = []
    private var prefixes4: [Int] = []
    private var prefixes6: [Int] = []
    /// The roles in which something can be found.
    public private(set) var roles: Set<ColumnRole> = []

    private static let none = UInt32.max
    private static let longestKey = 8_192

    /// - Parameter capacity: About how many observables will come.
    public init(capacity: Int = 64) {
        resize(slotsFor: capacity)
    }

    /// Observables held.
    public var count: Int { numbers.count }

    /// Bytes of memory taken, about.
    public var byteCount: Int {
        bytes.capacity + 4 * (offsets.capacity + numbers.capacity + following.capacity + slots.count) + 8 * filter.count
    }

    /// Adds an observable; several may have the same value.
    public mutating func insert(_ observable: Observable, number: Number) {
        if (numbers.count + 1) * 2 > slots.count { resize(slotsFor: numbers.count * 2 + 2) }
        let key = Self.key(observable)
        let entry = UInt32(numbers.count)
        bytes.append(contentsOf: key)
        offsets.append(UInt32(bytes.count))
        numbers.append(number)
        following.append(Self.none)
        note(observable)
        let hash = key.withUnsafeBufferPointer { Self.hash($0) }
        if let first = find(hash, key) {
            following[Int(entry)] = following[Int(first)]
            following[Int(first)] = entry
        } else {
            place(entry, hash)
        }
    }

    private mutating func note(_ observable: Observable) {
        switch observable.kind {
        case .ipv4, .ipv6:
            roles.formUnion([.address, .url, .domain])
            guard let network = observable.network else { return }
            if network.address.isIPv4 {
                if !prefixes4.contains(network.prefix) { prefixes4 = (prefixes4 + [network.prefix]).sorted(by: >) }
            } else if !prefixes6.contains(network.prefix) {
                prefixes6 = (prefixes6 + [network.prefix]).sorted(by: >)
            }
        case .domain: roles.formUnion([.domain, .url, .email])
        case .url: roles.insert(.url)
        case .md5, .sha1, .sha256: roles.insert(.hash)
        case .email: roles.formUnion([.email, .account])
        case .account: roles.insert(.account)
        }
        roles.insert(.text)
    }

    // MARK: keys

    /// The first byte of a key tells its kind.
    enum Tag: UInt8 {
        case ipv4 = 4
        case ipv6 = 6
        case domain, url, hash, email, account
    }

    private static func key(_ observable: Observable) -> [UInt8] {
        switch observable.kind {
        case .ipv4, .ipv6:
            guard let network = observable.network else { return [] }
            return key(network.address, prefix: network.prefix)
        case .domain: return [Tag.domain.rawValue] + observable.value.utf8
        case .url: return [Tag.url.rawValue] + observable.value.utf8
        case .md5, .sha1, .sha256: return [Tag.hash.rawValue] + observable.value.utf8
        case .email: return [Tag.email.rawValue] + observable.value.utf8
        case .account: return [Tag.account.rawValue] + observable.value.utf8
        }
    }

    private static func key(_ address: NetworkAddress, prefix: Int) -> [UInt8] {
        let masked = address.masked(prefix)
        var key = [address.isIPv4 ? Tag.ipv4.rawValue : Tag.ipv6.rawValue, UInt8(prefix)]
        for shift in stride(from: 56, through: address.isIPv4 ? 32 : 0, by: -8) {
            key.append(UInt8(truncatingIfNeeded: masked.high >> UInt64(shift)))
        }
        if !address.isIPv4 {
            for shift in stride(from: 56, through: 0, by: -8) {
                key.append(UInt8(truncatingIfNeeded: masked.low >> UInt64(shift)))
            }
        }
        return key
    }

    /// The observable that was inserted as the `entry`th, counted from 0.
    public func observable(at entry: Int) -> Observable? {
        guard numbers.indices.contains(entry) else { return nil }
        let key = bytes[Int(offsets[entry])..<Int(offsets[entry + 1])]
        guard let tag = key.first.flatMap(Tag.init(rawValue:)) else { return nil }
        let text = String(decoding: key.dropFirst(), as: UTF8.self)
        switch tag {
        case .ipv4, .ipv6:
            let address = NetworkAddress(networkOrder: key.dropFirst(2))
            let prefix = Int(key[key.startIndex + 1])
            return Observable(
                tag == .ipv4 ? .ipv4 : .ipv6,
                normal: prefix == address.width ? address.description : "\(address)/\(prefix)")
        case .domain: return Observable(.domain, normal: text)
        case .url: return Observable(.url, normal: text)
        case .hash: return Observable.hashKind(text).map { Observable($0, normal: text) }
        case .email: return Observable(.email, normal: text)
        case .account: return Observable(.account, normal: text)
        }
    }

    // MARK: lookups

    /// Gives the numbers of all observables with this normal form.
    func lookUp(_ tag: Tag, _ value: UnsafeBufferPointer<UInt8>, _ scratch: inout [UInt8], _ found: (Number) -> Void) {
        guard !value.isEmpty, value.count <= Self.longestKey else { return }
        scratch.removeAll(keepingCapacity: true)
        scratch.append(tag.rawValue)
        scratch.append(contentsOf: value)
        report(scratch, found)
    }

    /// Gives the numbers of the address and of all networks that it lies in.
    func lookUp(_ address: NetworkAddress, _ found: (Number) -> Void) {
        for prefix in address.isIPv4 ? prefixes4 : prefixes6 { report(Self.key(address, prefix: prefix), found) }
    }

    private func report(_ key: [UInt8], _ found: (Number) -> Void) {
        let hash = key.withUnsafeBufferPointer { Self.hash($0) }
        guard mayHold(hash), var entry = find(hash, key) else { return }
        while entry != Self.none {
            found(numbers[Int(entry)])
            entry = following[Int(entry)]
        }
    }

    private func mayHold(_ hash: UInt64) -> Bool {
        let bit = Int(truncatingIfNeeded: hash >> 32) & (filter.count * 64 - 1)
        return filter[bit >> 6] & (1 << UInt64(bit & 63)) != 0
    }

    private func find(_ hash: UInt64, _ key: [UInt8]) -> UInt32? {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != Self.none {
            let entry = Int(slots[slot])
            if bytes[Int(offsets[entry])..<Int(offsets[entry + 1])].elementsEqual(key) { return slots[slot] }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    private mutating func place(_ entry: UInt32, _ hash: UInt64) {
        var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
        while slots[slot] != Self.none { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = entry
        let bit = Int(truncatingIfNeeded: hash >> 32) & (filter.count * 64 - 1)
        filter[bit >> 6] |= 1 << UInt64(bit & 63)
    }

    private mutating func resize(slotsFor entries: Int) {
        var size = 64
        while size < entries * 2 { size *= 2 }
        slots = Array(repeating: Self.none, count: size)
        filter = Array(repeating: 0, count: size / 8)
        var isChained = Array(repeating: false, count: numbers.count)
        for next in following where next != Self.none { isChained[Int(next)] = true }
        for entry in numbers.indices where !isChained[entry] {
            let range = Int(offsets[entry])..<Int(offsets[entry + 1])
            let hash = bytes.withUnsafeBufferPointer { Self.hash(UnsafeBufferPointer(rebasing: $0[range])) }
            place(UInt32(entry), hash)
        }
    }

    /// Swift's seeded hash, so that no feed can be made to collide.
    private static func hash(_ key: UnsafeBufferPointer<UInt8>) -> UInt64 {
        var hasher = Hasher()
        hasher.combine(bytes: UnsafeRawBufferPointer(key))
        return UInt64(bitPattern: Int64(hasher.finalize()))
    }
}
