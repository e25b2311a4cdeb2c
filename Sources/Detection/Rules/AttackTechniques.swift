internal import Vocabulary

/// Reads ATT&CK references of rules.
enum AttackReference {
    /// The technique in upper case when the text is one: `T1110`, `T1110.003`, `T0859`.
    static func technique(_ text: some StringProtocol) -> String? {
        let upper = text.uppercased()
        let halves = upper.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(halves.count), halves[0].count == 5, halves[0].first == "T" else { return nil }
        guard halves[0].dropFirst().allSatisfy(\.isNumber), halves[0].allSatisfy(\.isASCII) else { return nil }
        if halves.count == 2 {
            guard halves[1].count == 3, halves[1].allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        }
        return upper
    }

    /// The tactics and techniques among Sigma's tags (`attack.credential-access`, `attack.t1003.001`).
    static func read(tags: [String]) -> (tactics: [Tactic], techniques: [String]) {
        var tactics: [Tactic] = []
        var techniques: [String] = []
        for tag in tags where tag.lowercased().hasPrefix("attack.") {
            let name = tag.dropFirst("attack.".count)
            if let technique = technique(name) {
                if !techniques.contains(technique) { techniques.append(technique) }
            } else if let tactic = Tactic(lenient: name), !tactics.contains(tactic) {
                tactics.append(tactic)
            }
        }
        return (tactics, techniques)
    }
}
