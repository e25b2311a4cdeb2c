internal import Records

/// Chooses by a record's product, channel and event id the programs worth running.
struct EventRouter: Sendable {
    private struct Key: Hashable {
        let product: String
        let service: String?
        let channel: String
        let eventID: Int
    }

    let programs: [SigmaRuleSet.Program]
    private let index: NeedleIndex
    private let table: AtomTable
    private let channelSlot: Int32
    private let eventIDSlot: Int32
    private let signatures: [RecordSignature]
    private var lists: [Key: Int] = [:]
    private(set) var candidateLists: [Candidates] = []
    /// Kinds of records share their candidates where the same programs belong to them.
    private var known: [[Int32]: Candidates] = [:]
    /// The list of the record before, for most records come from the same source as the one before.
    private var last: (signature: Int, channel: [UInt8], eventID: Int, list: Int)?
    private var lastKnownProduct: String?

    private static let mostLists = 10_000

    init(_ ruleSet: SigmaRuleSet) {
        programs = ruleSet.programs
        index = ruleSet.index
        table = ruleSet.table
        channelSlot = ruleSet.channelSlot
        eventIDSlot = ruleSet.eventIDSlot
        signatures = ruleSet.signatures
    }

    /// Which of `candidateLists` holds the programs for the record that the evaluator holds, and whether its product is
    /// unknown.
    mutating func route(
        _ evaluator: AtomEvaluator, _ fields: UnsafeFields, product known: String?
    ) -> (list: Int, isUnknown: Bool) {
        let signature = known == nil ? signature(evaluator) : -1
        let channel = evaluator.entry(channelSlot).map { fields.value($0) } ?? UnsafeBufferPointer(start: nil, count: 0)
        let eventID = evaluator.entry(eventIDSlot).map { Self.number(fields.value($0)) } ?? -1
        let list: Int
        if let last, last.eventID == eventID, last.signature == signature, lastKnownProduct == known,
            last.channel.elementsEqual(channel)
        {
            list = last.list
        } else {
            list = self.list(
                for: Key(
                    product: known ?? (signature < 0 ? EventProducts.unknown : signatures[signature].product),
                    service: signature < 0 ? nil : signatures[signature].service,
                    channel: String(decoding: channel, as: UTF8.self).lowercased(),
                    eventID: eventID))
            last = (signature, Array(channel), eventID, list)
            lastKnownProduct = known
        }
        return (list, signature < 0 && known == nil)
    }

    private mutating func list(for key: Key) -> Int {
        if let found = lists[key] { return found }
        if candidateLists.count >= Self.mostLists {
            candidateLists.removeAll()
            lists.removeAll()
            known.removeAll()
            last = nil
        }
        let members = programs.indices.filter { accepts(programs[$0], key) }.map { Int32($0) }
        let candidates = known[members] ?? Candidates(members, of: programs, index, table)
        known[members] = candidates
        candidateLists.append(candidates)
        lists[key] = candidateLists.count - 1
        return candidateLists.count - 1
    }

    private func signature(_ evaluator: AtomEvaluator) -> Int {
        signatures.firstIndex { signature in signature.slots.allSatisfy { evaluator.entry($0) != nil } } ?? -1
    }

    /// Whether a record of unknown product may be one of the rule's: a rule for one product must find a field of its
    /// own.
    func fits(_ program: SigmaRuleSet.Program, _ evaluator: AtomEvaluator) -> Bool {
        program.product == nil || program.slots.contains { evaluator.entry($0) != nil }
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
