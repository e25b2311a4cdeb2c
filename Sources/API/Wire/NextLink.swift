internal import Foundation
internal import Hummingbird

/// The absolute address of a list's next page.
enum NextLink {
    private static let places: Set<String> = ["$skipToken", "$skip"]

    /// - Parameter skipToken: where the next page begins; all else that the client asked is asked again.
    static func make(_ request: Request, _ address: RequestAddress, skipToken: String) -> String {
        var fields = (request.uri.query ?? "").split(separator: "&").map(String.init).filter { field in
            let name = field.split(separator: "=").first.map(String.init) ?? ""
            return !places.contains(name.removingPercentEncoding ?? name)
        }
        let token = skipToken.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed.subtracting(reserved))
        fields.append("$skipToken=\(token ?? skipToken)")
        return "\(address(request))\(request.uri.path)?\(fields.joined(separator: "&"))"
    }

    /// What means something else in a query.
    private static let reserved = CharacterSet(charactersIn: "&+=#?;")
}
