import JSON
import KQLFunctions
import KQLValues

extension Plugin {
    static let httpRequest = Plugin(
        "http_request", "The answer to a GET, in one row; only to addresses that the configuration allows.",
        [
            .constant("uri", .string), .constant("headers", .dynamic, .optional),
            .constant("options", .dynamic, .optional),
        ],
        schema: { _ in answerSchema }
    ) { input throws(ExecutionError) in
        try answer(to: input, .get, headers: 1)
    }

    static let httpRequestPost = Plugin(
        "http_request_post", "The answer to a POST, in one row; only to addresses that the configuration allows.",
        [
            .constant("uri", .string), .constant("headers", .dynamic, .optional),
            .constant("options", .dynamic, .optional), .constant("content", nil, .optional),
        ],
        schema: { _ in answerSchema }
    ) { input throws(ExecutionError) in
        try answer(to: input, .post, headers: 1)
    }

    private static let answerSchema = TableSchema([
        ColumnSchema("ResponseHeaders", .dynamic), ColumnSchema("ResponseBody", .dynamic),
    ])

    private static func answer(
        to input: PluginInput, _ method: ExternalRequest.Method, headers: Int
    ) throws(ExecutionError) -> Table {
        let name = method == .get ? "http_request" : "http_request_post"
        guard case .string(let address) = try input.constant(0) else {
            throw ExecutionError(.function, "the first argument of \(name) is the address, a string")
        }
        var request = ExternalRequest(method, address)
        if case .dynamic(.object(let members))? = input.option(headers, "RequestHeaders") {
            for (name, value) in members { request.headers[name] = value.stringValue ?? value.description }
        }
        if method == .post, let content = input.option(3, "Content") {
            let column = Column(type: content.type, [content]).converted(to: .string)
            if case .string(let texts) = column { request.body = Array(texts[0].utf8) }
        }
        let answer = try input.execution.send(request, for: name)
        guard (200..<300).contains(answer.status) else {
            throw ExecutionError(.external, "\(name): the server answered with status \(answer.status)")
        }
        let body = ExternalText.json(String(decoding: answer.body, as: UTF8.self))
        let names = answer.headers.sorted { $0.key < $1.key }
        let answerHeaders = JSONObject(names.map { ($0.key, .string($0.value)) }, uniquingKeysWith: { $1 })
        return Table(
            schema: answerSchema,
            columns: [.dynamic([.object(answerHeaders)]), .dynamic([body])], rowCount: 1)
    }
}
