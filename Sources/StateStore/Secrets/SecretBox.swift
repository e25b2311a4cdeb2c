internal import Crypto
internal import Foundation

/// A text that is never shown: passwords, tokens, keys.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text itself; say why wherever it is used.
    public let revealed: String

    public init(_ text: String) {
        revealed = text
    }

    public var description: String { "••••••" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Seals secrets for storage with ChaCha20-Poly1305 (RFC 8439).
public struct SecretBox: Sendable, CustomStringConvertible {
    private let key: SymmetricKey

    /// - Parameter key: 32 bytes.
    /// - Throws: `StateStoreError` with code `badKey`.
    public init(key: some Collection<UInt8>) throws(StateStoreError) {
        guard key.count == 32 else {
            throw StateStoreError(
                .badKey,
                "the key for secrets has \(key.count) bytes instead of 32; make one with `openssl rand -base64 32`")
        }
        self.key = SymmetricKey(data: Data(key))
    }

    /// Takes the key from the environment variable `TOCSIN_SECRET_KEY` (Base64), else from a file, which is made,
    /// readable by its owner only, when it is missing.
    ///
    /// - Throws: `StateStoreError` with code `badKey`.
    public static func load(
        environment: [String: String],
        keyFile path: String
    ) throws(StateStoreError) -> SecretBox {
        if let text = environment["TOCSIN_SECRET_KEY"] {
            guard let key = Data(base64Encoded: text) else {
                throw StateStoreError(
                    .badKey, "TOCSIN_SECRET_KEY is not Base64; make a key with `openssl rand -base64 32`")
            }
            return try SecretBox(key: key)
        }
        do {
            if !FileManager.default.fileExists(atPath: path) { try makeKeyFile(path) }
            let text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .whitespacesAndNewlines)
            return try SecretBox(key: Data(base64Encoded: text) ?? Data())
        } catch let error as StateStoreError {
            throw error
        } catch {
            throw StateStoreError(.badKey, "the key file \(path) cannot be read or made: \(error.localizedDescription)")
        }
    }

    private static func makeKeyFile(_ path: String) throws {
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        let text = Data((key.base64EncodedString() + "\n").utf8)
        guard FileManager.default.createFile(atPath: path, contents: text, attributes: [.posixPermissions: 0o600])
        else {
            throw StateStoreError(
                .badKey, "the key file \(path) cannot be made; check that its folder exists and is writable")
        }
    }

    /// Seals a secret, bound to the place where it is kept (`notification/smtp-password`), so that sealed secrets cannot
    /// be exchanged for one another.
    public func seal(_ secret: Secret, for place: String) throws -> [UInt8] {
        let box = try ChaChaPoly.seal(Data(secret.revealed.utf8), using: key, authenticating: Data(place.utf8))
        return Array(box.combined)
    }

    /// - Throws: `StateStoreError` with code `cannotOpenSecret`.
    public func open(_ sealed: some Collection<UInt8>, for place: String) throws(StateStoreError) -> Secret {
        do {
            let box = try ChaChaPoly.SealedBox(combined: Data(sealed))
            let text = try ChaChaPoly.open(box, using: key, authenticating: Data(place.utf8))
            return Secret(String(decoding: text, as: UTF8.self))
        } catch {
            throw StateStoreError(
                .cannotOpenSecret,
                "the secret of \(place) cannot be opened with this key; restore the key file, or enter the secret anew")
        }
    }

    public var description: String { "SecretBox" }
}
