internal import StateStore

/// What a password must be, after NIST SP 800-63B: long; no rules about kinds of characters, no expiry.
enum PasswordPolicy {
    static let shortest = 12
    /// argon2id takes more; the bound keeps hostile input small.
    static let longest = 256

    static func check(_ password: Secret, name: String, displayName: String) throws(AccessError) {
        let text = password.revealed
        guard text.count >= shortest else {
            throw AccessError(
                .invalidField, field: "password", "a password has at least \(shortest) characters; a sentence is good")
        }
        guard text.count <= longest else {
            throw AccessError(.invalidField, field: "password", "a password has at most \(longest) characters")
        }
        let plain = text.lowercased()
        guard plain != name.lowercased(), plain != displayName.lowercased(), Set(plain).count >= 5 else {
            throw AccessError(
                .invalidField, field: "password", "this password is too easy to guess; take a longer sentence")
        }
    }
}
