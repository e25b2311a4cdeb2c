/// Rules compiled for matching: the tests of all rules each once, and per rule and route a little decision program.
public struct SigmaRuleSet: Sendable {
    /// One step of a program: make a test, go on at `onTrue` or `onFalse`.
    struct Step {
        var atom: Int32
        var onTrue: Int32
        var onFalse: Int32
    }

    /// Where programs end instead of at a next step.
    static let accept: Int32 = -1
    static let reject: Int32 = -2

    struct Program: Sendable {
        var rule: Int32
        var entry: Int32
        /// nil: any product.
        var product: String?
        /// Meant only where the record's service can be told and the route has no channels.
        var service: String?
        /// The fields it tests.
        var slots: [Int32]
        /// The tests it makes, each once.
        var atoms: [Int32]
        var necessary = NecessaryTests()
        /// In lower case; empty: any.
        var channels: [String]
        var eventIDs: [Int]
        /// Which pipeline's route this is.
        var pipeline: String
    }

    public let rules: [SigmaRule]
    /// What compiling found, such as rules that a pipeline cannot express.
    public private(set) var findings: [SigmaFinding] = []
    private(set) var programs: [Program] = []
    private(set) var steps: [Step] = []
    private(set) var table = AtomTable()
    let candidates = CandidateStore()
    /// Per test who tells whether it holds.
    let answers: [TestAnswer]
    /// Names of the fields that rules test, in lower case; an index into it is a slot.
    private(set) var slotNames: [String] = []
    private(set) var slots: [String: Int32] = [:]

    /// Slots that every rule set has, for classification and routing.
    let channelSlot: Int32
    let eventIDSlot: Int32
    let signatures: [RecordSignature]

    /// Compiles rules for the routes of all given pipelines. A rule that several routes reach still matches an event
    /// once.
    public init(_ rules: [SigmaRule], pipelines: [SigmaPipeline] = [.windowsSysmon]) {
        self.rules = rules
        var slotTable = SlotTable()
        channelSlot = slotTable.slot("channel")
        eventIDSlot = slotTable.slot("eventid")
        signatures = EventProducts.signatures.map { signature in
            RecordSignature(
                product: signature.product, service: signature.service,
                slots: signature.fields.map { slotTable.slot($0) })
        }
        var compiler = RuleCompiler(slotTable: slotTable)
        var predicates: [BoundPredicate] = []
        for (index, rule) in rules.enumerated() {
            let predicate = SigmaPredicate(rule)
            for pipeline in pipelines {
                guard let route = pipeline.route(for: rule.logSource) else { continue }
                let unmapped =
                    route.missingFields.isEmpty ? [] : predicate.fields.intersection(route.missingFields).sorted()
                if !unmapped.isEmpty {
                    let names = unmapped.joined(separator: ", ")
                    let message = "left out of pipeline \(pipeline.name): its events have no field \(names)"
                    findings.append(SigmaFinding(.warning, .unmappedField, message, at: rule.position))
                    continue
                }
                let bound = compiler.bind(predicate, route: route)
                let firstStep = compiler.steps.count
                let entry = compiler.compile(bound)
                let atoms = Set(compiler.steps[firstStep...].map(\.atom))
                let slots = Set(atoms.map { compiler.table.atoms[Int($0)].slot })
                var eventIDs = route.eventIDs
                if eventIDs.isEmpty, let numbers = predicate.requiredNumbers(of: "eventid") {
                    eventIDs = numbers.isEmpty ? [-2] : numbers.sorted()
                }
                predicates.append(bound)
                programs.append(
                    Program(
                        rule: Int32(index), entry: entry, product: rule.logSource.product,
                        service: rule.logSource.service,
                        slots: slots.filter { $0 >= 0 }.sorted(),
                        atoms: atoms.sorted(),
                        channels: route.channels.map { $0.lowercased() }, eventIDs: eventIDs,
                        pipeline: pipeline.name))
            }
        }
        let lookouts = compiler.table.atoms.map { compiler.table.lookout(for: $0) }
        answers = lookouts.map { TestAnswer($0) }
        let reader = NecessityReader(compiler.table, lookouts, commonSlot: eventIDSlot)
        for (number, predicate) in predicates.enumerated() { programs[number].necessary = reader.read(predicate) }
        steps = compiler.steps
        table = compiler.table
        table.seal()
        slotNames = compiler.slotTable.names
        slots = compiler.slotTable.slots
    }
}

/// Slots that must be filled in a record of a product.
struct RecordSignature: Sendable {
    let product: String
    let service: String?
    let slots: [Int32]
}

/// The fields that rules test.
struct SlotTable {
    private(set) var names: [String] = []
    private(set) var slots: [String: Int32] = [:]

    mutating func slot(_ field: String) -> Int32 {
        let name = field.lowercased()
        if let known = slots[name] { return known }
        let slot = Int32(names.count)
        names.append(name)
        slots[name] = slot
        return slot
    }
}
