public import CoreMetrics
internal import Synchronization

/// Keeps the counters, gauges and distributions that are reported through the `swift-metrics` facade.
///
/// Labels are bounded: of one metric no more than a thousand combinations are kept; further ones are not counted.
public final class MetricRegistry: MetricsFactory {
    fileprivate struct Key: Hashable {
        let name: String
        let labels: [MetricFamily.Label]
    }

    private struct State {
        var instruments: [Key: Instrument] = [:]
        var perName: [String: Int] = [:]
        var help: [String: String] = [:]
    }

    private static let mostPerName = 1000
    private let state = Mutex(State())

    public init() {}

    /// Says what a metric means.
    public func describe(_ name: String, _ help: String) {
        state.withLock { $0.help[TextExposition.name(name)] = help }
    }

    /// All families with their present values.
    public var families: [MetricFamily] {
        let (instruments, help) = state.withLock { ($0.instruments, $0.help) }
        var families: [String: MetricFamily] = [:]
        for (key, instrument) in instruments.sorted(by: { $0.key.description < $1.key.description }) {
            let made = MetricFamily(key.name, instrument.kind, help: help[key.name] ?? key.name)
            instrument.add(to: &families[key.name, default: made], key.labels)
        }
        return families.values.sorted { $0.name < $1.name }
    }

    private func instrument(_ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind) -> Instrument
    {
        let labels = dimensions.map { MetricFamily.Label($0.0, $0.1) }.sorted { $0.name < $1.name }
        let key = Key(name: TextExposition.name(label), labels: labels)
        return state.withLock { state in
            if let known = state.instruments[key] { return known }
            let made = Instrument(kind)
            guard state.perName[key.name, default: 0] < Self.mostPerName else { return made }
            state.perName[key.name, default: 0] += 1
            state.instruments[key] = made
            return made
        }
    }

    // MARK: The facade

    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions, .counter)
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        instrument(label, dimensions, .counter)
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(label, dimensions, .gauge)
    }

    public func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        instrument(label, dimensions, aggregate ? .histogram : .gauge)
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(label, dimensions, .histogram)
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}
}

extension MetricRegistry.Key: CustomStringConvertible {
    fileprivate var description: String { name + labels.map { "\u{1F}\($0.name)=\($0.value)" }.joined() }
}

/// One counter, gauge or distribution.
final class Instrument: CounterHandler, FloatingPointCounterHandler, MeterHandler, RecorderHandler, TimerHandler {
    private struct State {
        var value = 0.0
        var distribution = Distribution()
    }

    let kind: MetricFamily.Kind
    private let state = Mutex(State())

    init(_ kind: MetricFamily.Kind) {
        self.kind = kind
    }

    func add(to family: inout MetricFamily, _ labels: [MetricFamily.Label]) {
        let state = state.withLock { $0 }
        switch kind {
        case .histogram: family.add(distribution: state.distribution, labels)
        case .counter, .gauge: family.samples.append(.init(labels: labels, value: state.value))
        }
    }

    func increment(by amount: Int64) { increment(by: Double(amount)) }

    func increment(by amount: Double) { state.withLock { $0.value += amount } }

    func decrement(by amount: Double) { state.withLock { $0.value -= amount } }

    func reset() { state.withLock { $0 = State() } }

    func set(_ value: Int64) { set(Double(value)) }

    func set(_ value: Double) { state.withLock { $0.value = value } }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        state.withLock { state in
            state.value = value
            state.distribution.add(value)
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
}
