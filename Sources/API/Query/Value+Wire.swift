internal import JSON
internal import KQLValues

extension Value {
    /// The cell as Log Analytics sends it: as JSON, but dynamic values as JSON text.
    var wire: JSON {
        if case .dynamic(let value) = self { .string(value.stringValue ?? value.description) } else { json }
    }
}
