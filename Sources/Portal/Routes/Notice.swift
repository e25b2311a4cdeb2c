internal import Foundation
internal import Hummingbird

/// A sentence that a form's answer carries to the page it leads back to.
struct Notice {
    let text: String
    let isError: Bool

    init(_ text: String, isError: Bool = false) {
        self.text = text
        self.isError = isError
    }

    /// The notice in a page's address, if there is one; it is shown as text only.
    init?(_ request: Request) {
        let parameters = request.uri.queryParameters
        guard let text = parameters["notice"].flatMap({ String($0).removingPercentEncoding }), !text.isEmpty else {
            return nil
        }
        self.init(String(text.prefix(300)), isError: parameters["failed"] == "1")
    }

    var frameNotice: Frame.Notice { Frame.Notice(text: text, isError: isError) }

    /// The address of a page with this notice.
    func on(_ path: String) -> String {
        "\(path)\(path.contains("?") ? "&" : "?")notice=\(PortalURL.escaped(text))" + (isError ? "&failed=1" : "")
    }
}
