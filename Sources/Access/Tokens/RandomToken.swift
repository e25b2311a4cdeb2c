internal import Crypto
internal import Foundation

/// 256 random bits as text, of which only the hash is stored.
enum RandomToken {
    /// 43 characters of Base64 for addresses (RFC 4648, section 5).
    static func make(prefix: String = "") -> String {
        let text = Data(Sodium.randomBytes(32)).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
        return prefix + text
    }

    /// What is stored: since the token has 256 random bits, one round of SHA-256 is enough, and looking the hash up
    /// in an index tells nothing about other tokens.
    static func hash(_ token: String) -> Data {
        Data(SHA256.hash(data: Data(token.utf8)))
    }
}
