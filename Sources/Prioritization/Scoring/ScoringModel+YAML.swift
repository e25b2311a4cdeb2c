internal import Chronology
internal import Vocabulary

extension ScoringModel {
    /// Reads weights; what a file does not name stays as in `standard`.
    ///
    ///     version: ours-4
    ///     severity: {High: 35}
    ///     stage: {Exfiltration: 20}
    ///     spread: {each: 4, most: 20}
    ///     sensitivity: {critical: 30}
    ///     precision: {gain: 8, loss: 15}
    ///     intent: {most: 8, techniques: {T1486: 0.95}}
    ///     proof: {from: 0.9, full: 0.99995}
    ///     waiting: [{after: 4h, points: 2}]
    ///     deadline: [{share: 0.8, points: 3}]
    ///
    /// - Throws: `ContentFault` with file, line and column.
    public init(yaml text: String, file: String) throws(ContentFault) {
        self = .standard
        guard let root = try YAMLPlace.root(of: text, file: file) else { return }
        let members = try root.members(allowed: [
            "version", "severity", "confidence", "intent", "precision", "stage", "spread", "agreement", "volume",
            "product", "proof", "sensitivity", "furtherSensitive", "indicators", "reach", "waiting", "deadline",
        ])
        if let place = members["version"] { version = try place.text() }
        try members["severity"]?.weights(into: &severity) { Severity(lenient: $0) }
        try members["stage"]?.weights(into: &stage) { Tactic(lenient: $0) }
        try members["product"]?.weights(into: &product) { $0 }
        try members["sensitivity"]?.weights(into: &sensitivity) { Sensitivity(lenient: $0) }
        try members["confidence"]?.swing(&confidence)
        try members["precision"]?.swing(&precision)
        try members["spread"]?.step(&spread)
        try members["agreement"]?.step(&agreement)
        try members["volume"]?.step(&volume)
        try members["furtherSensitive"]?.step(&furtherSensitive)
        try members["indicators"]?.step(&indicators)
        try members["reach"]?.step(&reach)
        try members["proof"]?.proof(&proof)
        if let place = members["intent"] {
            let parts = try place.members(allowed: ["most", "techniques"])
            if let most = parts["most"] { intent = try most.number() }
            for (technique, chance) in try parts["techniques"]?.members(allowed: []) ?? [:] {
                guard technique.isTechnique else {
                    throw chance.fault("'\(technique)' is no technique of ATT&CK; write T1059 or T1059.001")
                }
                maliceOfTechnique[technique.uppercased()] = try chance.share()
            }
        }
        if let place = members["waiting"] {
            waiting = []
            for step in try place.elements() {
                let parts = try step.members(allowed: ["after", "points"])
                guard let after = parts["after"], let points = parts["points"] else {
                    throw step.fault("a step needs 'after:' and 'points:'")
                }
                waiting.append(Waiting(after: try after.span(), points: try points.number()))
            }
        }
        if let place = members["deadline"] {
            deadline = []
            for step in try place.elements() {
                let parts = try step.members(allowed: ["share", "points"])
                guard let share = parts["share"], let points = parts["points"] else {
                    throw step.fault("a step needs 'share:' and 'points:'")
                }
                deadline.append(Used(share: try share.number(), points: try points.number()))
            }
        }
    }
}

extension YAMLPlace {
    fileprivate func weights<Key: Hashable>(
        into weights: inout [Key: Double],
        _ read: (String) -> Key?
    ) throws(ContentFault) {
        for (name, place) in try members(allowed: []) {
            guard let key = read(name) else { throw place.fault("'\(name)' is not known here; check its spelling") }
            weights[key] = try place.number()
        }
    }

    fileprivate func step(_ step: inout ScoringModel.Step) throws(ContentFault) {
        let members = try members(allowed: ["each", "most"])
        if let place = members["each"] { step.each = try place.number() }
        if let place = members["most"] { step.most = try place.number() }
    }

    fileprivate func swing(_ swing: inout ScoringModel.Swing) throws(ContentFault) {
        let members = try members(allowed: ["gain", "loss"])
        if let place = members["gain"] { swing.gain = try place.number() }
        if let place = members["loss"] { swing.loss = try place.number() }
    }

    fileprivate func proof(_ proof: inout ScoringModel.Proof) throws(ContentFault) {
        let members = try members(allowed: ["from", "full"])
        if let place = members["from"] { proof.from = try place.share() }
        if let place = members["full"] { proof.full = try place.share() }
    }

    fileprivate func share() throws(ContentFault) -> Double {
        let share = try number()
        guard (0...1).contains(share) else { throw fault("write a share between 0 and 1 here") }
        return share
    }

    /// A length of time: `15m`, `4h`, `3d`.
    func span() throws(ContentFault) -> TimeSpan {
        let text = try text()
        let units: [Character: Int64] = ["m": 1, "h": 60, "d": 1_440]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count > 0,
            count <= 100_000
        else { throw fault("'\(text)' is no length of time; write 15m, 4h or 3d") }
        return .minutes(count * unit)
    }
}

extension String {
    /// `T1059` or `T1059.001`, in any letter case.
    fileprivate var isTechnique: Bool {
        let parts = uppercased().split(separator: ".", omittingEmptySubsequences: false)
        guard let first = parts.first, first.count == 5, first.first == "T", first.dropFirst().allSatisfy(\.isNumber)
        else { return false }
        return parts.count == 1 || (parts.count == 2 && parts[1].count == 3 && parts[1].allSatisfy(\.isNumber))
    }
}
