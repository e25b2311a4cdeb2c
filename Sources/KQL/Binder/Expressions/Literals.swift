import Chronology
import Foundation
import JSON
import KQLFunctions
import KQLSyntax
import KQLValues

extension KQLType {
    init(_ name: TypeName) {
        self =
            switch name {
            case .bool: .bool
            case .datetime: .datetime
            case .decimal: .decimal
            case .dynamic: .dynamic
            case .guid: .guid
            case .int: .int
            case .long: .long
            case .real: .real
            case .string: .string
            case .timespan: .timespan
            }
    }
}

extension Binder {
    func bind(_ literal: Literal) throws(Diagnostic) -> BoundExpression {
        .constant(try value(of: literal.value, at: literal.span))
    }

    func value(of literal: LiteralValue, at span: Span) throws(Diagnostic) -> Value {
        switch literal {
        case .bool(let value): return .bool(value)
        case .int(let value): return .int(value)
        case .long(let value): return .long(value)
        case .real(let value): return .real(value)
        case .string(let value): return .string(value)
        case .timespan(let ticks): return .timespan(TimeSpan(ticks: ticks))
        case .null(let type): return .missing(KQLType(type))
        case .type(let type): return .string(KQLType(type).rawValue)
        case .decimal(let text): return Decimal(string: text).map { .decimal($0) } ?? .null(.decimal)
        case .guid(let text):
            guard let guid = UUID(uuidString: text) else {
                throw Diagnostic(.wrongType, "'\(text)' is no guid", at: span)
            }
            return .guid(guid)
        case .datetime(let text):
            if text == "now" {
                guard !options.keepsNow else {
                    throw Diagnostic(.notSupported, "datetime(now) is not known before the run", at: span)
                }
                return .datetime(options.now)
            }
            return try read(text, as: .datetime, at: span)
        case .dynamic(let value): return Value(dynamic: try json(of: value, at: span))
        }
    }

    /// Reads a text by the conversion function of a type.
    private func read(_ text: String, as type: KQLType, at span: Span) throws(Diagnostic) -> Value {
        if text.isEmpty { return .null(type) }
        let value = Column.string(StringColumn([text])).converted(to: type)[0]
        if value.isNull {
            throw Diagnostic(.wrongType, "'\(text)' is no \(type.rawValue)", at: span)
        }
        return value
    }

    private func json(of value: DynamicValue, at span: Span) throws(Diagnostic) -> JSON {
        switch value {
        case .null: return .null
        case .scalar(.timespan(let ticks)): return .int(ticks)
        case .scalar(let literal): return try self.value(of: literal, at: span).json
        case .array(let elements):
            var result: [JSON] = []
            for element in elements { result.append(try json(of: element, at: span)) }
            return .array(result)
        case .object(let properties):
            var members = JSONObject()
            for property in properties { members[property.key] = try json(of: property.value, at: span) }
            return .object(members)
        }
    }
}
