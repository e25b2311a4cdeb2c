internal import CSodium
internal import Dispatch
internal import StateStore

/// How much a password hash costs to compute: the more, the dearer is guessing.
public enum PasswordCost: Sendable, Hashable {
    /// argon2id with 2 passes over 64 MiB: about 0.1 s on a server.
    case interactive
    /// The least that argon2id allows; for tests only.
    case least

    var passes: UInt64 {
        switch self {
        case .interactive: UInt64(crypto_pwhash_OPSLIMIT_INTERACTIVE)
        case .least: UInt64(crypto_pwhash_OPSLIMIT_MIN)
        }
    }

    var memoryBytes: Int {
        switch self {
        case .interactive: Int(crypto_pwhash_MEMLIMIT_INTERACTIVE)
        case .least: Int(crypto_pwhash_MEMLIMIT_MIN)
        }
    }
}

/// Hashes and checks passwords with argon2id (RFC 9106), one at a time on a thread of its own, so that many sign-ins at
/// once can exhaust neither the memory nor the threads that serve requests.
struct PasswordHashing: Sendable {
    let cost: PasswordCost
    private let queue = DispatchQueue(label: "tocsin.access.passwords")

    init(cost: PasswordCost) {
        self.cost = cost
    }

    /// The hash with its salt and cost, as libsodium writes it: `$argon2id$v=19$…`.
    func hash(_ password: Secret) async throws(AccessError) -> String {
        let text = await onQueue { Sodium.hash(password.revealed, cost: cost) }
        guard let text else {
            throw AccessError(.failure, "the password could not be hashed: there is not enough memory")
        }
        return text
    }

    /// Is this the password of the hash?
    func matches(_ password: Secret, hash: String) async -> Bool {
        await onQueue { Sodium.verify(password.revealed, hash: hash) }
    }

    private func onQueue<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}
