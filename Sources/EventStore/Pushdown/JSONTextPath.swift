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

    /// Gives `body` the text at the path of a document given as text; an empty one for null.
    func withText(of document: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        if let text = text(in: document) { return body(text) }
        guard case .string(let texts) = Column.dynamic([value(in: document)]).converted(to: .string) else { return }
        texts.withUTF8(0, body)
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
