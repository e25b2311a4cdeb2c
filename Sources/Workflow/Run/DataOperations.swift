internal import Chronology
internal import JSON

/// The data operations that need nothing of the run.
enum DataOperations {
    static func parseJSON(_ inputs: JSON) throws(ExpressionError) -> JSON {
        var content = inputs.member("content") ?? .null
        if let text = content.binaryContent?.text ?? content.stringValue {
            do throws(JSONError) {
                content = try JSON(parsing: text)
            } catch {
                throw ExpressionError(.wrongArgument, "the 'content' of ParseJson is \(error)")
            }
        }
        guard !content.isNull else {
            throw ExpressionError(.wrongArgument, "the 'content' of ParseJson is null; there is nothing to parse")
        }
        if let schema = inputs.member("schema"), let flaw = SchemaCheck.flaw(of: content, schema: schema, path: "") {
            throw ExpressionError(.wrongArgument, "the content does not fit the schema: \(flaw)")
        }
        return content
    }

    static func join(_ inputs: JSON) throws(ExpressionError) -> JSON {
        let elements = try array(inputs.member("from"), of: "Join")
        return .string(elements.map(\.interpolated).joined(separator: inputs.member("joinWith")?.interpolated ?? ","))
    }

    static func array(_ value: JSON?, of action: String) throws(ExpressionError) -> [JSON] {
        guard case .array(let elements)? = value else {
            let found = value ?? .null
            throw ExpressionError(
                .wrongArgument, "the 'from' of \(action) is an array, not \(found.preview) of type \(found.typeName)")
        }
        return elements
    }

    /// The designer's date actions: kinds CurrentTime, GetPastTime, GetFutureTime, AddToTime, SubtractFromTime,
    /// ConvertTimeZone.
    static func date(
        kind: String, _ inputs: JSON, _ sources: inout EvaluationSources
    ) throws(ExpressionError) -> JSON {
        func value(_ name: String) -> JSON { inputs.member(name) ?? .null }
        let call: (name: String, values: [JSON])
        switch kind.lowercased() {
        case "currenttime": call = ("utcNow", [])
        case "getpasttime": call = ("getPastTime", [value("interval"), value("timeUnit")])
        case "getfuturetime": call = ("getFutureTime", [value("interval"), value("timeUnit")])
        case "addtotime": call = ("addToTime", [value("baseTime"), value("interval"), value("timeUnit")])
        case "subtractfromtime":
            call = ("subtractFromTime", [value("baseTime"), value("interval"), value("timeUnit")])
        case "converttimezone":
            call = (
                "convertTimeZone",
                [value("baseTime"), value("sourceTimeZone"), value("destinationTimeZone"), value("formatString")]
            )
        default: throw ExpressionError(.wrongArgument, "there is no Expression action of kind '\(kind)'")
        }
        guard let function = FunctionTable.standard[call.name.lowercased()] else {
            throw ExpressionError(.unknownFunction, "there is no function '\(call.name)'")
        }
        return try function.evaluate(Arguments(function: call.name, values: call.values), &sources)
    }
}

/// Builds the CSV and HTML of Table actions.
struct TableText {
    var header: [String]
    var rows: [[String]]

    /// All columns that occur, in the order of their first appearance.
    init(elements: [JSON]) throws(ExpressionError) {
        var names: OrderedSet<String> = []
        for element in elements {
            guard case .object(let members) = element else {
                throw ExpressionError(
                    .wrongArgument, "a table is made from objects, not from \(element.preview); give its 'columns'")
            }
            names.append(contentsOf: members.keys)
        }
        header = Array(names)
        rows = elements.map { element in names.map { (element[$0] ?? .null).interpolated } }
    }

    init(header: [String], rows: [[String]]) {
        self.header = header
        self.rows = rows
    }

    /// RFC 4180, with a line of headers.
    var csv: String {
        ([header] + rows).map { row in row.map(TableText.quoted).joined(separator: ",") + "\r\n" }.joined()
    }

    var html: String {
        let head = header.map { "<th>\(TableText.escaped($0))</th>" }.joined()
        let body = rows.map { row in "<tr>\(row.map { "<td>\(TableText.escaped($0))</td>" }.joined())</tr>" }.joined()
        return "<table><thead><tr>\(head)</tr></thead><tbody>\(body)</tbody></table>"
    }

    private static func quoted(_ cell: String) -> String {
        guard cell.unicodeScalars.contains(where: { ",\"\r\n".unicodeScalars.contains($0) }) else { return cell }
        return "\"\(cell.replacing("\"", with: "\"\""))\""
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
            .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
    }
}
