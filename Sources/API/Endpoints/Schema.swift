internal import JSON

/// The form of a JSON value: the part of JSON Schema 2020-12 that the API's resources need.
///
/// Written once per resource, beside what reads and writes it; from it come the check of bodies and the OpenAPI document.
struct Schema: Sendable {
    indirect enum Kind: Sendable {
        case any
        case boolean
        case integer(ClosedRange<Int64>?)
        case number(ClosedRange<Double>?)
        case string(StringRules)
        case array(Schema, most: Int?)
        /// Members that are not named may be there too, of any form: clients send back what they read.
        case object([Member])
        /// An object with any names, whose members all have the form.
        case map(Schema)
        /// A form with a name of its own in the document.
        case component(String, Schema)
        case oneOf([Schema])
    }

    struct StringRules: Sendable, Hashable {
        /// `date-time`, `uuid`, `uri`…; documents, `date-time` and `uuid` are checked too.
        var format: String?
        /// The values there are, compared in any letter case; empty: all.
        var values: [String] = []
        var least = 0
        /// In characters.
        var most: Int?
    }

    struct Member: Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        /// A member that must be there.
        static func required(_ name: String, _ schema: Schema) -> Member {
            Member(name: name, schema: schema, isRequired: true)
        }

        /// A member that may be missing, or null.
        static func optional(_ name: String, _ schema: Schema) -> Member {
            Member(name: name, schema: schema.nullable, isRequired: false)
        }

        /// A member that answers carry; what bodies say of it is not heeded.
        static func readOnly(_ name: String, _ schema: Schema) -> Member {
            var schema = schema.nullable
            schema.isReadOnly = true
            return Member(name: name, schema: schema, isRequired: false)
        }
    }

    let kind: Kind
    var isNullable = false
    var isReadOnly = false
    var summary: String?

    init(_ kind: Kind) {
        self.kind = kind
    }
}

// MARK: Words to write schemas with

extension Schema {
    static let any = Schema(.any)
    static let boolean = Schema(.boolean)
    static let integer = Schema(.integer(nil))
    static let number = Schema(.number(nil))
    static let string = Schema(.string(StringRules()))
    static let dateTime = Schema(.string(StringRules(format: "date-time")))
    static let uuid = Schema(.string(StringRules(format: "uuid")))
    static let strings = Schema.array(.string)

    static func integer(_ range: ClosedRange<Int64>) -> Schema { Schema(.integer(range)) }

    static func number(_ range: ClosedRange<Double>) -> Schema { Schema(.number(range)) }

    static func string(_ lengths: ClosedRange<Int>) -> Schema {
        Schema(.string(StringRules(least: lengths.lowerBound, most: lengths.upperBound)))
    }

    /// One of some words, in any letter case.
    static func word(_ values: [String]) -> Schema { Schema(.string(StringRules(values: values))) }

    /// One of the raw values of a type.
    static func word<Value: CaseIterable & RawRepresentable>(_ type: Value.Type) -> Schema
    where Value.RawValue == String {
        .word(type.allCases.map(\.rawValue))
    }

    static func array(_ element: Schema, most: Int? = nil) -> Schema { Schema(.array(element, most: most)) }

    static func object(_ members: Member...) -> Schema { Schema(.object(members)) }

    static func object(_ members: [Member]) -> Schema { Schema(.object(members)) }

    static func map(_ value: Schema) -> Schema { Schema(.map(value)) }

    static func oneOf(_ schemas: Schema...) -> Schema { Schema(.oneOf(schemas)) }

    /// The same under a name of its own in the document.
    func named(_ name: String) -> Schema { Schema(.component(name, self)) }

    /// The same, or null.
    var nullable: Schema {
        var copy = self
        copy.isNullable = true
        return copy
    }

    func saying(_ summary: String) -> Schema {
        var copy = self
        copy.summary = summary
        return copy
    }

    /// A list in ARM's shape: `{value: […], nextLink?}`.
    static func page(of element: Schema) -> Schema {
        .object(.required("value", .array(element)), .optional("nextLink", Schema(.string(StringRules(format: "uri")))))
    }

    /// A resource in ARM's envelope.
    static func resource(_ name: String, kind: Schema? = nil, _ properties: Schema) -> Schema {
        var members: [Member] = [
            .readOnly("id", .string), .readOnly("name", .string), .readOnly("type", .string),
            .optional("etag", .string), .readOnly("systemData", .any),
        ]
        if let kind { members.append(.required("kind", kind)) }
        return .object(members + [.required("properties", properties)]).named(name)
    }

    /// ARM's error envelope.
    static let error = Schema.object(
        .required(
            "error",
            .object(
                .required("code", .string), .required("message", .string), .optional("target", .string),
                .optional("details", .array(.any)), .optional("innererror", .any)))
    ).named("CloudError")
}
