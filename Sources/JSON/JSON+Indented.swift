extension JSON {
    /// The value as JSON text over several lines, two blanks per level, for people.
    public var indented: String {
        var text = ""
        write(to: &text, level: 0)
        return text
    }

    private func write(to text: inout String, level: Int) {
        let blanks = String(repeating: "  ", count: level + 1)
        switch self {
        case .array(let elements) where !elements.isEmpty:
            text += "[\n"
            for (index, element) in elements.enumerated() {
                text += blanks
                element.write(to: &text, level: level + 1)
                text += index + 1 < elements.count ? ",\n" : "\n"
            }
            text += blanks.dropLast(2) + "]"
        case .object(let members) where !members.isEmpty:
            text += "{\n"
            for (index, member) in members.enumerated() {
                text += blanks
                JSON.write(string: member.key, to: &text)
                text += ": "
                member.value.write(to: &text, level: level + 1)
                text += index + 1 < members.count ? ",\n" : "\n"
            }
            text += blanks.dropLast(2) + "}"
        default: write(to: &text)
        }
    }
}
