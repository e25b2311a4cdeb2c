import KQLValues

/// IPv6 addresses and networks; IPv4 ones are taken as mapped.
let ipv6Functions: [ScalarFunction] = scalars {
    ScalarFunction(
        "parse_ipv6", family: .ip,
        summary: "The address in full notation, its network part only when a prefix is given.",
        signatures: [.takes(.string("ip"), returns: .string)],
        evaluate: each { (ip: String) in IPv6Network(ip).map { IPv6Network.text($0.masked($0.prefix)) } })
    ScalarFunction(
        "parse_ipv6_mask", family: .ip, summary: "The network part of an address in full notation.",
        signatures: [.takes(.string("ip"), .long("prefix"), returns: .string)],
        evaluate: each { (ip: String, prefix: Int64) -> String? in
            guard let network = IPv6Network(ip), (0...128).contains(prefix) else { return nil }
            return IPv6Network.text(network.masked(min(network.prefix, Int(prefix))))
        })
    ScalarFunction(
        "ipv6_compare", family: .ip, summary: "-1, 0 or 1 as the first address comes before, equals or comes after.",
        signatures: [.takes(.string("ip1"), .string("ip2"), .long("prefix", .optional), returns: .long)],
        evaluate: each { (first: String, second: String, prefix: Int64?) -> Int64? in
            guard let (left, right) = networkParts(first, second, prefix) else { return nil }
            return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        })
    ScalarFunction(
        "ipv6_is_match", family: .ip, summary: "Whether two addresses are equal in the shorter of their prefixes.",
        signatures: [.takes(.string("ip1"), .string("ip2"), .long("prefix", .optional), returns: .bool)],
        evaluate: each { (first: String, second: String, prefix: Int64?) -> Bool? in
            networkParts(first, second, prefix).map { $0 == $1 }
        })
    ScalarFunction(
        "ipv6_is_in_range", family: .ip, summary: "Whether an address lies in a network.",
        signatures: [.takes(.string("ip"), .string("range"), returns: .bool)],
        evaluate: each { (ip: String, range: String) -> Bool? in
            guard let address = IPv6Network(ip), let network = IPv6Network(range) else { return nil }
            return contains(network, address)
        })
    ScalarFunction(
        "ipv6_is_in_any_range", family: .ip, summary: "Whether an address lies in one of the networks.",
        signatures: [.takes(.string("ip"), .any("range", .repeated), returns: .bool)],
        evaluate: inAnyRange { ip, ranges in
            guard let address = IPv6Network(ip) else { return nil }
            let networks = ranges.compactMap { IPv6Network($0) }
            if networks.isEmpty, !ranges.isEmpty { return nil }
            return networks.contains { contains($0, address) }
        })
}

private func contains(_ network: IPv6Network, _ address: IPv6Network) -> Bool {
    network.masked(network.prefix) == address.masked(min(network.prefix, address.prefix))
}

private func networkParts(_ first: String, _ second: String, _ prefix: Int64?) -> ([UInt16], [UInt16])? {
    guard let left = IPv6Network(first), let right = IPv6Network(second), (0...128).contains(prefix ?? 128) else {
        return nil
    }
    let length = min(left.prefix, right.prefix, Int(prefix ?? 128))
    return (left.masked(length), right.masked(length))
}
