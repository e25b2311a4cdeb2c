internal import CSodium

/// The few functions of libsodium that Tocsin uses.
enum Sodium {
    /// libsodium must be initialised once before use; a second time does nothing.
    private static let isReady = sodium_init() >= 0

    /// Nil when there is not enough memory.
    static func hash(_ password: String, cost: PasswordCost) -> String? {
        guard isReady else { return nil }
        var output = [CChar](repeating: 0, count: Int(crypto_pwhash_STRBYTES))
        let code = password.withCStringAndLength { bytes, length in
            crypto_pwhash_str_alg(
                &output, bytes, length, cost.passes, cost.memoryBytes, crypto_pwhash_ALG_ARGON2ID13)
        }
        guard code == 0 else { return nil }
        return String(decoding: output.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    static func verify(_ password: String, hash: String) -> Bool {
        guard isReady else { return false }
        return password.withCStringAndLength { bytes, length in
            crypto_pwhash_str_verify(hash, bytes, length) == 0
        }
    }

    static func randomBytes(_ count: Int) -> [UInt8] {
        precondition(isReady, "libsodium initialises on every system that has a source of randomness")
        var bytes = [UInt8](repeating: 0, count: count)
        randombytes_buf(&bytes, count)
        return bytes
    }

    /// Compares in a time that depends on the length alone.
    static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        left.count == right.count && sodium_memcmp(left, right, left.count) == 0
    }
}

extension String {
    fileprivate func withCStringAndLength<Result>(_ body: (UnsafePointer<CChar>, UInt64) -> Result) -> Result {
        let length = UInt64(utf8.count)
        return withCString { body($0, length) }
    }
}
