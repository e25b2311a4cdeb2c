internal import JSON

/// The scalar values inside an array or object, as texts.
enum JSONLeaves {
    private static let most = 10_000

    /// Adds the texts of all scalars in the JSON text; text that is no JSON adds itself.
    static func collect(_ text: UnsafeBufferPointer<UInt8>, into leaves: inout [String]) {
        let string = String(decoding: text, as: UTF8.self)
        // A field of this kind holds JSON by construction; whatever does not parse is searched as it is.
        guard let value = try? JSON(parsing: string) else {
            leaves.append(string)
            return
        }
        collect(value, into: &leaves)
    }

    private static func collect(_ value: JSON, into leaves: inout [String]) {
        guard leaves.count < most else { return }
        switch value {
        case .null: break
        case .bool(let value): leaves.append(value ? "true" : "false")
        case .int(let value): leaves.append(String(value))
        case .double(let value): leaves.append(String(value))
        case .string(let value): leaves.append(value)
        case .array(let values): for element in values { collect(element, into: &leaves) }
        case .object(let members): for (_, member) in members { collect(member, into: &leaves) }
        }
    }
}
