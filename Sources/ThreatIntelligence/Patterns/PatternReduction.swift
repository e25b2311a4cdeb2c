public import Chronology

/// One way in which a pattern is fulfilled, as far as single events can show it.
public struct IndicatorTerm: Sendable, Hashable {
    /// What to look for.
    public var key: Observable
    /// What the same event must show besides.
    public var companions: [Observable]
    /// Conditions of the pattern that are not looked at, in the pattern's words; a match is then a hint, no proof.
    public var unchecked: [String]

    public init(_ key: Observable, companions: [Observable] = [], unchecked: [String] = []) {
        self.key = key
        self.companions = companions
        self.unchecked = unchecked
    }
}

/// What a pattern comes down to for matching single events.
///
/// - `AND` within an observation: all values in one event. The hashes of one file each suffice.
/// - `AND` and `FOLLOWEDBY` between observations, `WITHIN`, `REPEATS`, negations and properties that are no observables:
///   each observation is looked for, the rest is listed as unchecked.
/// - `ISSUBSET` of an address is its network; `LIKE '%.name'` a domain with its subdomains; `LIKE 'prefix/%'` a URL with
///   all beneath it.
public struct PatternReduction: Sendable, Hashable {
    public var terms: [IndicatorTerm] = []
    /// Alternatives that no event can be compared with, in words.
    public var unmatched: [String] = []
    /// From `START … STOP …`.
    public var start: Instant?
    public var stop: Instant?

    private static let mostTerms = 1_024

    public init(_ pattern: StixPattern) {
        reduce(pattern, unchecked: [])
        var seen: Set<IndicatorTerm> = []
        terms = Array(terms.filter { seen.insert($0).inserted }.prefix(Self.mostTerms))
    }

    private mutating func reduce(_ pattern: StixPattern, unchecked: [String]) {
        switch pattern {
        case .observation(let comparison): reduce(comparison, unchecked: unchecked)
        case .or(let parts): for part in parts { reduce(part, unchecked: unchecked) }
        case .and(let parts): for part in parts { reduce(part, unchecked: unchecked + ["AND another observation"]) }
        case .followedBy(let parts):
            for part in parts { reduce(part, unchecked: unchecked + ["FOLLOWEDBY another observation"]) }
        case .qualified(let inner, .within(let seconds)):
            reduce(inner, unchecked: inner.isSingle ? unchecked : unchecked + ["WITHIN \(seconds) SECONDS"])
        case .qualified(let inner, .repeats(let times)):
            reduce(inner, unchecked: times > 1 ? unchecked + ["REPEATS \(times) TIMES"] : unchecked)
        case .qualified(let inner, .between(let start, let stop)):
            self.start = start
            self.stop = stop
            reduce(inner, unchecked: unchecked)
        }
    }

    private mutating func reduce(_ comparison: StixComparison, unchecked: [String]) {
        guard let alternatives = Self.alternatives(comparison, limit: Self.mostTerms) else {
            unmatched.append("more than \(Self.mostTerms) combinations of values")
            return
        }
        for alternative in alternatives { add(alternative, unchecked: unchecked) }
    }

    private mutating func add(_ alternative: [Condition], unchecked: [String]) {
        var observables: [Observable] = []
        var others: [String] = []
        for condition in alternative {
            switch condition {
            case .observable(let observable): if !observables.contains(observable) { observables.append(observable) }
            case .other(let test): others.append(test)
            }
        }
        let hashes = observables.filter(\.kind.isHash)
        let rest = observables.filter { !$0.kind.isHash }
        // A hash tells the file, so that what else is said of the file adds nothing.
        let relevant = hashes.isEmpty ? others : others.filter { !$0.hasPrefix("file:") }
        if !hashes.isEmpty {
            terms += hashes.map { IndicatorTerm($0, companions: rest, unchecked: unchecked + relevant) }
        } else if let key = rest.max(by: { $0.specificity < $1.specificity }) {
            terms.append(
                IndicatorTerm(key, companions: rest.filter { $0 != key }, unchecked: unchecked + relevant))
        } else {
            unmatched.append(others.joined(separator: " AND "))
        }
    }

    private enum Condition {
        case observable(Observable)
        case other(String)
    }

    /// The alternatives of a comparison, each a list of conditions that hold together; nil when there are too many.
    private static func alternatives(_ comparison: StixComparison, limit: Int) -> [[Condition]]? {
        switch comparison {
        case .test(let test):
            if test.isTypeTest { return [[]] }
            let observables = test.observables
            return observables.isEmpty ? [[.other(test.description)]] : observables.map { [.observable($0)] }
        case .or(let parts):
            var all: [[Condition]] = []
            for part in parts {
                guard let more = alternatives(part, limit: limit) else { return nil }
                all += more
                if all.count > limit { return nil }
            }
            return all
        case .and(let parts):
            var all: [[Condition]] = [[]]
            for part in parts {
                guard let more = alternatives(part, limit: limit), all.count * more.count <= limit else { return nil }
                all = all.flatMap { left in more.map { left + $0 } }
            }
            return all
        }
    }
}

extension StixPattern {
    /// One observation alone, which lies within any span.
    fileprivate var isSingle: Bool {
        switch self {
        case .observation: true
        case .qualified(let inner, _): inner.isSingle
        default: false
        }
    }
}

extension Observable {
    /// The more specific of several values is looked for first.
    fileprivate var specificity: Int {
        switch kind {
        case .md5, .sha1, .sha256: 6
        case .url: 5
        case .email: 4
        case .account: 3
        case .domain: 2
        case .ipv4, .ipv6: value.contains("/") ? 0 : 1
        }
    }
}

extension StixTest {
    /// `network-traffic:dst_ref.type = 'ipv4-addr'` only says what the value's kind is.
    fileprivate var isTypeTest: Bool { path.last == "type" && operation == .equal && !isNegated }

    /// The values that fulfil this test, each alone; none when it is no test of an observable.
    fileprivate var observables: [Observable] {
        guard !isNegated else { return [] }
        return operands.compactMap { operand in
            switch operation {
            case .equal, .in: observable(operand)
            case .isSubset: isAddress ? observable(operand) : nil
            case .like: pattern(operand)
            default: nil
            }
        }
    }

    private var isAddress: Bool {
        (objectType == "ipv4-addr" || objectType == "ipv6-addr" || path.first?.hasSuffix("_ref") == true)
            && path.last == "value"
    }

    private func observable(_ text: String) -> Observable? {
        // What the object path says but the value does not fulfil is no observable; the test is then listed as unchecked.
        if let kind = statedKind { return try? Observable(kind, text) }
        return detectsKind ? try? Observable(detecting: text) : nil
    }

    private var statedKind: ObservableKind? {
        switch (objectType, path.last ?? "") {
        case ("ipv4-addr", "value"): .ipv4
        case ("ipv6-addr", "value"): .ipv6
        case ("domain-name", "value") where path.count == 1: .domain
        case ("url", "value"): .url
        case ("email-addr", "value"), ("email-message", "value"): .email
        case ("user-account", "user_id"), ("user-account", "account_login"): .account
        case (_, let last) where path.dropLast().last == "hashes": ObservableKind(lenient: last)
        default: nil
        }
    }

    /// References lead to objects whose kind their value tells.
    private var detectsKind: Bool {
        path.last == "value" && path.dropLast().contains { $0.hasSuffix("_ref") || $0.hasSuffix("_refs") }
    }

    private func pattern(_ text: String) -> Observable? {
        guard let kind = statedKind, !text.contains("_") || kind == .domain else { return nil }
        func plain(_ part: Substring) -> Substring? { part.contains("%") ? nil : part }
        if kind == .domain, text.hasPrefix("%."), let rest = plain(text.dropFirst(2)) {
            return observable(String(rest))
        }
        if kind == .url, text.hasSuffix("/%"), let rest = plain(text.dropLast()) { return observable(String(rest)) }
        return text.contains("%") ? nil : observable(text)
    }
}
