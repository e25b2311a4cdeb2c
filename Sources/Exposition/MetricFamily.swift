/// All values of one metric, as they are told to Prometheus.
public struct MetricFamily: Sendable, Hashable {
    public enum Kind: String, Sendable, Hashable {
        case counter, gauge, histogram
    }

    /// One value with its labels.
    public struct Sample: Sendable, Hashable {
        /// What follows the family's name: `_bucket`, `_sum`, `_count`; empty for counters and gauges.
        public var suffix: String
        public var labels: [Label]
        public var value: Double

        public init(suffix: String = "", labels: [Label] = [], value: Double) {
            self.suffix = suffix
            self.labels = labels
            self.value = value
        }
    }

    public struct Label: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Letters, digits, `_` and `:`; counters end in `_total`.
    public var name: String
    /// A sentence for people.
    public var help: String
    public var kind: Kind
    public var samples: [Sample]

    public init(_ name: String, _ kind: Kind, help: String, samples: [Sample] = []) {
        self.name = name
        self.kind = kind
        self.help = help
        self.samples = samples
    }

    /// A family of one value without labels.
    public init(_ name: String, _ kind: Kind, help: String, value: Double) {
        self.init(name, kind, help: help, samples: [Sample(value: value)])
    }

    /// Adds a value.
    public mutating func add(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
        samples.append(Sample(labels: labels.map { Label($0.key, $0.value) }, value: value))
    }

    /// Adds a distribution: cumulative counts up to each bound, the sum of all values, and their number.
    public mutating func add(distribution: Distribution, _ labels: [Label]) {
        for (bound, count) in distribution.cumulative {
            samples.append(
                Sample(
                    suffix: "_bucket", labels: labels + [Label("le", TextExposition.number(bound))],
                    value: Double(count)))
        }
        samples.append(
            Sample(suffix: "_bucket", labels: labels + [Label("le", "+Inf")], value: Double(distribution.count)))
        samples.append(Sample(suffix: "_sum", labels: labels, value: distribution.sum))
        samples.append(Sample(suffix: "_count", labels: labels, value: Double(distribution.count)))
    }
}

/// Values counted in steps.
public struct Distribution: Sendable, Hashable {
    private let bounds: [Double]
    private var counts: [Int]
    public private(set) var sum = 0.0
    public private(set) var count = 0

    /// Bounds that suit seconds of work, from a millisecond to a minute.
    public static let seconds: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    /// - Parameter bounds: the upper bounds of the steps, rising; one more step takes what is larger.
    public init(bounds: [Double] = Distribution.seconds) {
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// Counts a value, `times` times; what is no number is left out.
    public mutating func add(_ value: Double, times: Int = 1) {
        guard !value.isNaN else { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += times
        sum += value * Double(times)
        count += times
    }

    /// How many values did not exceed each bound.
    public var cumulative: [(bound: Double, count: Int)] {
        var total = 0
        return zip(bounds, counts).map { bound, count in
            total += count
            return (bound, total)
        }
    }
}
