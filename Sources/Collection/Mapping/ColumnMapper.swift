internal import Chronology
internal import KQLValues
internal import Records

/// Maps the records of one batch to one table as a source definition says.
///
/// What each field is for is found once per batch; then each record is one walk over its fields.
struct ColumnMapper {
    /// A field as one of the values a column may take; the lowest rank that has a value counts.
    private struct Use {
        var slot: Int32
        var rank: Int32
        /// The object whose member the field is, when the object is what counts; else -1.
        var object: Int32 = -1
    }

    /// A value that goes into a column as it is.
    private struct Plain {
        var column: Int
        var slot: Int
    }

    /// A value that is made of others.
    private enum Output {
        case joined(slots: [Int], separator: String)
        case lookedUp(slot: Int, list: [String: String])
        case pathPart(slot: Int, after: String)
    }

    /// What a record has for a slot.
    private struct Found {
        var rank = Int32.max
        /// Among the entries of the batch; -1 for none.
        var entry = -1
        var object: Int32 = -1
    }

    private let batch: RecordBatch
    private let source: SourceDefinition
    private var table: TableBuilder
    /// The uses of each field, field after field, and where each field's start.
    private var uses: [Use] = []
    private var useStarts: [Int] = []
    private var isKnown: [Bool]
    private var plains: [Plain] = []
    private var outputs: [(column: Int, output: Output)] = []
    private var found: [Found] = []
    private var rest: [RecordBatch.Entry] = []
    private var object: ObjectText
    private let timeColumn: Int?
    private let restColumn: Int?
    private let now: Instant

    init(_ source: SourceDefinition, table definition: TableDefinition, batch: RecordBatch, now: Instant) {
        self.batch = batch
        self.source = source
        self.now = now
        var table = TableBuilder(definition, of: batch)
        object = ObjectText(of: batch, under: -1)
        isKnown = Array(repeating: false, count: batch.fieldNames.count)
        timeColumn = table.column("TimeGenerated")
        let restName =
            if case .keyValues(let column, _) = source.rest { Optional(column) } else { definition.rest }
        if let restName { restColumn = table.column(restName) } else { restColumn = nil }
        self.table = table
        let names = FieldNameIndex(batch)
        var planned: [[Use]] = Array(repeating: [], count: batch.fieldNames.count)
        for (name, columnSource) in source.columns.sorted(by: { $0.key < $1.key }) {
            plan(name, columnSource, names, &planned)
        }
        planAutomatic(names, &planned)
        for name in source.ignored {
            for field in names.fields(matching: name) { isKnown[Int(field)] = true }
        }
        for field in planned {
            useStarts.append(uses.count)
            uses += field
        }
        useStarts.append(uses.count)
    }

    // MARK: Planning

    private mutating func plan(
        _ column: String, _ source: SourceDefinition.ColumnSource, _ names: FieldNameIndex, _ planned: inout [[Use]]
    ) {
        if case .constant(let value) = source {
            table.constant(column, value)
            return
        }
        guard let index = table.column(column) else { return }
        switch source {
        case .fields(let fields): plains.append(Plain(column: index, slot: slot(fields, names, &planned)))
        case .joined(let parts, let separator):
            outputs.append((index, .joined(slots: parts.map { slot($0, names, &planned) }, separator: separator)))
        case .lookedUp(let fields, let list):
            outputs.append((index, .lookedUp(slot: slot(fields, names, &planned), list: list)))
        case .pathPart(let fields, let after):
            outputs.append((index, .pathPart(slot: slot(fields, names, &planned), after: after)))
        case .constant: break
        }
    }

    private mutating func planAutomatic(_ names: FieldNameIndex, _ planned: inout [[Use]]) {
        var byName: [String: [String]] = [:]
        let columns = Dictionary(
            table.definition.schema.columns.map { ($0.name.lowercased(), $0.name) }, uniquingKeysWith: { $1 })
        for prefix in source.automatic {
            for name in names.lowercased where name.hasPrefix(prefix) {
                guard let column = columns[String(name.dropFirst(prefix.count))], source.columns[column] == nil,
                    byName[column]?.contains(name) != true
                else { continue }
                byName[column, default: []].append(name)
            }
        }
        for (column, fields) in byName.sorted(by: { $0.key < $1.key }) {
            guard let index = table.column(column) else { continue }
            plains.append(Plain(column: index, slot: slot(fields, names, &planned)))
        }
    }

    private mutating func slot(_ fields: [String], _ names: FieldNameIndex, _ planned: inout [[Use]]) -> Int {
        found.append(Found())
        let slot = found.count - 1
        for (rank, name) in fields.enumerated() {
            for field in names.exact(name) {
                planned[Int(field)].append(Use(slot: Int32(slot), rank: Int32(rank)))
                isKnown[Int(field)] = true
                for member in names.members(of: field) {
                    planned[Int(member)].append(Use(slot: Int32(slot), rank: Int32(rank), object: field))
                    isKnown[Int(member)] = true
                }
            }
        }
        return slot
    }

    // MARK: Rows

    mutating func map(_ record: Int) {
        findValues(of: record)
        for position in plains.indices { write(plains[position], record) }
        for (column, output) in outputs { write(output, to: column, record) }
        if let timeColumn, !table.isSet(timeColumn) { table.set(timeColumn, number: now.ticks) }
        if let restColumn, !rest.isEmpty { writeRest(to: restColumn) }
        table.endRow(record: record)
    }

    /// Finds what a record has for each slot.
    private mutating func findValues(of record: Int) {
        // Out of `self`, so that the loop has them to itself.
        var found: [Found] = []
        var rest: [RecordBatch.Entry] = []
        swap(&found, &self.found)
        swap(&rest, &self.rest)
        rest.removeAll(keepingCapacity: true)
        for slot in found.indices { found[slot] = Found() }
        for index in batch.recordStarts[record]..<batch.recordStarts[record + 1] {
            let entry = batch.entries[index]
            let field = Int(entry.field)
            if !isKnown[field] { rest.append(entry) }
            guard entry.kind != .null, entry.length > 0 else { continue }
            for position in useStarts[field]..<useStarts[field + 1] {
                let use = uses[position]
                if use.rank < found[Int(use.slot)].rank {
                    found[Int(use.slot)] = Found(rank: use.rank, entry: index, object: use.object)
                }
            }
        }
        swap(&found, &self.found)
        swap(&rest, &self.rest)
    }

    private mutating func write(_ plain: Plain, _ record: Int) {
        let value = found[plain.slot]
        guard value.entry >= 0 else { return }
        if value.object >= 0 {
            writeObject(value.object, from: value.entry, record)
            let text = object.text
            text.withUnsafeBufferPointer { table.set(plain.column, .json, $0, record: record) }
        } else if plain.column == timeColumn {
            // At once, since another time takes its place when it cannot be read.
            let entry = batch.entries[value.entry]
            // Only the bytes, as below only the text: a closure beside `table` would retain every part of the batch.
            let bytes = batch.bytes
            bytes.withUnsafeBufferPointer {
                let text = UnsafeBufferPointer(rebasing: $0[entry.start..<(entry.start + entry.length)])
                table.set(plain.column, entry.kind, text, record: record)
            }
        } else {
            table.set(plain.column, entry: value.entry)
        }
    }

    private mutating func write(_ output: Output, to column: Int, _ record: Int) {
        switch output {
        case .joined(let slots, let separator):
            let parts = slots.compactMap { text(of: $0) }
            if !parts.isEmpty { setText(parts.joined(separator: separator), column, record) }
        case .lookedUp(let slot, let list):
            if let value = text(of: slot) { setText(list[value] ?? value, column, record) }
        case .pathPart(let slot, let after):
            let parts = text(of: slot)?.split(separator: "/") ?? []
            guard let place = parts.firstIndex(where: { $0.lowercased() == after }), place + 1 < parts.count else {
                return
            }
            setText(String(parts[place + 1]), column, record)
        }
    }

    private mutating func setText(_ value: String, _ column: Int, _ record: Int) {
        var copy = value
        copy.withUTF8 { table.set(column, .string, $0, record: record) }
    }

    private func text(of slot: Int) -> String? {
        found[slot].entry < 0 ? nil : batch.text(batch.entries[found[slot].entry])
    }

    /// Puts the members of an object, of which the first with a value is at `index`, into `object`.
    private mutating func writeObject(_ root: Int32, from index: Int, _ record: Int) {
        object.begin(under: root)
        for index in batch.recordStarts[record]..<batch.recordStarts[record + 1] {
            let entry = batch.entries[index]
            let field = Int(entry.field)
            for position in useStarts[field]..<useStarts[field + 1] where uses[position].object == root {
                object.add(entry)
                break
            }
        }
        object.end()
    }

    private mutating func writeRest(to column: Int) {
        if case .keyValues(_, let prefix) = source.rest {
            let text = rest.map { entry in
                let name = batch.fieldNames[Int(entry.field)]
                let key = name.lowercased().hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
                return key + "=" + batch.text(entry)
            }
            table.set(column, text: text.joined(separator: ";"))
        } else {
            object.begin(under: -1)
            for entry in rest { object.add(entry) }
            object.end()
            let text = object.text
            text.withUnsafeBufferPointer { table.set(column, utf8: $0) }
        }
    }

    consuming func finish() -> (rows: MappedRows?, mismatches: [Mismatch]) { table.finish() }
}

/// The field names of a batch by their lowercase form.
struct FieldNameIndex {
    let lowercased: [String]
    private var byName: [String: [Int32]] = [:]
    private var children: [Int32: [Int32]] = [:]

    init(_ batch: RecordBatch) {
        lowercased = batch.fieldNames.map { $0.lowercased() }
        for (index, name) in lowercased.enumerated() { byName[name, default: []].append(Int32(index)) }
        for (index, parent) in batch.fieldParents.enumerated() where parent >= 0 {
            children[parent, default: []].append(Int32(index))
        }
    }

    func exact(_ name: String) -> [Int32] { byName[name] ?? [] }

    /// All fields that stand in an object, at any depth.
    func members(of object: Int32) -> [Int32] {
        var result: [Int32] = []
        var pending = children[object] ?? []
        while let next = pending.popLast() {
            result.append(next)
            if let more = children[next] { pending.append(contentsOf: more) }
        }
        return result
    }

    /// The field of a name, or all that start with it when it ends in `*`.
    func fields(matching pattern: String) -> [Int32] {
        guard pattern.hasSuffix("*") else { return exact(pattern) }
        let prefix = pattern.dropLast()
        return lowercased.indices.filter { lowercased[$0].hasPrefix(prefix) }.map { Int32($0) }
    }
}
