internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import JSON
internal import NIOCore
internal import WebGate

/// What is checked of a request before its endpoint sees it.
enum EndpointChecks {
    /// The header: what the client takes, and what it sends.
    static func headers(of request: Request, _ endpoint: Endpoint) throws(APIError) {
        if let accepted = request.headers[.accept], !takesJSON(accepted) {
            throw APIError(.notAcceptable, "the answer is application/json, which '\(accepted)' does not take")
        }
        guard let body = endpoint.body else { return }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > body.limit {
            throw APIError(.tooLarge, "the body has \(length) bytes; the most taken are \(body.limit)")
        }
        if let type = request.headers[.contentType], !isTaken(type, by: body) {
            throw APIError(
                .unsupportedMediaType,
                "the content type '\(type)' is not taken; use \(body.contentTypes.joined(separator: " or "))",
                target: "Content-Type")
        }
        if let encoding = request.headers[.contentEncoding]?.lowercased(), encoding != "identity", body.isJSON {
            throw APIError(
                .unsupportedMediaType, "the content encoding '\(encoding)' is not read here; use none",
                target: "Content-Encoding")
        }
    }

    private static func takesJSON(_ accepted: String) -> Bool {
        accepted.split(separator: ",").contains { range in
            let type = range.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() }
            guard let type else { return false }
            return type == "*/*" || type == "application/*" || type == "*" || type.contains("json")
        }
    }

    private static func isTaken(_ type: String, by body: EndpointBody) -> Bool {
        let name = type.split(separator: ";").first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() } ?? ""
        return body.contentTypes.contains(name) || body.contentTypes.contains("*/*")
            || body.isJSON && (name.hasSuffix("+json") || name == "text/json")
    }

    /// Parameters of the address's query and of the header.
    static func parameters(of request: Request, _ endpoint: Endpoint) throws(APIError) {
        guard !endpoint.parameters.isEmpty else { return }
        let fields = FormFields(query: request.uri.query)
        for parameter in endpoint.parameters {
            let text: String? =
                switch parameter.place {
                case .query: fields[parameter.name]
                case .header: HTTPField.Name(parameter.name).flatMap { request.headers[$0] }
                }
            guard let text else {
                if parameter.isRequired {
                    throw APIError.badRequest("the parameter '\(parameter.name)' is missing", target: parameter.name)
                }
                continue
            }
            if let misfit = parameter.schema.misfit(inText: text) {
                throw APIError.badRequest("'\(parameter.name)' \(misfit.reason)", target: parameter.name)
            }
        }
    }

    /// The body, which must be there when it is required and must have the documented form.
    static func body(of request: Request, _ endpoint: Endpoint) async throws -> JSON {
        guard let expected = endpoint.body, expected.isJSON else { return .null }
        let buffer: ByteBuffer
        do {
            buffer = try await request.body.collect(upTo: expected.limit)
        } catch is NIOTooManyBytesError {
            throw APIError(.tooLarge, "the body is larger than \(expected.limit) bytes")
        }
        if buffer.readableBytes == 0, !expected.isRequired { return .null }
        let json = try JSONBody.parse(buffer)
        if let misfit = expected.schema.misfit(in: json) {
            throw APIError.badRequest(
                misfit.path.isEmpty ? "the body \(misfit.reason)" : "'\(misfit.path)' \(misfit.reason)",
                target: misfit.path.isEmpty ? nil : misfit.path)
        }
        return json
    }
}
