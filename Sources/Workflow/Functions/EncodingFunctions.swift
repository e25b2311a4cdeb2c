internal import JSON

/// Base 64, data URIs and percent-encoding.
enum EncodingFunctions {
    static let all: [WorkflowFunction] = [
        .init("base64", 1...1) { arguments, _ throws(ExpressionError) in
            .string(Base64.encode(try bytes(arguments)))
        },
        .init("base64ToBinary", 1...1) { arguments, _ throws(ExpressionError) in
            BinaryContent(contentType: "application/octet-stream", bytes: try decoded(arguments)).json
        },
        .init("base64ToString", 1...1, base64ToString),
        .init("decodeBase64", 1...1, base64ToString),
        .init("binary", 1...1) { arguments, _ throws(ExpressionError) in
            BinaryContent(contentType: "application/octet-stream", bytes: try bytes(arguments)).json
        },
        .init("dataUri", 1...1) { arguments, _ throws(ExpressionError) in
            let content = arguments[0].binaryContent
            let type = content?.contentType ?? "text/plain;charset=utf-8"
            return .string("data:\(type);base64,\(Base64.encode(try bytes(arguments)))")
        },
        .init("dataUriToBinary", 1...1) { arguments, _ throws(ExpressionError) in try dataURI(arguments).json },
        .init("decodeDataUri", 1...1) { arguments, _ throws(ExpressionError) in try dataURI(arguments).json },
        .init("dataUriToString", 1...1) { arguments, _ throws(ExpressionError) in
            .string(try dataURI(arguments).text)
        },
        .init("encodeUriComponent", 1...1, encodeComponent),
        .init("uriComponent", 1...1, encodeComponent),
        .init("decodeUriComponent", 1...1, decodeComponent),
        .init("uriComponentToString", 1...1, decodeComponent),
        .init("uriComponentToBinary", 1...1) { arguments, _ throws(ExpressionError) in
            let text = PercentCoding.decode(try arguments.text(0))
            return BinaryContent(contentType: "application/octet-stream", bytes: Array(text.utf8)).json
        },
    ]

    private static func bytes(_ arguments: Arguments) throws(ExpressionError) -> [UInt8] {
        if let content = arguments[0].binaryContent { return content.bytes }
        if arguments[0].isNull { throw arguments.wrong(0, "a string") }
        return Array(arguments[0].interpolated.utf8)
    }

    private static func decoded(_ arguments: Arguments) throws(ExpressionError) -> [UInt8] {
        guard let bytes = Base64.decode(try arguments.text(0)) else { throw arguments.wrong(0, "base 64 text") }
        return bytes
    }

    private static func base64ToString(
        _ arguments: Arguments, _: inout EvaluationSources
    ) throws(ExpressionError) -> JSON {
        .string(String(decoding: try decoded(arguments), as: UTF8.self))
    }

    private static func encodeComponent(
        _ arguments: Arguments, _: inout EvaluationSources
    ) throws(ExpressionError) -> JSON {
        guard !arguments[0].isNull else { throw arguments.wrong(0, "a string") }
        return .string(PercentCoding.encode(arguments[0].interpolated))
    }

    private static func decodeComponent(
        _ arguments: Arguments, _: inout EvaluationSources
    ) throws(ExpressionError) -> JSON {
        .string(PercentCoding.decode(try arguments.text(0)))
    }

    /// `data:[type][;base64],content` (RFC 2397).
    private static func dataURI(_ arguments: Arguments) throws(ExpressionError) -> BinaryContent {
        let text = try arguments.text(0)
        guard text.lowercased().hasPrefix("data:"), let comma = text.firstIndex(of: ",") else {
            throw arguments.wrong(0, "a data URI (data:type;base64,…)")
        }
        var type = String(text[text.index(text.startIndex, offsetBy: 5)..<comma])
        let content = String(text[text.index(after: comma)...])
        guard type.lowercased().hasSuffix(";base64") else {
            return BinaryContent(contentType: type, bytes: Array(PercentCoding.decode(content).utf8))
        }
        type.removeLast(";base64".count)
        guard let bytes = Base64.decode(content) else { throw arguments.wrong(0, "a data URI with base 64 content") }
        return BinaryContent(contentType: type, bytes: bytes)
    }
}
