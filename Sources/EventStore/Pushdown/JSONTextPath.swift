import JSON
import KQL
import KQLFunctions
import KQLValues

/// `tostring(column.a.b[0])` or `tostring(parse_json(text_column).a)` read straight out of JSON text, without making values of the whole document.
struct JSONTextPath: Sendable {
    private let steps: [JSONScanner.Step]

    /// The path of an expression over a single column; nil when it is no such expression.
    init?(_ expression: BoundExpression) {
        guard case .call(let call) = expression, call.function.name == "tostring", call.arguments.count == 1 else {
            return nil
        }
        var steps: [JSONScanner.Step] = []
        var inner = call.arguments[0]
        while case .call(let access) = inner, access.function.name == "[]", access.arguments.count == 2 {
            switch access.arguments[1].constantValue {
            case .string(let name)?: steps.append(.member(name))
            case .long(let index)? where index >= 0: steps.append(.element(Int(index)))
            default: return nil
            }
            inner = access.arguments[0]
        }
        var type = KQLType.dynamic
        if case .call(let parsing) = inner, parsing.function.name == "todynamic", parsing.arguments.count == 1 {
            inner = parsing.arguments[0]
            type = .string
        }
        guard case .column(let column) = inner, column.type == type, !steps.isEmpty else { return nil }
        self.steps = steps.reversed()
    }

    /// The texts for documents given as text, an empty one for null.
    func texts(of documents: StringColumn) -> StringColumn {
        var texts = StringColumn()
        texts.reserve(documents.count, byteCount: 16 * documents.count)
        var others: [(row: Int, value: JSON)] = []
        for row in 0..<documents.count {
            documents.withUTF8(row) { document in
                if let text = text(in: document) {
                    texts.append(utf8: text)
                } else {
                    others.append((row, value(in: document)))
                    texts.append("")
                }
            }
        }
        return others.isEmpty ? texts : texts.replacing(others)
    }

    /// The text at the path where it stands in the document as it is; nil when the language's own conversion makes it.
    private func text(in document: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        let nothing = UnsafeBufferPointer(rebasing: document[0..<0])
        if document.isEmpty { return nothing }
        var scanner = JSONScanner(document)
        do {
            switch try scanner.find(steps[...]) {
            case nil, .null?: return nothing
            case .text(let range)?, .integer(let range)?: return UnsafeBufferPointer(rebasing: document[range])
            case .other?: return nil
            }
        } catch {
            return nil
        }
    }

    /// The value at the path; null in what is no JSON.
    private func value(in document: UnsafeBufferPointer<UInt8>) -> JSON {
        // Text that is no JSON is a dynamic string, which has no members.
        guard var value = try? JSON(parsing: document) else { return .null }
        for step in steps {
            switch step {
            case .member(let name): value = value[name] ?? .null
            case .element(let index): value = value[index] ?? .null
            }
        }
        return value
    }
}

extension StringColumn {
    /// This column with the texts of some values in their rows.
    fileprivate func replacing(_ others: [(row: Int, value: JSON)]) -> StringColumn {
        guard case .string(let texts) = Column.dynamic(others.map(\.value)).converted(to: .string) else { return self }
        var all = self
        var rows = Array(0..<count)
        for (position, other) in others.enumerated() { rows[other.row] = count + position }
        all.append(contentsOf: texts)
        return all.gather(rows)
    }
}
