import Chronology
import JSON
import KQLFunctions
import KQLValues

/// What the funnel plugins read: the users' events in a range of time, each with its state.
struct FunnelEvents {
    let timeline: Timeline
    let start: Int64
    /// The events of each user in order of time.
    let byUser: [Int: [FunnelVisit]]
    /// The first row of each user.
    let firstRows: [Int]
    /// The names of the sequence's states and their numbers; -1 stands for a state that no row has.
    let names: [String]
    let sequence: [Int]
    private let states: Grouping

    init(_ input: PluginInput, states stateArgument: Int, sequence sequenceArgument: Int) throws(ExecutionError) {
        timeline = try Timeline(input)
        let from = try input.wholeNumber(2)
        let to = try input.wholeNumber(3)
        start = from
        firstRows = Grouping([try input.column(0)], rowCount: input.table.rowCount).firstRows
        guard case .string(let texts) = try input.column(stateArgument).converted(to: .string),
            case .dynamic(.array(let wanted)) = try input.constant(sequenceArgument), !wanted.isEmpty
        else { throw ExecutionError(.function, "the sequence of states must be a dynamic array with elements") }
        let states = Grouping([.string(texts)], rowCount: input.table.rowCount)
        self.states = states
        let numbers = Dictionary(
            states.firstRows.enumerated().map { (texts[$0.element], $0.offset) },
            uniquingKeysWith: { first, _ in first })
        names = wanted.map { $0.stringValue ?? $0.description }
        sequence = names.map { numbers[$0] ?? -1 }
        var visits: [Int: [FunnelVisit]] = [:]
        for (row, moment) in timeline.moments.enumerated() {
            guard let moment, moment >= from, moment <= to else { continue }
            visits[timeline.users[row], default: []].append(
                FunnelVisit(row: row, first: moment, last: moment, state: states.groups[row]))
        }
        byUser = visits.mapValues { $0.sorted { ($0.first, $0.row) < ($1.first, $1.row) } }
    }

    /// The number of a row's state; -1 when there is no row.
    func code(_ row: Int) -> Int { row < 0 ? -1 : states.groups[row] }

    /// A row with a state; -1 when there is none.
    func row(ofState code: Int) -> Int { code < 0 ? -1 : states.firstRows[code] }

    /// The lengths of time in a dynamic array of timespans or numbers.
    static func periods(_ value: Value) throws(ExecutionError) -> [Int64] {
        guard case .dynamic(.array(let elements)) = value, !elements.isEmpty else {
            throw ExecutionError(.function, "the allowed periods must be a dynamic array with elements")
        }
        let spans = Column.dynamic(elements).converted(to: .timespan)
        var periods: [Int64] = []
        for (index, element) in elements.enumerated() {
            if let number = element.intValue {
                periods.append(number)
            } else {
                periods.append(try spans[index].timelineNumber())
            }
        }
        return periods
    }
}

/// One or more events of a user in the same state, one after the other.
struct FunnelVisit {
    /// The row of the first event.
    let row: Int
    let first: Int64
    private(set) var last: Int64
    let state: Int

    init(row: Int, first: Int64, last: Int64, state: Int) {
        self.row = row
        self.first = first
        self.last = last
        self.state = state
    }

    /// Events in order of time, with repetitions of a state taken together.
    static func runs(_ visits: [FunnelVisit]) -> [FunnelVisit] {
        var runs: [FunnelVisit] = []
        for visit in visits {
            if let previous = runs.last, previous.state == visit.state {
                runs[runs.count - 1].last = visit.last
            } else {
                runs.append(visit)
            }
        }
        return runs
    }

    /// Whether the states of a sequence follow each other from an index on, with no pause longer than `limit`.
    static func matches(_ runs: [FunnelVisit], at index: Int, _ sequence: [Int], within limit: Int64) -> Bool {
        guard index + sequence.count <= runs.count else { return false }
        return sequence.indices.allSatisfy { step in
            runs[index + step].state == sequence[step]
                && (step == 0 || runs[index + step].first - runs[index + step - 1].last <= limit)
        }
    }

    /// How many states of a sequence are reached in order within a period after the first one, at best.
    static func progress(_ visits: [FunnelVisit], _ sequence: [Int], within period: Int64) -> Int {
        var best = 0
        for (index, visit) in visits.enumerated() where visit.state == sequence[0] {
            var reached = 1
            for later in visits.dropFirst(index + 1) {
                if reached == sequence.count || later.first - visit.first > period { break }
                if later.state == sequence[reached] { reached += 1 }
            }
            best = max(best, reached)
            if best == sequence.count { break }
        }
        return best
    }
}

/// A window with the states before and after a sequence, as numbers; -1: none.
struct FunnelStep: Hashable {
    let window: Int
    let before: Int
    let after: Int
}
