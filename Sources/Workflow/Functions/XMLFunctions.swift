internal import JSON

/// `xml` and `xpath`.
enum XMLFunctions {
    static let all: [WorkflowFunction] = [
        .init("xml", 1...1, xml),
        .init("xpath", 2...2, xpath),
    ]

    static func content(_ markup: String) -> JSON {
        BinaryContent(contentType: "application/xml;charset=utf-8", bytes: Array(markup.utf8)).json
    }

    /// XML content out of text, or out of an object with one member, the root element.
    private static func xml(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        if case .object(let members) = arguments[0], arguments[0].binaryContent == nil {
            guard members.count == 1, let root = members.elements.first else {
                throw arguments.wrong(0, "an object with one member, the root element")
            }
            return content(markup(named: root.key, root.value))
        }
        let text = try arguments.text(0)
        do throws(XMLError) {
            _ = try XMLDocument(parsing: text)
        } catch {
            throw ExpressionError(.wrongArgument, "'xml' got \(error)")
        }
        return content(text)
    }

    private static func markup(named name: String, _ value: JSON) -> String {
        switch value {
        case .array(let elements): return elements.map { markup(named: name, $0) }.joined()
        case .object(let members):
            var attributes = ""
            var content = ""
            for (key, member) in members {
                if key.hasPrefix("@") {
                    attributes += " \(key.dropFirst())=\"\(XMLElement.escaped(member.interpolated))\""
                } else if key == "#text" {
                    content += XMLElement.escaped(member.interpolated)
                } else {
                    content += markup(named: key, member)
                }
            }
            return "<\(name)\(attributes)>\(content)</\(name)>"
        case .null: return "<\(name) />"
        default: return "<\(name)>\(XMLElement.escaped(value.interpolated))</\(name)>"
        }
    }

    private static func xpath(_ arguments: Arguments, _: inout EvaluationSources) throws(ExpressionError) -> JSON {
        let text = try arguments.text(0)
        let path = try arguments.text(1)
        let document: XMLDocument
        do throws(XMLError) {
            document = try XMLDocument(parsing: text)
        } catch {
            throw ExpressionError(.wrongArgument, "'xpath' got \(error)")
        }
        guard let result = XPath(path)?.evaluate(document) else {
            throw ExpressionError(
                .wrongArgument,
                "'xpath' does not read '\(path)'; it knows /, //, names, *, @attribute, text(), [n], [name='text'], "
                    + "string(…), number(…), count(…), sum(…)")
        }
        return result
    }
}
