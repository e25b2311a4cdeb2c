internal import Foundation
internal import RE2
internal import Yams

/// A node of a YAML file that knows its place for faults.
struct YAMLValue {
    let file: String
    let node: Node

    /// Reads a file of one mapping.
    static func read(_ url: URL) throws(ContentFault) -> YAMLValue {
        let text: String
        do {
            text = try String(contentsOf: url, encoding: .utf8)
        } catch {
            throw ContentFault(
                file: url.path, problem: "the file cannot be read: \(error.localizedDescription)",
                remedy: "check that it exists and is UTF-8 text")
        }
        return try parse(text, file: url.path)
    }

    static func parse(_ text: String, file: String) throws(ContentFault) -> YAMLValue {
        do {
            guard let node = try Yams.compose(yaml: text) else {
                throw ContentFault(file: file, problem: "the file is empty", remedy: "write the content or remove it")
            }
            return YAMLValue(file: file, node: node)
        } catch let fault as ContentFault {
            throw fault
        } catch let error as YamlError {
            let mark: Mark? =
                switch error {
                case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark
                default: nil
                }
            throw ContentFault(
                file: file, line: mark?.line, column: mark?.column, problem: "this is not YAML: \(error)",
                remedy: "correct the indentation or quoting there")
        } catch {
            throw ContentFault(file: file, problem: "this is not YAML: \(error)", remedy: "correct the file")
        }
    }

    subscript(key: String) -> YAMLValue? {
        node.mapping?[Node(key)].map { YAMLValue(file: file, node: $0) }
    }

    func required(_ key: String) throws(ContentFault) -> YAMLValue {
        guard let value = self[key] else { throw fault("'\(key)' is missing", remedy: "add it") }
        return value
    }

    func text() throws(ContentFault) -> String {
        guard let text = node.scalar?.string else {
            throw fault("this must be a single value", remedy: "write one word or one quoted text")
        }
        return text
    }

    /// A regular expression of RE2's syntax.
    func pattern() throws(ContentFault) -> String {
        let text = try text()
        do {
            _ = try RE2Pattern(text)
        } catch {
            throw fault("this is no regular expression: \(error.reason)", remedy: "correct it; the syntax is RE2's")
        }
        return text
    }

    /// A single text as a list of one, or a list of texts.
    func texts() throws(ContentFault) -> [String] {
        guard let sequence = node.sequence else { return [try text()] }
        var result: [String] = []
        for element in sequence { result.append(try YAMLValue(file: file, node: element).text()) }
        return result
    }

    func elements() throws(ContentFault) -> [YAMLValue] {
        guard let sequence = node.sequence else { throw fault("this must be a list", remedy: "write it with '- '") }
        return sequence.map { YAMLValue(file: file, node: $0) }
    }

    func members() throws(ContentFault) -> [(key: String, value: YAMLValue)] {
        guard let mapping = node.mapping else {
            throw fault("this must be a mapping", remedy: "write it as 'key: value' lines")
        }
        var result: [(key: String, value: YAMLValue)] = []
        for (key, value) in mapping {
            result.append((try YAMLValue(file: file, node: key).text(), YAMLValue(file: file, node: value)))
        }
        return result
    }

    var isMapping: Bool { node.mapping != nil }

    func fault(_ problem: String, remedy: String) -> ContentFault {
        ContentFault(
            file: file, line: node.mark?.line, column: node.mark?.column, problem: problem, remedy: remedy)
    }
}
