internal import Foundation
internal import HTTPTypes
public import Hummingbird
internal import NIOCore

/// A posted form with files (`multipart/form-data`, RFC 7578).
public struct MultipartForm: Sendable {
    private let parts: [String: [UInt8]]
    private let fileNames: [String: String]

    /// The bytes of a field or file; nil when the form has none of that name.
    public func bytes(_ name: String) -> [UInt8]? { parts[name] }

    /// The name of a file as its sender gave it, which may be hostile; nil when there is none.
    public func fileName(_ name: String) -> String? { fileNames[name] }

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
                message:
                    "The file is larger than \(limit >> 20) MiB; larger ones go through the API, where it takes them.")
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
        var fileNames: [String: String] = [:]
        var place = data.range(of: mark)
        while let start = place {
            let next = data.range(of: mark, in: start.upperBound..<data.endIndex)
            guard let end = next else { break }
            let part = data[start.upperBound..<end.lowerBound]
            if let blank = part.range(of: Data("\r\n\r\n".utf8)) {
                let head = PartHead(String(decoding: part[part.startIndex..<blank.lowerBound], as: UTF8.self))
                if let name = head["name"] {
                    parts[name] = Array(part[blank.upperBound...])
                    fileNames[name] = head["filename*"] ?? head["filename"]
                }
            }
            place = next
        }
        self.parts = parts
        self.fileNames = fileNames
    }
}

/// What the head of a part says in its `Content-Disposition` (RFC 7578, RFC 6266).
private struct PartHead {
    private var parameters: [String: String] = [:]

    init(_ head: String) {
        let lines = head.split(whereSeparator: \.isNewline)
        guard let line = lines.first(where: { $0.lowercased().hasPrefix("content-disposition:") }) else { return }
        for parameter in Self.parted(line) {
            guard let sign = parameter.firstIndex(of: "=") else { continue }
            let name = parameter[..<sign].trimmingCharacters(in: .whitespaces).lowercased()
            let value = Self.unquoted(parameter[parameter.index(after: sign)...].trimmingCharacters(in: .whitespaces))
            guard parameters[name] == nil else { continue }
            parameters[name] = name.hasSuffix("*") ? Self.decoded(value) : value
        }
    }

    subscript(name: String) -> String? { parameters[name] }

    /// What stands between semicolons; one within quotation marks parts nothing.
    private static func parted(_ line: Substring) -> [Substring] {
        var parts: [Substring] = []
        var start = line.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in line.indices {
            switch line[index] {
            case "\\" where isQuoted && !isEscaped: isEscaped = true
            case "\"" where !isEscaped: isQuoted.toggle()
            case ";" where !isQuoted:
                parts.append(line[start..<index])
                start = line.index(after: index)
            default: isEscaped = false
            }
        }
        return parts + [line[start...]]
    }

    /// Browsers write a quotation mark in a name as `%22`, others with a backslash; a backslash before anything else stands
    /// for itself.
    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, text.first == "\"", text.last == "\"" else { return text }
        return String(text.dropFirst().dropLast()).replacing("\\\"", with: "\"").replacing("%22", with: "\"")
    }

    /// `UTF-8''na%C3%AFve.txt`.
    private static func decoded(_ text: String) -> String? {
        let parts = text.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].lowercased() == "utf-8" else { return nil }
        return parts[2].removingPercentEncoding
    }
}
