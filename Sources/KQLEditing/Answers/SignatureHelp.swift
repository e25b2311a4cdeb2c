/// How the call that is being written may be written, and which argument the caret is in.
public struct SignatureHelp: Sendable, Hashable {
    public struct Signature: Sendable, Hashable {
        /// `datetime_diff(period: string, datetime1: datetime, datetime2: datetime) → long`
        public let label: String
        /// The texts of the parameters, each a part of the label.
        public let parameters: [String]
    }
    public let function: String
    public let summary: String
    public let signatures: [Signature]
    /// The signature that the arguments written so far fit best.
    public let activeSignature: Int
    /// The parameter that the caret is in; nil when there are more arguments than parameters.
    public let activeParameter: Int?
}
