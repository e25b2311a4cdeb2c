internal import Foundation
public import Hummingbird
internal import NIOCore

/// The fields of a form (`application/x-www-form-urlencoded`) or of an address's query.
public struct FormFields: Sendable {
    private let fields: [String: String]

    /// The largest form taken, in bytes.
    public static let maximumBody = 256 << 10

    /// Reads the fields of `name=value&…`; of a name that comes twice the last value counts.
    public init(query: String?) {
        var fields: [String: String] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap({ FormFields.decoded($0) }) else { continue }
            fields[name] = parts.count > 1 ? FormFields.decoded(parts[1]) ?? "" : ""
        }
        self.fields = fields
    }

    public subscript(name: String) -> String? { fields[name] }

    /// What follows a beginning in the names of fields, in alphabetical order: ticked boxes, for example.
    public func names(after beginning: String) -> [String] {
        fields.keys.filter { $0.hasPrefix(beginning) }.map { String($0.dropFirst(beginning.count)) }.sorted()
    }

    /// Reads a posted form.
    ///
    /// - Throws: `HTTPError` 413 for a form that is too large.
    public static func read(_ request: Request) async throws -> FormFields {
        do {
            return FormFields(query: String(buffer: try await request.body.collect(upTo: maximumBody)))
        } catch is NIOTooManyBytesError {
            throw HTTPError(.contentTooLarge, message: "The form is larger than \(maximumBody) bytes.")
        }
    }

    /// Reads a posted form of a signed-in person and checks that it came from one of our own pages.
    ///
    /// - Throws: `HTTPError` 403 when the form's token is not the session's.
    public static func checked(_ request: Request, _ caller: Caller) async throws -> FormFields {
        let form = try await read(request)
        guard let session = caller.session, form["csrf"] == session.csrfToken else {
            throw HTTPError(
                .forbidden, message: "This form is out of date. Go back, load the page again, and repeat the change.")
        }
        return form
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
