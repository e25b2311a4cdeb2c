import JSON
import KQLValues

/// IPv4 addresses and networks.
let ipv4Functions: [ScalarFunction] = scalars {
    ScalarFunction(
        "parse_ipv4", family: .ip, summary: "The address as a number, its network part only when a prefix is given.",
        signatures: [.takes(.string("ip"), returns: .long)],
        evaluate: each { (ip: String) in IPv4Network(ip).map { Int64($0.base) } })
    ScalarFunction(
        "parse_ipv4_mask", family: .ip, summary: "The network part of an address as a number.",
        signatures: [.takes(.string("ip"), .long("prefix"), returns: .long)],
        evaluate: each { (ip: String, prefix: Int64) -> Int64? in
            guard let network = IPv4Network(ip), (0...32).contains(prefix) else { return nil }
            return Int64(network.base & IPv4Network.mask(Int(prefix)))
        })
    ScalarFunction(
        "format_ipv4", family: .ip, summary: "The network part of an address as text; empty when it is none.",
        signatures: [.takes(.any("ip"), .long("prefix", .optional), returns: .string)],
        evaluate: formatting { network, prefix in
            IPv4Network.text(network.address & IPv4Network.mask(min(network.prefix, prefix ?? 32)))
        })
    ScalarFunction(
        "format_ipv4_mask", family: .ip, summary: "The network part of an address as text with its prefix.",
        signatures: [.takes(.any("ip"), .long("prefix", .optional), returns: .string)],
        evaluate: formatting { network, prefix in
            let length = min(network.prefix, prefix ?? 32)
            return IPv4Network.text(network.address & IPv4Network.mask(length)) + "/\(length)"
        })
    ScalarFunction(
        "ipv4_compare", family: .ip, summary: "-1, 0 or 1 as the first address comes before, equals or comes after.",
        signatures: [.takes(.string("ip1"), .string("ip2"), .long("prefix", .optional), returns: .long)],
        evaluate: each { (first: String, second: String, prefix: Int64?) -> Int64? in
            guard let (left, right) = networkParts(first, second, prefix) else { return nil }
            return left < right ? -1 : left > right ? 1 : 0
        })
    ScalarFunction(
        "ipv4_is_match", family: .ip, summary: "Whether two addresses are equal in the shorter of their prefixes.",
        signatures: [.takes(.string("ip1"), .string("ip2"), .long("prefix", .optional), returns: .bool)],
        evaluate: each { (first: String, second: String, prefix: Int64?) -> Bool? in
            networkParts(first, second, prefix).map { $0 == $1 }
        })
}

/// Membership in IPv4 networks.
let ipv4RangeFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "ipv4_is_in_range", family: .ip, summary: "Whether an address lies in a network.",
        signatures: [.takes(.string("ip"), .string("range"), returns: .bool)],
        evaluate: each { (ip: String, range: String) -> Bool? in
            guard let address = IPv4Network(ip), let network = IPv4Network(range) else { return nil }
            return network.contains(address.base)
        })
    ScalarFunction(
        "ipv4_is_in_any_range", family: .ip, summary: "Whether an address lies in one of the networks.",
        signatures: [.takes(.string("ip"), .any("range", .repeated), returns: .bool)],
        evaluate: inAnyRange { ip, ranges in
            guard let address = IPv4Network(ip) else { return nil }
            let networks = ranges.compactMap { IPv4Network($0) }
            if networks.isEmpty, !ranges.isEmpty { return nil }
            return networks.contains { $0.contains(address.base) }
        })
    ScalarFunction(
        "ipv4_is_private", family: .ip, summary: "Whether an address lies in a network of RFC 1918.",
        signatures: [.takes(.string("ip"), returns: .bool)],
        evaluate: each { (ip: String) -> Bool? in
            guard let network = IPv4Network(ip) else { return nil }
            return IPv4Network.privateNetworks.contains { $0.prefix <= network.prefix && $0.contains(network.base) }
        })
    ScalarFunction(
        "ipv4_netmask_suffix", family: .ip, summary: "The length of the prefix, 32 when none is given.",
        signatures: [.takes(.string("ip"), returns: .long)],
        evaluate: each { (ip: String) in IPv4Network(ip).map { Int64($0.prefix) } })
    ScalarFunction(
        "ipv4_range_to_cidr_list", family: .ip,
        summary: "The networks that together are the addresses from one to another.",
        signatures: [.takes(.string("start"), .string("end"), returns: .dynamic)],
        evaluate: each { (start: String, end: String) -> JSON? in
            guard let first = IPv4Network(start), let last = IPv4Network(end), first.address <= last.address else {
                return nil
            }
            return .array(networks(from: UInt64(first.address), through: UInt64(last.address)).map { .string($0) })
        })
}

/// The fewest networks that cover a range of addresses.
private func networks(from first: UInt64, through last: UInt64) -> [String] {
    var result: [String] = []
    var start = first
    while start <= last {
        var size = start == 0 ? UInt64(1) << 32 : start & (~start &+ 1)
        while start + size - 1 > last { size >>= 1 }
        result.append("\(IPv4Network.text(UInt32(truncatingIfNeeded: start)))/\(32 - size.trailingZeroBitCount)")
        start += size
    }
    return result
}

/// Both addresses cut to the shortest of their prefixes and the one given.
private func networkParts(_ first: String, _ second: String, _ prefix: Int64?) -> (UInt32, UInt32)? {
    guard let left = IPv4Network(first), let right = IPv4Network(second), (0...32).contains(prefix ?? 32) else {
        return nil
    }
    let mask = IPv4Network.mask(min(left.prefix, right.prefix, Int(prefix ?? 32)))
    return (left.address & mask, right.address & mask)
}

/// Text of an address given as a text or a number; an address that is none gives the empty text.
private func formatting(_ write: @escaping @Sendable (IPv4Network, Int?) -> String) -> Evaluation {
    { call throws(EvaluationError) in
        let isNumber = call.arguments[0].type == .long || call.arguments[0].type == .int
        return try each { (ip: String, prefix: Int64?) -> String? in
            guard (0...32).contains(prefix ?? 32) else { return "" }
            let length = prefix.map { Int($0) }
            if isNumber {
                guard let number = UInt32(ip) else { return "" }
                return write(IPv4Network(address: number, prefix: 32), length)
            }
            return IPv4Network(ip).map { write($0, length) } ?? ""
        }(call)
    }
}

/// A test of an address against ranges given one by one or as a dynamic array.
func inAnyRange(_ test: @escaping @Sendable (String, [String]) -> Bool?) -> Evaluation {
    { call throws(EvaluationError) in
        let list = MemberList(call)
        let constants = list.texts
        let varying = list.varying.map { (column: call.arguments[$0], mask: -1) }
        let addresses = call.reader(0, String.self)
        return try eachRow(call) { row -> Bool? in
            guard let address = addresses[row] else { return nil }
            return test(address, constants + MemberList.texts(varying, row: row))
        }
    }
}
