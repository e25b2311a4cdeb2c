internal import Dispatch
internal import Foundation
internal import Response
internal import Workflow

/// Resolves names by the system's resolver, which blocks, on a thread of its own.
enum HostResolver {
    private static let queue = DispatchQueue(label: "tocsin.resolver", attributes: .concurrent)

    /// The first address of the host that the policy permits.
    static func permitted(
        host: String, port: Int, policy: OutgoingPolicy
    ) async throws(OperationFailure) -> NetworkAddress {
        let literal = NetworkAddress(host)
        let addresses = if let literal { [literal] } else { await resolve(host) }
        guard let first = addresses.first else {
            throw OperationFailure(
                code: "NameNotResolved", message: "the name '\(host)' cannot be resolved", isTransient: true)
        }
        guard let permitted = addresses.first(where: { policy.permits($0, host: host, port: port) }) else {
            throw policy.denial(of: host, address: first.description)
        }
        return permitted
    }

    private static func resolve(_ host: String) async -> [NetworkAddress] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: addresses(of: host)) }
        }
    }

    private static func addresses(of host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &list) == 0 else { return [] }
        defer { freeaddrinfo(list) }
        var found: [NetworkAddress] = []
        var entry = list
        while let current = entry {
            if let address = address(in: current.pointee) { found.append(address) }
            entry = current.pointee.ai_next
        }
        return found
    }

    private static func address(in entry: addrinfo) -> NetworkAddress? {
        guard let address = entry.ai_addr else { return nil }
        let raw = UnsafeRawPointer(address)
        switch entry.ai_family {
        case AF_INET:
            let four = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            return withUnsafeBytes(of: four) { NetworkAddress(bytes: Array($0)) }
        case AF_INET6:
            let six = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            return withUnsafeBytes(of: six) { NetworkAddress(bytes: Array($0)) }
        default: return nil
        }
    }
}
