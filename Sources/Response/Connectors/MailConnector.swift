internal import JSON
public import Workflow

/// Sends a mail for a playbook.
public protocol PlaybookMailer: Sendable {
    /// - Parameter id: the same for all attempts at one mail.
    func send(to addresses: [String], subject: String, html: String, id: String) async throws(OperationFailure)
}

/// The operations of the `office365` and `smtp` connectors that send mail.
public struct MailConnector: Connector {
    private let mailer: any PlaybookMailer

    public init(mailer: any PlaybookMailer) {
        self.mailer = mailer
    }

    public func perform(
        _ call: ConnectorCall, context: ConnectorContext
    ) async throws(OperationFailure) -> WorkflowAnswer {
        guard call.method == "POST", ["/v2/mail", "/mail", "/sendemailv3"].contains(call.path.lowercased()) else {
            return .refusal(
                501, code: "OperationNotSupported",
                "\(call.method) \(call.path) is no operation of the mail connector that Tocsin knows")
        }
        let to = call.body["To"]?.stringValue ?? ""
        let addresses = to.split { $0 == ";" || $0 == "," }.map { $0.filter { !$0.isWhitespace } }.filter {
            !$0.isEmpty
        }
        guard !addresses.isEmpty else { return .refusal(400, code: "BadRequest", "'To' names nobody") }
        try await mailer.send(
            to: addresses, subject: call.body["Subject"]?.stringValue ?? "", html: call.body["Body"]?.stringValue ?? "",
            id: context.idempotencyKey)
        return .success([:])
    }
}
