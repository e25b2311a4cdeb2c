/// Finds all of many needles in one pass over a text (Aho and Corasick, 1975), ASCII letters folded.
///
/// The seam for another multi-pattern engine: built of texts with numbers, it tells which number ends where.
package struct NeedleAutomaton: Sendable {
    /// From byte to column; bytes that no needle holds share column 0.
    private let columns: [UInt8]
    private let columnCount: Int
    /// By state and column where the next state's columns start; bitwise negated when needles end in that state.
    private let transitions: [Int32]
    /// By the columns of two bytes whether some needle begins so; else the first byte is passed over.
    private let beginnings: [Bool]
    /// Where each state's own needles start in `outputs`.
    private let outputStarts: [Int32]
    private let outputs: [Int32]
    /// The longest proper suffix state that has needles of its own; 0: none.
    private let reportLinks: [Int32]

    /// - Parameter needles: Folded, not empty.
    package init(_ needles: [(bytes: ArraySlice<UInt8>, number: Int32)]) {
        var columns = [UInt8](repeating: 0, count: 256)
        var count = 1
        for (bytes, _) in needles {
            for byte in bytes where columns[Int(byte)] == 0 {
                columns[Int(byte)] = UInt8(count)
                count += 1
            }
        }
        for upper in UInt8(65)...90 { columns[Int(upper)] = columns[Int(upper | 32)] }
        var builder = Builder(columnCount: count)
        for (bytes, number) in needles { builder.add(bytes, columns: columns, number: number) }
        builder.link()
        self.columns = columns
        columnCount = count
        outputStarts = builder.outputs.reduce(into: [0]) { $0.append(($0.last ?? 0) + Int32($1.count)) }
        outputs = builder.outputs.flatMap { $0 }
        reportLinks = builder.reportLinks
        transitions = builder.transitions.map { state in
            let hasOutput = !builder.outputs[Int(state)].isEmpty || builder.reportLinks[Int(state)] != 0
            let start = state * Int32(count)
            return hasOutput ? ~start : start
        }
        var beginnings = [Bool](repeating: false, count: count * count)
        for (bytes, _) in needles {
            guard let first = bytes.first else { continue }
            let row = Int(columns[Int(first)]) * count
            if let second = bytes.dropFirst().first {
                beginnings[row + Int(columns[Int(second)])] = true
            } else {
                for column in 0..<count { beginnings[row + column] = true }
            }
        }
        self.beginnings = beginnings
    }

    /// Calls `onHit` with the number of each needle found and the offset after its last byte.
    @inline(__always)
    package func scan(_ text: UnsafeBufferPointer<UInt8>, onHit: (_ number: Int32, _ end: Int) -> Void) {
        columns.withUnsafeBufferPointer { columns in
            transitions.withUnsafeBufferPointer { transitions in
                beginnings.withUnsafeBufferPointer { beginnings in
                    var state: Int32 = 0
                    var offset = 0
                    while offset < text.count {
                        let column = Int(columns[Int(text[offset])])
                        offset &+= 1
                        if state == 0, offset < text.count,
                            !beginnings[column &* columnCount &+ Int(columns[Int(text[offset])])]
                        {
                            continue
                        }
                        let next = transitions[Int(state) &+ column]
                        if next >= 0 {
                            state = next
                        } else {
                            state = ~next
                            report(Int(state) / columnCount, end: offset, onHit)
                        }
                    }
                }
            }
        }
    }

    @inline(__always)
    private func report(_ found: Int, end: Int, _ onHit: (Int32, Int) -> Void) {
        var state = found
        while true {
            for index in Int(outputStarts[state])..<Int(outputStarts[state + 1]) { onHit(outputs[index], end) }
            state = Int(reportLinks[state])
            if state == 0 { return }
        }
    }

    private struct Builder {
        let columnCount: Int
        var transitions: [Int32]
        var outputs: [[Int32]] = [[]]
        var reportLinks: [Int32] = [0]

        init(columnCount: Int) {
            self.columnCount = columnCount
            transitions = [Int32](repeating: -1, count: columnCount)
        }

        mutating func add(_ bytes: ArraySlice<UInt8>, columns: [UInt8], number: Int32) {
            var state = 0
            for byte in bytes {
                let index = state * columnCount + Int(columns[Int(byte)])
                if transitions[index] < 0 {
                    transitions[index] = Int32(outputs.count)
                    outputs.append([])
                    transitions.append(contentsOf: repeatElement(-1, count: columnCount))
                }
                state = Int(transitions[index])
            }
            outputs[state].append(number)
        }

        /// Fills the missing transitions from the states of the longest suffixes, breadth first.
        mutating func link() {
            reportLinks = [Int32](repeating: 0, count: outputs.count)
            var suffixes = [Int32](repeating: 0, count: outputs.count)
            var order: [Int32] = [0]
            var head = 0
            while head < order.count {
                let state = Int(order[head])
                head += 1
                let suffix = Int(suffixes[state])
                if state != 0 { reportLinks[state] = outputs[suffix].isEmpty ? reportLinks[suffix] : Int32(suffix) }
                for column in 0..<columnCount {
                    let index = state * columnCount + column
                    let fallback = state == 0 ? 0 : transitions[suffix * columnCount + column]
                    let next = transitions[index]
                    if next < 0 {
                        transitions[index] = fallback
                    } else {
                        suffixes[Int(next)] = fallback
                        order.append(next)
                    }
                }
            }
            renumber(order)
        }

        /// Puts the states into that order: those near the root, which texts visit most, lie together in memory.
        private mutating func renumber(_ order: [Int32]) {
            var numbers = [Int32](repeating: 0, count: order.count)
            for (number, state) in order.enumerated() { numbers[Int(state)] = Int32(number) }
            var moved: [Int32] = []
            moved.reserveCapacity(transitions.count)
            for state in order {
                let start = Int(state) * columnCount
                for index in start..<(start + columnCount) { moved.append(numbers[Int(transitions[index])]) }
            }
            transitions = moved
            outputs = order.map { outputs[Int($0)] }
            reportLinks = order.map { numbers[Int(reportLinks[Int($0)])] }
        }
    }
}
