internal import Chronology
internal import Vocabulary

extension ScoringModel {
    /// Reads weights; what a file does not name stays as in `standard`.
    ///
    ///     version: ours-3
    ///     severity: {High: 35}
    ///     stage: {Exfiltration: 20}
    ///     spread: {each: 4, most: 20}
    ///     sensitivity: {critical: 30}
    ///     precision: {gain: 8, loss: 15}
    ///
    /// - Throws: `ContentFault` with file, line and column.
    public init(yaml text: String, file: String) throws(ContentFault) {
        self = .standard
        guard let root = try YAMLPlace.root(of: text, file: file) else { return }
        let members = try root.members(allowed: [
            "version", "severity", "stage", "spread", "agreement", "volume", "product", "sensitivity",
            "furtherSensitive", "precision",
        ])
        if let place = members["version"] { version = try place.text() }
        try members["severity"]?.weights(into: &severity) { Severity(lenient: $0) }
        try members["stage"]?.weights(into: &stage) { Tactic(lenient: $0) }
        try members["product"]?.weights(into: &product) { $0 }
        try members["sensitivity"]?.weights(into: &sensitivity) { Sensitivity(lenient: $0) }
        try members["spread"]?.step(&spreadPerTactic, most: &spreadMost)
        try members["agreement"]?.step(&agreementPerRule, most: &agreementMost)
        try members["volume"]?.step(&volumePerDoubling, most: &volumeMost)
        if let precision = members["precision"] {
            let weights = try precision.members(allowed: ["gain", "loss"])
            if let place = weights["gain"] { precisionGain = try place.number() }
            if let place = weights["loss"] { precisionLoss = try place.number() }
        }
        try members["furtherSensitive"]?.step(&furtherSensitive, most: &furtherSensitiveMost)
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

    fileprivate func step(_ each: inout Double, most: inout Double) throws(ContentFault) {
        let members = try members(allowed: ["each", "most"])
        if let place = members["each"] { each = try place.number() }
        if let place = members["most"] { most = try place.number() }
    }
}
