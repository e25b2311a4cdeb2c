internal import Records

/// Chooses by a record's product, channel and event id the programs worth running.
struct EventRouter: Sendable {
    /// What is worth running on a record.
    struct Route: Sendable {
        let candidates: Candidates
        /// Whether the record's product is unknown.
        let isUnknown: Bool
    }

    private struct Key: Hashable {
        let product: String
        let service: String?
        let channel: String
        let eventID: Int
    }

    /// What a record's route follows from, in numbers.
    private struct Kind: Hashable {
        let signature: Int
        let channel: Int
        let eventID: Int
    }

    private let programs: [SigmaRuleSet.Program]
    private let table: AtomTable
    private let channelSlot: Int32
    private let eventIDSlot: Int32
    private let signatures: [RecordSignature]
    /// What wrote the records, where the caller knows.
    private var product: String?
    /// The channels met, as they were written.
    private var channels: [[UInt8]] = []
    private var routes: [Kind: Route] = [:]
    /// Kinds of records share their candidates where the same programs belong to them.
    private let store: CandidateStore
    /// The record before's, for most records come from the same source as the one before.
    private var last: (kind: Kind, route: Route)?

    private static let mostRoutes = 10_000
    private static let mostChannels = 500

    init(_ ruleSet: SigmaRuleSet) {
        programs = ruleSet.programs
        table = ruleSet.table
        store = ruleSet.candidates
        channelSlot = ruleSet.channelSlot
        eventIDSlot = ruleSet.eventIDSlot
        signatures = ruleSet.signatures
    }

    /// Takes the product of the records that follow; nil: to be told from their fields.
    mutating func begin(product: String?) {
        if product == self.product { return }
        self.product = product
        routes = [:]
        last = nil
    }

    /// What is worth running on the record.
    mutating func route(_ slots: EventSlots, _ fields: UnsafeFields) -> Route {
        if routes.count >= Self.mostRoutes || channels.count >= Self.mostChannels { startOver() }
        let kind = Kind(
            signature: product == nil ? signature(slots) : -1,
            channel: channel(slots[channelSlot].map { fields.value($0) }),
            eventID: slots[eventIDSlot].map { Self.number(fields.value($0)) } ?? -1)
        if let last, last.kind == kind { return last.route }
        let route = routes[kind] ?? make(kind)
        last = (kind, route)
        return route
    }

    /// The number of the record's channel; -1: it has none.
    private mutating func channel(_ text: UnsafeBufferPointer<UInt8>?) -> Int {
        guard let text else { return -1 }
        if let last, last.kind.channel >= 0, isSame(channels[last.kind.channel], text) { return last.kind.channel }
        if let known = channels.firstIndex(where: { isSame($0, text) }) { return known }
        channels.append(Array(text))
        return channels.count - 1
    }

    private func isSame(_ channel: [UInt8], _ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard channel.count == text.count, let base = text.baseAddress else { return channel.count == text.count }
        return channel.withUnsafeBytes { ByteSearch.equal(base, $0) }
    }

    private mutating func startOver() {
        channels = []
        routes = [:]
        last = nil
    }

    private mutating func make(_ kind: Kind) -> Route {
        let service = kind.signature < 0 ? nil : signatures[kind.signature].service
        let inferred = kind.signature < 0 ? EventProducts.unknown : signatures[kind.signature].product
        let channel = kind.channel < 0 ? "" : String(decoding: channels[kind.channel], as: UTF8.self).lowercased()
        let key = Key(product: product ?? inferred, service: service, channel: channel, eventID: kind.eventID)
        let members = programs.indices.filter { accepts(programs[$0], key) }.map { Int32($0) }
        let candidates = store.candidates(members, of: programs, table)
        let route = Route(candidates: candidates, isUnknown: kind.signature < 0 && product == nil)
        routes[kind] = route
        return route
    }

    private func signature(_ slots: EventSlots) -> Int {
        signatures.firstIndex { signature in signature.slots.allSatisfy { slots[$0] != nil } } ?? -1
    }

    /// Whether a record of unknown product may be one of the rule's: a rule for one product must find a field of its
    /// own.
    func fits(_ number: Int32, _ slots: EventSlots) -> Bool {
        let program = programs[Int(number)]
        return program.product == nil || program.slots.contains { slots[$0] != nil }
    }

    private func accepts(_ program: SigmaRuleSet.Program, _ key: Key) -> Bool {
        if key.product == EventProducts.unknown {
            if program.product == "windows" { return false }
        } else if program.product != key.product {
            return false
        }
        if let service = key.service, let wanted = program.service, service != wanted { return false }
        return (program.channels.isEmpty || program.channels.contains(key.channel))
            && (program.eventIDs.isEmpty || program.eventIDs.contains(key.eventID))
    }

    private static func number(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        guard (1...9).contains(text.count) else { return -1 }
        var value = 0
        for byte in text {
            guard (48...57).contains(byte) else { return -1 }
            value = value * 10 + Int(byte - 48)
        }
        return value
    }
}
