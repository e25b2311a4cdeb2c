import KQLSyntax

/// A text of a syntax tree without its spans, to compare trees of texts that differ in layout only.
func shape(of value: Any) -> String {
    var output = ""
    write(value, to: &output)
    return output
}

private func write(_ value: Any, to output: inout String) {
    if value is Span || value is [Span] { return }
    if let literal = value as? Literal {
        output += "literal(\(literal.value))"
        return
    }
    let mirror = Mirror(reflecting: value)
    if mirror.children.isEmpty {
        output += "\(value)"
        return
    }
    if mirror.displayStyle == .enum { output += "\(type(of: value))." }
    output += "("
    for child in mirror.children {
        if let label = child.label, !label.hasPrefix(".") { output += label + ":" }
        write(child.value, to: &output)
        output += " "
    }
    output += ")"
}
