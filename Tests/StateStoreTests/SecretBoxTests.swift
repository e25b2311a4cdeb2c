import Foundation
import StateStore
import Testing

@Suite struct SecretBoxTests {
    private let key = [UInt8](repeating: 7, count: 32)

    @Test func `a sealed secret opens with the same key at the same place only`() throws {
        let box = try SecretBox(key: key)
        let sealed = try box.seal(Secret("hunter2"), for: "mail/password")
        #expect(try box.open(sealed, for: "mail/password").revealed == "hunter2")
        #expect(throws: StateStoreError.self) { try box.open(sealed, for: "chat/token") }
        let other = try SecretBox(key: [UInt8](repeating: 8, count: 32))
        #expect(throws: StateStoreError.self) { try other.open(sealed, for: "mail/password") }
        #expect(throws: StateStoreError.self) { try box.open(sealed.dropLast(), for: "mail/password") }
    }

    @Test func `a secret does not show itself`() {
        let secret = Secret("hunter2")
        #expect(!"\(secret) \(String(reflecting: secret)) \(dumped(secret))".contains("hunter2"))
    }

    private func dumped(_ secret: Secret) -> String {
        var text = ""
        dump(secret, to: &text)
        return text
    }

    @Test func `the key file is made once, for its owner only`() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }  // a left-over temporary file harms nothing
        let sealed = try SecretBox.load(environment: [:], keyFile: path).seal(Secret("x"), for: "p")
        #expect(try SecretBox.load(environment: [:], keyFile: path).open(sealed, for: "p").revealed == "x")
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
    }

    @Test(arguments: ["", "not base64!", "c2hvcnQ="])
    func `a bad key in the environment is refused`(text: String) {
        let error = #expect(throws: StateStoreError.self) {
            try SecretBox.load(environment: ["TOCSIN_SECRET_KEY": text], keyFile: "/nonexistent")
        }
        #expect(error?.code == .badKey)
    }
}
