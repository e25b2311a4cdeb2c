internal import Foundation
internal import HTTPTypes
public import Hummingbird
internal import NIOCore

/// A posted form with files (`multipart/form-data`, RFC 7578).
public struct MultipartForm: Sendable {
    private let parts: [String: [UInt8]]

    /// The bytes of a field or file; nil when the form has none of that name.
    public func bytes(_ name: String) -> [UInt8]? { parts[name] }

    /// The text of a field; nil when the form has none of that name, or it is not UTF-8.
    public subscript(name: String) -> String? { parts[name].flatMap { String(validating: $0, as: UTF8.self) } }

    /// Reads a posted form of a signed-in person and checks that it came from one of our own pages.
    ///
    /// - Throws: `HTTPError` 413 for a form of more than `limit` bytes, 400 for one that is none, 403 when its token is not
    ///   the session's.
    public static func checked(_ request: Request, _ caller: Caller, upTo limit: Int) async throws -> MultipartForm {
        guard let boundary = boundary(request.headers[.contentType] ?? "") else {
            throw HTTPError(.badRequest, message: "This is no form with files.")
        }
        let body: ByteBuffer
        do {
            body = try await request.body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw HTTPError(
                .contentTooLarge,
                message: "The file is larger than \(limit >> 20) MiB. Send it through the API: POST …/content.")
        }
        let form = MultipartForm(Array(body.readableBytesView), boundary: boundary)
        guard let session = caller.session, form["csrf"] == session.csrfToken else {
            throw HTTPError(
                .forbidden, message: "This form is out of date. Go back, load the page again, and repeat the change.")
        }
        return form
    }

    private static func boundary(_ type: String) -> String? {
        guard type.lowercased().hasPrefix("multipart/form-data"), let start = type.range(of: "boundary=") else {
            return nil
        }
        let text = type[start.upperBound...].prefix { $0 != ";" }.filter { $0 != "\"" && $0 != " " }
        return (1...70).contains(text.count) ? text : nil
    }

    /// Reads the parts between the boundary's lines; what has no name is left out.
    init(_ body: [UInt8], boundary: String) {
        let mark = Data("\r\n--\(boundary)".utf8)
        let data = Data("\r\n".utf8) + Data(body)
        var parts: [String: [UInt8]] = [:]
        var place = data.range(of: mark)
        while let start = place {
            let next = data.range(of: mark, in: start.upperBound..<data.endIndex)
            guard let end = next else { break }
            let part = data[start.upperBound..<end.lowerBound]
            if let blank = part.range(of: Data("\r\n\r\n".utf8)),
                let name = Self.name(String(decoding: part[part.startIndex..<blank.lowerBound], as: UTF8.self))
            {
                parts[name] = Array(part[blank.upperBound...])
            }
            place = next
        }
        self.parts = parts
    }

    private static func name(_ head: String) -> String? {
        guard let start = head.range(of: " name=\"", options: .caseInsensitive) else { return nil }
        let rest = head[start.upperBound...]
        guard let end = rest.firstIndex(of: "\"") else { return nil }
        return String(rest[..<end])
    }
}
