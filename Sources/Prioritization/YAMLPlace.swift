internal import Yams

/// A node of a YAML file that can say where it is.
struct YAMLPlace {
    let file: String
    let node: Node

    /// The root of a file; nil for an empty one.
    static func root(of text: String, file: String) throws(ContentFault) -> YAMLPlace? {
        do {
            return try Yams.compose(yaml: text).map { YAMLPlace(file: file, node: $0) }
        } catch YamlError.scanner(_, let problem, let mark, _), YamlError.parser(_, let problem, let mark, _),
            YamlError.composer(_, let problem, let mark, _)
        {
            throw ContentFault(
                file: file, line: mark.line, column: mark.column,
                "this is not YAML (\(problem)); correct the indentation or the quotation marks there")
        } catch {
            throw ContentFault(file: file, "this is not YAML (\(error)); correct the file")
        }
    }

    func fault(_ message: String) -> ContentFault {
        ContentFault(file: file, line: node.mark?.line, column: node.mark?.column, message)
    }

    /// The members of a mapping, none of which may have another key than these.
    func members(allowed: Set<String>) throws(ContentFault) -> [String: YAMLPlace] {
        guard let mapping = node.mapping else { throw fault("write 'key: value' lines here") }
        var members: [String: YAMLPlace] = [:]
        for (key, value) in mapping {
            let place = YAMLPlace(file: file, node: key)
            let name = try place.text()
            guard allowed.isEmpty || allowed.contains(name) else {
                throw place.fault("there is no '\(name)' here; known are \(allowed.sorted().joined(separator: ", "))")
            }
            members[name] = YAMLPlace(file: file, node: value)
        }
        return members
    }

    var isList: Bool { node.sequence != nil }

    func elements() throws(ContentFault) -> [YAMLPlace] {
        guard let sequence = node.sequence else { throw fault("write a list with '- ' here") }
        return sequence.map { YAMLPlace(file: file, node: $0) }
    }

    func text() throws(ContentFault) -> String {
        guard let text = node.scalar?.string, !text.isEmpty else { throw fault("write a text here") }
        return text
    }

    /// One text, or a list of them.
    func texts() throws(ContentFault) -> [String] {
        guard node.sequence != nil else { return [try text()] }
        var texts: [String] = []
        for element in try elements() { texts.append(try element.text()) }
        return texts
    }

    func number() throws(ContentFault) -> Double {
        guard let text = node.scalar?.string, let number = Double(text), number.isFinite, abs(number) <= 1000 else {
            throw fault("write a number between -1000 and 1000 here")
        }
        return number
    }
}
